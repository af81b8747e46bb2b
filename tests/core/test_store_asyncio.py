"""Event loops and threads share a reader and a store, also in a child that was forked."""

import asyncio
import json
import os
import subprocess
import sys
import threading

from maintenance_core import FileStore, Reader, switch_off, switch_on
from tests.core.helpers import NOW, PATIENCE, ROOT


async def test_tasks_and_threads_see_every_change_at_once(path, no_disk_sync):
    """The tasks read in the event loop itself, since reading does not wait; the writer does."""
    store = FileStore(path)
    reader = Reader(store, clock=NOW.timestamp)
    stop, wrong = threading.Event(), []

    def read_in_a_thread():
        last = -1
        while not stop.is_set():
            revision = reader.current().state.revision
            if revision < last:
                wrong.append((last, revision))
            last = revision

    async def read_in_the_loop():
        last = -1
        while not stop.is_set():
            revision = reader.current().state.revision
            if revision < last:
                wrong.append((last, revision))
            last = revision
            await asyncio.sleep(0)

    async def switch():
        try:
            for number in range(100):
                change = switch_off if number % 2 else switch_on
                update = await asyncio.to_thread(change, store, now=NOW)
                if reader.current().state != update.after:
                    wrong.append(update)
        finally:
            stop.set()

    threads = [threading.Thread(target=read_in_a_thread) for _ in range(2)]
    for thread in threads:
        thread.start()
    await asyncio.gather(switch(), *(read_in_the_loop() for _ in range(10)))
    for thread in threads:
        thread.join()
    assert wrong == []


async def test_switches_from_many_tasks_lose_nothing(path, no_disk_sync):
    store = FileStore(path, lock_timeout=PATIENCE)
    await asyncio.gather(
        *(asyncio.to_thread(switch_on, store, now=NOW, reason=str(number)) for number in range(40))
    )
    state = store.read().state
    assert state.revision == 40
    assert {window.reason for window in state.windows} == {str(number) for number in range(40)}


FORKED_WITH_THREADS = """
import json, os, sys, threading
from maintenance_core import FileStore, Reader, switch_off, switch_on
from tests.core.helpers import NOW

store = FileStore(sys.argv[1])
reader = Reader(store, clock=NOW.timestamp)
stop = threading.Event()

def read():
    while not stop.is_set():
        reader.current()

threads = [threading.Thread(target=read) for _ in range(4)]
for thread in threads:
    thread.start()
seen = []
for step in range(20):
    before = reader.current().on
    receive, send = os.pipe()
    child = os.fork()
    if child == 0:
        os.read(receive, 1)
        now = reader.current().on
        switch_off(store, now=NOW) if now else switch_on(store, now=NOW)
        os._exit(2 * now + reader.current().on)
    switch_off(store, now=NOW) if before else switch_on(store, now=NOW)
    os.write(send, b"x")
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    seen.append([before, bool(code & 2), bool(code & 1), reader.current().on])
    os.close(receive)
    os.close(send)
stop.set()
print(json.dumps(seen))
"""


def test_a_child_forked_among_threads_sees_and_makes_changes(path):
    """It has the view of its parent, which is out of date, and none of the threads."""
    done = subprocess.run(
        [sys.executable, "-c", FORKED_WITH_THREADS, str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        env=os.environ | {"PYTHONWARNINGS": "ignore::DeprecationWarning"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    # What was on is switched off by the parent, which the child sees, and on again by the child.
    assert json.loads(done.stdout) == [[False, True, False, False]] * 20
