"""How a hold ends when the block fails, and what it says when it has lost its window."""

import logging
import threading
from datetime import timedelta

import pytest

from maintenance_core import (
    FileStore,
    InvalidInput,
    Lease,
    Pause,
    renew_lease,
    set_mode,
    switch_on,
)
from tests.core.at_once import off, phase
from tests.core.helpers import DAY, HOUR, MINUTE, NOW, PATIENCE


class JobError(Exception):
    pass


@pytest.mark.parametrize("error", [JobError, KeyboardInterrupt, SystemExit])
def test_an_open_ended_hold_stays_when_the_block_fails_and_tells_the_way_out(store, error, caplog):
    with pytest.raises(error), Lease(store, duration=None):
        raise error
    assert phase(store) == "on"
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert "until somebody ends it: maintenance off" in record.getMessage()


def test_an_open_ended_hold_ends_when_the_block_does(store):
    with Lease(store, duration=None):
        assert phase(store) == "on"
    assert phase(store) == "off"


def test_a_lease_ends_when_the_block_fails(store):
    with pytest.raises(JobError), Lease(store):
        raise JobError
    assert phase(store) == "off"


def test_a_lease_that_was_lost_is_told_once_and_tried_again(path, caplog):
    tries = threading.Semaphore(0)

    class Counting(FileStore):
        def change(self, change, note=None):
            if threading.current_thread().name == "maintenance lease":
                tries.release()
            return super().change(change, note)

    store = Counting(path)
    with Lease(store, duration=timedelta(seconds=1)):
        off(store)
        for _ in range(3):
            assert tries.acquire(timeout=PATIENCE)
    told = [record.getMessage() for record in caplog.records]
    assert len(told) == 1
    assert "is gone: somebody has ended or paused it" in told[0]


@pytest.mark.parametrize("duration", [None, timedelta(minutes=5)])
@pytest.mark.parametrize("switch", [switch_on, lambda store: set_mode(store, True)])
def test_a_person_s_on_inside_a_hold_stands_when_that_ends(store, duration, switch):
    with Lease(store, duration=duration):
        assert switch(store).changed
    assert phase(store) == "on"


def test_a_hold_can_be_read_only_and_for_a_part(store):
    with Lease(store, mode="read-only", paths=["/shop"]):
        (window,) = store.read().state.windows
        assert (window.mode, window.paths) == ("read-only", ("/shop",))


def test_a_lease_that_has_just_run_out_outlasts_what_others_do(store):
    lease = switch_on(store, now=NOW, lease=HOUR).window
    late = NOW + HOUR + MINUTE
    switch_on(store, now=late, start=late + DAY)
    assert renew_lease(store, lease.id, now=late).after.phase(late) == "on"
    later = late + 3 * HOUR
    switch_on(store, now=later, start=later + DAY)
    with pytest.raises(InvalidInput):
        renew_lease(store, lease.id, now=later)


def test_a_pause_inside_an_open_ended_hold_leaves_it_open_ended(store):
    with Lease(store, duration=None):
        with Pause(store):
            assert phase(store) == "off"
        (window,) = store.read().state.windows
        assert (window.end, window.lease) == (None, 0)
        assert phase(store) == "on"
