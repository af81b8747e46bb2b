"""An open site for as long as some code runs."""

import threading
from datetime import timedelta

import pytest

from maintenance_core import Lease, Pause
from tests.core.at_once import now, off, on, phase
from tests.core.helpers import HOUR, AnnouncingStore


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
