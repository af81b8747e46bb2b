"""A plain WSGI site with a gate, for a real server to serve.

What it has served is recorded as a request ends: when, and by which process.
"""

import os
import time
from pathlib import Path

from maintenance_core import FileStore, Reader
from maintenance_core.entrance import Entrance
from maintenance_core.gate import Gate

DIRECTORY = Path(os.environ["GATE_SITE"])
ENTRANCE = Entrance(Gate(DIRECTORY / "gate"), Reader(FileStore(DIRECTORY / "state.json")))


def application(environ, start_response):
    visit = ENTRANCE.visit()
    for view in ENTRANCE.views(visit):
        if view.on:
            visit.leave()
            start_response("503 Service Unavailable", [("Content-Length", "0")])
            return []
    start_response("200 OK", [])
    held = environ["PATH_INFO"] == "/held"
    return Served(held_body() if held else [b"served"], visit)


def held_body():
    """The id of the process, and the rest as soon as somebody opens the FIFO and closes it."""
    yield b"%d\n" % os.getpid()
    yield (DIRECTORY / "fifo").read_bytes()


class Served:
    """A body that is in flight until the server closes it."""

    def __init__(self, body, visit):
        self.body = body
        self.visit = visit

    def __iter__(self):
        return iter(self.body)

    def close(self):
        with (DIRECTORY / "served").open("a") as file:
            file.write(f"{time.monotonic()} {os.getpid()}\n")
        self.visit.leave()
