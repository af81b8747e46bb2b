"""Worker processes for the tests of gate and drain."""

import contextlib
import json
import os
import subprocess
import sys
import time

from maintenance_core.draining import look
from tests.core.helpers import PATIENCE, ROOT


@contextlib.contextmanager
def worker(*arguments):
    """A process that runs ``tests.core.gate_child``; ``ready`` is what it has told."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.core.gate_child", *map(str, arguments)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        process.ready = json.loads(process.stdout.readline())
        yield process


def seen(gate_file):
    """How many workers are there, and how many of them are busy."""
    occupancy = look(gate_file)
    return occupancy.workers, occupancy.busy


def wait_until(condition):
    """Wait for something in another process of which no event is to be had."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it does not happen"
        time.sleep(0.002)


def open_descriptors(file):
    """How many descriptors of this process are open on ``file``."""
    count = 0
    for name in os.listdir("/proc/self/fd"):
        with contextlib.suppress(FileNotFoundError):
            count += os.readlink(f"/proc/self/fd/{name}") == str(file)
    return count
