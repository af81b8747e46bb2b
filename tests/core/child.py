"""Scenes that need a process of their own: ``python -m tests.core.child SCENE ARGUMENT …``."""

import fcntl
import json
import os
import signal
import sys
import threading
import time
from datetime import UTC, datetime, timedelta

from maintenance_core import FileStore, Lease, Reader, StoreError, repair, switch_off, switch_on
from tests.core.helpers import NOW

STEPS = ("open", "write", "fsync", "rename", "link", "fchmod", "fchown", "unlink", "read", "close")


def tell(value):
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def switch(path, action):
    """Do what an operator does; the error, or None."""
    store = FileStore(path)
    actions = {
        "on": lambda: switch_on(store, now=NOW, reason="child"),
        "off": lambda: switch_off(store, now=NOW),
        "everything": lambda: switch_off(store, now=NOW, everything=True),
        "repair": lambda: repair(store),
    }
    try:
        actions[action]()
    except StoreError as error:
        return str(error)
    return None


def as_somebody(uid, gids, umask, path, *actions):
    """Read or switch as another user, with a group and perhaps more after a comma."""
    gid, *groups = map(int, gids.split(","))
    os.setgroups(groups)
    os.setgid(gid)
    os.setuid(int(uid))
    os.umask(int(umask, 8))
    for action in actions:
        if action == "read":
            reading = FileStore(path).read()
            tell(str(reading.problem) if reading.state is None else reading.state.phase(NOW))
        else:
            tell(switch(path, action))


def killed_at_every_step(directory, scene, action):
    """Switch again and again; every process but the last is killed, one step later each time.

    ``scene`` is prepared in a directory of its own for each step.
    """
    # What is not on disk yet outlives the process all the same, and all are faster.
    os.fsync = lambda descriptor: None
    step = 0
    while True:
        step += 1
        place = os.path.join(directory, f"{step:03}")
        os.mkdir(place)
        path = os.path.join(place, "state.json")
        prepare(scene, path)
        child = os.fork()
        if child == 0:
            kill_at(step)
            os._exit(0 if switch(path, action) is None else 1)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            tell({"steps": step, "exit": os.waitstatus_to_exitcode(status)})
            return
        if os.WTERMSIG(status) != signal.SIGKILL:
            raise AssertionError(status)


def prepare(scene, path):
    if scene == "state":
        switch_on(FileStore(path), now=NOW, reason="old")
    elif scene == "corrupt":
        with open(path, "wb") as file:
            file.write(b'{"schema": 0, "revision": 7, "windows": []}')
    elif scene == "old one":
        with open(path, "wb") as file:
            file.write(b"1")
    elif scene == "directory":
        os.mkdir(path)


def kill_at(step):
    """Make this process die before or after a system call of a write."""
    left = [step]

    def count():
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)

    for name in STEPS:
        setattr(os, name, _counted(getattr(os, name), count))


def _counted(real, count):
    def call(*arguments, **options):
        count()
        result = real(*arguments, **options)
        count()
        return result

    return call


def hold_lock(lock):
    """Hold a lock until the parent closes the pipe."""
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    tell("locked")
    sys.stdin.read()


def hold_lease(path, seconds):
    """Hold a lease until somebody kills this process."""
    with Lease(FileStore(path), duration=timedelta(seconds=float(seconds)), reason="child"):
        tell("held")
        signal.pause()


def write_and_read(path, name, writers, changes, total):
    """Many writers and as many readers; the history of each, in the end."""
    gate = threading.Barrier(2 * int(writers))
    written, seen = [], []

    def write(writer):
        store = FileStore(path, lock_timeout=120)
        gate.wait()
        for change in range(int(changes)):
            reason = f"{name}-{writer}-{change}"
            update = switch_on(store, now=NOW, reason=reason)
            written.append((update.after.revision, reason))

    def read(number):
        store = FileStore(path)
        reader = Reader(store)
        history = []
        seen.append(history)
        gate.wait()
        last = -1
        while last < int(total):
            reading = store.read()
            for state in (reading.state, reader.current().state):
                if state.revision != last:
                    last = state.revision
                    history.append((last, [window.reason for window in state.windows]))
            if reading.problem is not None:
                history.append((-1, str(reading.problem)))
            time.sleep(0.01)  # Otherwise the readers leave nothing to the writers.

    threads = [
        threading.Thread(target=target, args=(number,))
        for number in range(int(writers))
        for target in (write, read)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tell({"written": written, "seen": seen})


def now():
    tell(datetime.now(UTC).isoformat())


if __name__ == "__main__":
    scenes = (as_somebody, killed_at_every_step, hold_lock, hold_lease, write_and_read)
    {scene.__name__: scene for scene in scenes}[sys.argv[1]](*sys.argv[2:])
