"""An open site for as long as some code runs."""

import shutil
import threading
from datetime import timedelta

import pytest

from maintenance_core import (
    FileStore,
    Lease,
    Pause,
    Recurrence,
    State,
    StoreError,
    remove_window,
    switch_off,
)
from tests.core.at_once import now, off, on, phase
from tests.core.helpers import HOUR, MINUTE, AnnouncingStore, window


@pytest.fixture
def store(path):
    return AnnouncingStore(path)


def test_a_pause_opens_the_site_and_puts_back_what_was_there(store):
    before = on(store, message="Back soon").after.windows
    coming = on(store, start=now() + HOUR).after.windows[-1]
    with Pause(store):
        assert phase(store) == "off"
        assert store.read().state.windows == (coming,)
    assert set(store.read().state.windows) == {*before, coming}
    assert phase(store) == "on"


def test_a_pause_while_it_is_off_changes_nothing(store, path):
    with Pause(store):
        assert phase(store) == "off"
    assert not path.exists()


def test_a_pause_ends_when_the_block_fails(store):
    on(store)
    with pytest.raises(LookupError), Pause(store):
        raise LookupError
    assert phase(store) == "on"


def test_what_others_do_during_a_pause_stands(store):
    on(store, reason="before")
    on(store, start=now() + HOUR, reason="planned")
    with Pause(store):
        off(store, everything=True)
        on(store, reason="meanwhile")
    reasons = {window.reason for window in store.read().state.windows}
    assert reasons == {"before", "meanwhile"}


def test_a_window_that_would_have_ended_during_a_pause_stays_ended(store):
    on(store, end=now() + timedelta(seconds=1))
    (window,) = store.read().state.windows
    with Pause(store):
        while now() < window.end:
            threading.Event().wait((window.end - now()).total_seconds())
    assert store.read().state.windows == ()


def test_a_pause_longer_than_a_lease_leaves_the_lease_to_its_holder(store):
    with Lease(store, duration=timedelta(seconds=1)):
        with Pause(store):
            assert store.read().state.windows == ()
        (window,) = store.read().state.active(now())
        assert window.end > now()
        store.wait_for_change()
        assert phase(store) == "on"
    assert phase(store) == "off"


def test_pauses_within_pauses_put_back_the_same(store):
    before = on(store).after.windows
    with Pause(store), Pause(store):
        assert phase(store) == "off"
    assert store.read().state.windows == before


EVERY_MINUTE = Recurrence(cron="* * * * *", duration=120, zone="UTC")
"""There is always a run under way."""


def series(store, **fields):
    """Give ``store`` a series that is on now."""
    begin = now() - HOUR
    fields = {
        "id": "seri",
        "start": begin,
        "created_at": begin,
        "recurrence": EVERY_MINUTE,
    } | fields
    return store.change(lambda state: State(windows=(window(**fields),))).after.windows


def test_a_run_of_a_series_goes_on_after_a_pause(store):
    before = series(store)
    with Pause(store):
        (paused,) = store.read().state.windows
        assert paused.start > before[0].start
    assert store.read().state.windows == before
    assert phase(store) == "on"


def test_a_series_that_was_removed_during_a_pause_does_not_come_back(store):
    series(store)
    with Pause(store):
        remove_window(store, "seri")
    assert store.read().state.windows == ()


def test_a_series_that_was_ended_again_during_a_pause_stays_ended(store):
    before = series(store)
    with Pause(store):
        # As if the next run had begun, and somebody had ended it.
        later = now() + 2 * MINUTE
        switch_off(store, now=later)
        ended = store.read().state.windows
    assert ended != before
    assert store.read().state.windows == ended
    assert store.read().state.phase(later) == "off"


def test_a_lease_that_had_run_out_before_a_pause_does_not_come_back(store):
    moment = now()
    late = window(lease=1, start=moment - HOUR, end=moment - MINUTE, created_at=moment - HOUR)
    store.change(lambda state: State(windows=(late, window(id="open", start=moment))))
    with Pause(store):
        assert store.read().state.windows == ()
    assert [each.id for each in store.read().state.windows] == ["open"]


def test_somebody_elses_lease_goes_on_being_renewed_after_a_pause(path):
    holder, store = AnnouncingStore(path), FileStore(path)
    with Lease(holder, duration=timedelta(seconds=1)):
        with Pause(store):
            pass
        ends = [store.read().state.windows[0].end]
        for _ in range(2):
            holder.wait_for_change()
            ends.append(store.read().state.windows[0].end)
        assert ends == sorted(set(ends))
        assert phase(store) == "on"
    assert store.read().state.windows == ()


def test_a_pause_whose_lease_has_lost_its_holder_ends_with_the_lease(store):
    lease = Lease(store, duration=timedelta(seconds=300))
    with lease:
        pause = Pause(store)
        pause.__enter__()
    assert store.read().state.windows == ()
    pause.__exit__(None, None, None)
    (left,) = store.read().state.windows
    assert left.end <= now() + 5 * MINUTE


def test_a_pause_that_cannot_end_says_so(tmp_path):
    store = FileStore(tmp_path / "place" / "x")
    store.path.parent.mkdir()
    on(store)
    pause = Pause(store)
    pause.__enter__()
    shutil.rmtree(store.path.parent)
    with pytest.raises(StoreError, match="there is no directory"):
        pause.__exit__(None, None, None)


def test_a_pause_that_cannot_begin_says_so(tmp_path):
    with pytest.raises(StoreError, match="there is no directory"):
        Pause(FileStore(tmp_path / "missing" / "x")).__enter__()
