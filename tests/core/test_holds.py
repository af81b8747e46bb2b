"""Maintenance for as long as some code runs."""

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from datetime import timedelta

import pytest

from maintenance_core import (
    Actor,
    FileStore,
    InvalidInput,
    Lease,
    StoreError,
)
from tests.core.at_once import now, off, on, phase
from tests.core.helpers import PATIENCE, ROOT, AnnouncingStore


@pytest.fixture
def store(path):
    return AnnouncingStore(path)


def test_a_lease_is_on_while_the_block_runs_and_only_then(store):
    with Lease(store, message="Back soon", reason="1.4", by=Actor("job", "web1", 1, "test")):
        (window,) = store.read().state.active(now())
        assert (window.message, window.reason) == ("Back soon", "1.4")
        assert window.created_by == "job@web1"
        assert (window.lease, window.until) == (300, None)
        assert timedelta(minutes=4) < window.end - now() <= timedelta(minutes=5)
    assert phase(store) == "off"
    assert store.read().state.windows == ()


def test_a_lease_ends_when_the_block_fails(store):
    with pytest.raises(LookupError), Lease(store):
        raise LookupError
    assert phase(store) == "off"


def test_a_lease_is_renewed_as_long_as_it_is_held(store):
    with Lease(store, duration=timedelta(seconds=1)):
        ends = [store.read().state.windows[0].end]
        for _ in range(3):
            store.wait_for_change()
            ends.append(store.read().state.windows[0].end)
    assert ends == sorted(set(ends))
    assert not [thread for thread in threading.enumerate() if thread.name == "maintenance lease"]


def test_a_lease_is_renewed_well_before_it_runs_out(store):
    with Lease(store, duration=timedelta(seconds=4)):
        first = store.read().state.windows[0].end
        store.wait_for_change()
        elapsed = store.read().state.windows[0].end - first
    assert elapsed < timedelta(seconds=2), "one renewal that fails leaves time for another"


def test_a_program_that_ends_without_leaving_its_lease_does_not_hang(path):
    code = (
        "import sys; from maintenance_core import FileStore, Lease; "
        "Lease(FileStore(sys.argv[1])).__enter__()"
    )
    subprocess.run([sys.executable, "-c", code, path], cwd=ROOT, timeout=PATIENCE, check=True)
    assert phase(FileStore(path)) == "on"


def test_no_thread_is_left_when_a_lease_ends_in_the_middle_of_a_renewal(path):
    renewing = threading.Event()

    class SlowStore(FileStore):
        def change(self, change, note=None):
            if threading.current_thread().name == "maintenance lease":
                renewing.set()
                threading.Event().wait(0.2)
            return super().change(change, note)

    with Lease(SlowStore(path), duration=timedelta(seconds=1)):
        assert renewing.wait(PATIENCE)
    assert not [thread for thread in threading.enumerate() if thread.name == "maintenance lease"]
    assert FileStore(path).read().state.windows == ()


def test_a_lease_without_a_duration_never_ends_by_itself(store):
    with Lease(store, duration=None):
        (window,) = store.read().state.windows
        assert (window.end, window.until, window.lease) == (None, None, 0)
    assert phase(store) == "off"


def test_a_lease_that_was_switched_off_by_a_person_stays_off(store):
    with Lease(store, duration=timedelta(seconds=1)):
        off(store)
        renewed = threading.Event()
        change = store.change

        def announcing(function, note=None):
            renewed.set()
            return change(function, note)

        store.change = announcing
        assert renewed.wait(PATIENCE)
        assert phase(store) == "off"
    assert phase(store) == "off"


def test_what_a_person_switches_on_during_a_lease_stays(store):
    with Lease(store):
        on(store, reason="by hand")
    (window,) = store.read().state.active(now())
    assert window.reason == "by hand"


def test_leases_within_leases_end_one_by_one(store):
    with Lease(store, reason="outer"):
        with Lease(store, reason="inner"):
            assert len(store.read().state.windows) == 2
        assert [window.reason for window in store.read().state.windows] == ["outer"]
    assert store.read().state.windows == ()


def test_leases_that_say_the_same_are_two(store):
    with Lease(store, duration=None):
        with Lease(store, duration=None):
            pass
        assert phase(store) == "on"


def test_a_lease_can_be_held_again(store):
    lease = Lease(store, duration=timedelta(seconds=1))
    for _ in range(2):
        with lease:
            assert phase(store) == "on"
            store.wait_for_change()
        assert phase(store) == "off"


def test_leases_of_many_threads_leave_nothing(store, no_disk_sync):
    barrier = threading.Barrier(10)
    seen = []

    def work():
        barrier.wait()
        with Lease(store, reason="same"):
            seen.append(phase(store))

    threads = [threading.Thread(target=work) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == ["on"] * 10
    assert store.read().state.windows == ()


@pytest.mark.parametrize(
    "duration", [timedelta(0), timedelta(milliseconds=999), timedelta(days=-1), timedelta.max]
)
def test_a_lease_of_no_time_or_of_ages_is_refused(store, path, duration):
    with pytest.raises(InvalidInput, match="lease: it is not between one second and ten years"):
        Lease(store, duration=duration)


def test_bad_input_is_refused_before_anything_is_written(store, path):
    with pytest.raises(InvalidInput, match="message"):
        Lease(store, message="\x1b").__enter__()
    assert not path.exists()


def test_a_lease_that_cannot_be_renewed_is_logged_and_tried_again(store, monkeypatch, caplog):
    failed = threading.Event()

    def rename(*names):
        failed.set()
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with Lease(store, duration=timedelta(seconds=1)):
        with monkeypatch.context() as patch:
            patch.setattr(os, "rename", rename)
            assert failed.wait(PATIENCE)
        store.wait_for_change()
        assert phase(store) == "on"
    (line,) = set(caplog.messages)
    assert line.startswith("The maintenance lease ")
    assert "was not renewed: " in line
    assert "No space left on device" in line


def test_a_lease_that_cannot_be_begun_says_so(tmp_path):
    with pytest.raises(StoreError, match="there is no directory"):
        Lease(FileStore(tmp_path / "missing" / "x")).__enter__()


def test_a_lease_that_cannot_be_ended_says_so(tmp_path):
    store = FileStore(tmp_path / "place" / "x")
    store.path.parent.mkdir()
    lease = Lease(store)
    lease.__enter__()
    shutil.rmtree(store.path.parent)
    with pytest.raises(StoreError, match="there is no directory"):
        lease.__exit__(None, None, None)


@pytest.mark.parametrize("duration", [5, "5m", True])
def test_a_lease_of_another_type_is_refused(store, duration):
    with pytest.raises(
        InvalidInput, match=f"lease: it is {duration!r}; give a timedelta, or None"
    ):
        Lease(store, duration=duration)


@pytest.mark.parametrize("signal_number", [signal.SIGKILL, signal.SIGTERM])
def test_a_holder_that_is_killed_leaves_the_site_on_for_no_longer_than_its_lease(
    store, path, signal_number
):
    with subprocess.Popen(
        [sys.executable, "-m", "tests.core.child", "hold_lease", path, "30"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
    ) as process:
        assert json.loads(process.stdout.readline()) == "held"
        process.send_signal(signal_number)
        assert process.wait(PATIENCE) == -signal_number
    state = store.read().state
    (window,) = state.windows
    assert state.phase(window.created_at) == "on"
    assert window.end <= now() + timedelta(seconds=30)
    assert state.phase(window.end) == "off"
