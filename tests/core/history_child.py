"""Processes that make a history: ``python -m tests.core.history_child SCENE ARGUMENT …``.

Each writes what it does into a file of its own, line by line, so that nothing of it is lost when
it is killed.
"""

import json
import os
import random
import sys
import threading
import time
from pathlib import Path

from msgspec.structs import replace

from maintenance_core import FileStore, Reader
from maintenance_core.actor import Actor
from maintenance_core.stores import Note
from tests.core.child import kill_at, tell
from tests.core.helpers import PATIENCE, window
from tests.core.history import Read, Write

KEPT = 8
"""How many values a state tells: that of its revision, and those before it."""


def values(state):
    return tuple(window.reason for window in state.windows)


def write(path, log, seed, *extent):
    """Change a state again and again, in some lives: each but the last is killed at some step."""
    chance = random.Random(seed)
    lives, changes = map(int, extent)
    for life in range(1, lives):
        first, step = chance.randrange(changes), chance.randrange(1, 150)
        child = os.fork()
        if child == 0:
            write_and_die(path, log, f"{seed}-{life}", first, step)
        os.waitpid(child, 0)
    write_and_die(path, log, f"{seed}-{lives}", changes, None)


def write_and_die(path, log, name, changes, step):
    """Make some changes, and die in one after them: before or after a system call."""
    store = FileStore(path, lock_timeout=2 * PATIENCE)
    file, real_write = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), os.write
    number = 0
    while step is not None or number < changes:
        if number == changes:
            kill_at(step)
        value = f"{name}-{number}"
        number += 1

        def add(state, value=value):
            windows = (*state.windows, window(id=value, reason=value))
            return replace(state, windows=windows[-KEPT:])

        start = time.monotonic_ns()
        real_write(file, line([value, start]))
        update = store.change(add, Note("on", Actor.here()))
        end = time.monotonic_ns()
        real_write(file, line([value, start, end, update.after.revision, values(update.after)]))


def line(facts):
    return json.dumps(facts).encode() + b"\n"


def read(path, log, number):
    """Read a state, raw and through a shared reader, until the standard input is closed."""
    store, stop = FileStore(path), threading.Event()
    reader = Reader(store)
    ways = [lambda: reader.current().state, lambda: store.read().state]
    histories, begun = [], threading.Barrier(int(number) + 1)

    def look(way):
        history, last = [], False
        histories.append(history)
        while not last:
            last = stop.is_set()
            start = time.monotonic_ns()
            state = way()
            seen = [start, time.monotonic_ns(), state.revision, values(state)]
            # Of many equal ones in turn, the first and the last say all that there is to say.
            if len(history) > 1 and history[-1][2:] == history[-2][2:] == seen[2:]:
                history.pop()
            history.append(seen)
            if len(history) == 1:
                begun.wait()

    looking = [
        threading.Thread(target=look, args=(ways[turn % 2],), daemon=True)
        for turn in range(int(number))
    ]
    for thread in looking:
        thread.start()
    begun.wait()
    tell("all have looked")
    sys.stdin.read()
    stop.set()
    for thread in looking:
        thread.join()
    Path(log).write_bytes(b"".join(line(seen) for history in histories for seen in history))


def recorded(directory):
    """The writes and reads that are told of in ``directory``."""
    writes, reads = {}, []
    for log in sorted(directory.iterdir()):
        for facts in map(json.loads, log.read_bytes().splitlines()):
            if log.name.startswith("write"):
                value, *moments = facts
                writes[value] = Write(value, *moments[:3], *map(tuple, moments[3:]))
            else:
                *moments, last = facts
                reads.append(Read(*moments, tuple(last)))
    return [*writes.values()], reads


if __name__ == "__main__":
    scenes = (write, read)
    {scene.__name__: scene for scene in scenes}[sys.argv[1]](*sys.argv[2:])
