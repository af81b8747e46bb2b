"""Many writers and readers at once: nothing is lost, nothing is torn, nothing is made up."""

import json
import subprocess
import sys
import threading

import pytest

from maintenance_core import FileStore, Reader, set_mode, switch_on
from tests.core.helpers import NOW, PATIENCE, ROOT

PROCESSES, WRITERS, CHANGES = 5, 10, 2
TOTAL = PROCESSES * WRITERS * CHANGES


def test_no_update_is_lost_and_readers_see_what_was_committed(store, path):
    """50 writers and 50 readers in five processes; every reader is a store and a Reader."""
    children = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.core.child", "write_and_read"]
            + [str(value) for value in (path, name, WRITERS, CHANGES, TOTAL)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in range(PROCESSES)
    ]
    histories = [json.loads(child.communicate(timeout=2 * PATIENCE)[0]) for child in children]
    written = sorted(tuple(entry) for history in histories for entry in history["written"])
    reasons = [reason for _, reason in written]
    assert [revision for revision, _ in written] == [*range(1, TOTAL + 1)]
    assert len(set(reasons)) == TOTAL
    assert [window.reason for window in store.read().state.windows] == reasons
    readers = [reader for history in histories for reader in history["seen"]]
    assert len(readers) == PROCESSES * WRITERS
    for seen in readers:
        revisions = [revision for revision, _ in seen]
        assert revisions == sorted(revisions)
        assert all(found == reasons[:revision] for revision, found in seen)


@pytest.fixture
def threads_take_turns():
    """Ten times as often as usual, so that they meet in more places."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(before / 10)
    yield
    sys.setswitchinterval(before)


@pytest.mark.parametrize("trials", [1000])
def test_a_first_on_is_never_lost_to_a_reader(tmp_path, trials, no_disk_sync, threads_take_turns):
    stop, lost = threading.Event(), []
    place = {"store": FileStore(tmp_path / "0"), "reader": Reader(FileStore(tmp_path / "0"))}

    def read():
        while not stop.is_set():
            if place["store"].read().state is None or place["reader"].current().problem:
                lost.append("a reader found a problem")

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        for trial in range(trials):
            store = FileStore(tmp_path / str(trial))
            place["reader"] = Reader(store)
            place["store"] = store
            set_mode(store, True, now=NOW)
            if store.read().state.phase(NOW) != "on" or not place["reader"].current().on:
                lost.append(f"trial {trial}")
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert lost == []


def test_threads_that_share_one_store_lose_nothing(store, no_disk_sync):
    barrier = threading.Barrier(8)

    def write(number):
        barrier.wait()
        for change in range(5):
            switch_on(store, now=NOW, reason=f"{number}-{change}")

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    state = store.read().state
    assert state.revision == len({window.reason for window in state.windows}) == 40
