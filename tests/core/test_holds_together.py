"""One and the same hold, entered many times: within itself, by threads, and before a fork."""

import os
import threading
from datetime import timedelta
from functools import partial

import pytest

from maintenance_core import FileStore, Lease, Pause
from tests.core.at_once import now, on, phase
from tests.core.helpers import PATIENCE, AnnouncingStore, open_window


@pytest.fixture
def store(path):
    return AnnouncingStore(path)


def windows(store):
    return store.read().state.windows


def lease_threads():
    return [each for each in threading.enumerate() if each.name == "maintenance lease"]


def test_a_lease_within_itself_is_two_and_ends_one_by_one(store):
    lease = Lease(store)
    with lease as outer:
        with lease as inner:
            assert outer is inner is lease
            assert len(windows(store)) == 2
            assert len(lease_threads()) == 2
        assert phase(store) == "on"
        assert len(lease_threads()) == 1
    assert windows(store) == ()
    assert lease_threads() == []


def test_a_pause_within_itself_puts_back_at_the_outer_end_only(store):
    before = on(store).after.windows
    pause = Pause(store)
    with pause:
        with pause:
            assert phase(store) == "off"
        assert phase(store) == "off"
    assert windows(store) == before


def in_threads(work, count=8):
    barrier, seen = threading.Barrier(count), []

    def run():
        barrier.wait()
        seen.append(work())

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert len(seen) == count
    return seen


def test_many_threads_can_hold_one_lease_and_it_is_on_for_each_of_them(store, no_disk_sync):
    lease = Lease(store)

    def work():
        with lease:
            return phase(store)

    assert in_threads(work) == ["on"] * 8
    assert windows(store) == ()
    assert lease_threads() == []


def test_a_pause_that_many_threads_share_is_over_when_the_last_one_leaves(store, no_disk_sync):
    before = on(store).after.windows
    pause, inside = Pause(store), threading.Barrier(8)

    def work():
        with pause:
            inside.wait()
            seen = phase(store)
            inside.wait()
            return seen

    assert in_threads(work) == ["off"] * 8
    assert windows(store) == before


@pytest.mark.parametrize("kind", [Lease, Pause])
def test_what_is_raised_in_a_block_comes_out_of_it_after_its_end(store, kind):
    if kind is Pause:
        on(store)
    before = phase(store)

    class Mistake(BaseException):
        pass

    mistake = Mistake()
    with pytest.raises(Mistake) as raised, kind(store):
        raise mistake
    assert raised.value is mistake
    assert phase(store) == before


def in_a_child(work):
    """Run ``work`` in a forked child to its end, which must be a good one."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.mark.parametrize("kind", [Lease, Pause])
def test_a_child_that_is_forked_inside_the_block_ends_nothing(store, path, kind):
    if kind is Pause:
        on(store)
    before = windows(store)
    hold = kind(store)
    with hold:
        inside = store.read().state
        in_a_child(lambda: hold.__exit__(None, None, None))
        assert store.read().state == inside
    assert windows(store) == before


@pytest.mark.parametrize("kind", [partial(Lease, duration=None), Pause], ids=["lease", "pause"])
def test_what_another_process_has_begun_is_not_ended_here(store, monkeypatch, kind):
    on(store)
    hold = kind(store)
    hold.__enter__()
    inside = store.read().state
    with monkeypatch.context() as patch:
        patch.setattr(os, "getpid", lambda: 0)
        hold.__exit__(None, None, None)
    assert store.read().state == inside


def test_a_child_can_hold_for_itself_what_its_parent_holds(store, path):
    lease = Lease(store, duration=None)

    def work():
        with lease:
            assert len(windows(FileStore(path))) == 2
        lease.__exit__(None, None, None)
        assert len(windows(FileStore(path))) == 1

    with lease:
        in_a_child(work)
        assert len(windows(store)) == 1
    assert windows(store) == ()


def test_a_lease_is_still_renewed_after_a_child_was_forked(store):
    with Lease(store, duration=timedelta(seconds=1)):
        in_a_child(lambda: None)
        store.wait_for_change()
        assert phase(store) == "on"
        assert windows(store)[0].end > now()


@pytest.mark.parametrize("hold", [Lease, Pause])
def test_a_journal_that_cannot_be_written_is_told_in_the_log_and_stops_nothing(
    store, path, hold, caplog
):
    open_window(store)
    path.with_name(f"{path.name}.journal").mkdir()
    with hold(store):
        assert phase(store) == ("on" if hold is Lease else "off")
    assert phase(store) == "on"
    told = [record.getMessage() for record in caplog.records]
    assert [line.startswith("The journal does not have this switch:") for line in told] == [
        True
    ] * 2
