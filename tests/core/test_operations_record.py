"""What people do is written down: what, by whom, when, and which windows came and went."""

import json
import os
from datetime import UTC, datetime

import pytest

from maintenance_core import (
    Actor,
    InvalidInput,
    Lease,
    Pause,
    State,
    issue_bypass,
    remove_window,
    renew_lease,
    repair,
    revoke_bypass,
    set_mode,
    skip_run,
    switch_off,
    switch_on,
)
from maintenance_core.report import (
    describe_off,
    describe_on,
    describe_repair,
    update_as_data,
)
from tests.core.helpers import HOUR, MINUTE, NOW, planned, recurring, window

DEPLOY = Actor("deploy", "web1", 4711, "test")


def given(store, *windows):
    return store.change(lambda state: State(windows=windows))


def actions(store):
    history = store.history()
    assert (history.damaged, history.problem) == (0, None)
    return [entry.action for entry in history.entries]


DOINGS = {
    "on": lambda store, **by: switch_on(store, now=NOW, **by),
    "on for a lease": lambda store, **by: switch_on(store, now=NOW, lease=HOUR, **by),
    "plan": lambda store, **by: switch_on(store, now=NOW, start=NOW + HOUR, **by),
    "plan a series": lambda store, **by: switch_on(
        store, now=NOW + HOUR, recurrence=recurring().recurrence, **by
    ),
    "on with a series": lambda store, **by: switch_on(
        store, now=NOW, recurrence=recurring().recurrence, **by
    ),
    "off": lambda store, **by: switch_off(store, now=NOW, **by),
    "off by id": lambda store, **by: switch_off(store, "abcd", now=NOW, **by),
    "off and everything": lambda store, **by: switch_off(store, everything=True, **by),
    "off as a mode": lambda store, **by: set_mode(store, False, **by),
    "on as a mode": lambda store, **by: set_mode(store, True, now=NOW, **by),
    "plan as a mode": lambda store, **by: set_mode(store, True, now=NOW, start=NOW + HOUR, **by),
    "remove": lambda store, **by: remove_window(store, "plan", **by),
    "bypass": lambda store, **by: issue_bypass(store, **by)[1],
}


def test_a_run_that_is_left_out_is_recorded(store):
    given(store, recurring())
    update = skip_run(store, "seri", now=NOW, by=DEPLOY)
    (entry,) = store.history().entries
    assert (entry.action, entry.user, entry.opened) == ("skip", "deploy", update.after.windows)


@pytest.mark.parametrize("doing", DOINGS)
def test_what_is_done_is_recorded_with_who_did_it(store, doing):
    given(store, window(reason="there"), planned(reason="coming"))
    update = DOINGS[doing](store, by=DEPLOY)
    assert update.unrecorded is None
    (entry,) = store.history().entries
    assert entry.action == doing.split()[0]
    assert entry.revision == update.after.revision
    assert (entry.user, entry.host, entry.pid, entry.tool) == ("deploy", "web1", 4711, "test")
    assert [each.id for each in entry.opened] == [each.id for each in update.opened]
    kept = {each.id for each in update.after.windows}
    assert set(entry.ended) == {each.id for each in update.before.windows} - kept


@pytest.mark.parametrize("doing", DOINGS)
def test_this_process_does_it_if_nobody_is_named(store, doing):
    given(store, window(reason="there"), planned(reason="coming"))
    DOINGS[doing](store)
    (entry,) = store.history().entries
    here = Actor.here()
    assert (entry.user, entry.host, entry.pid) == (here.user, here.host, os.getpid())
    for opened in entry.opened:
        assert opened.created_by == str(here)


def test_windows_are_opened_in_the_name_of_who_opens_them(store):
    update = switch_on(store, now=NOW, reason="1.4", by=DEPLOY)
    assert update.opened[0].created_by == "deploy@web1"
    assert set_mode(store, True, now=NOW, by=DEPLOY).changed
    assert store.read().state.windows[0].created_by == "deploy@web1"


def test_things_are_done_at_the_moment_of_the_call_if_none_is_given(store):
    before = datetime.now(UTC)
    first = switch_on(store).opened[0]
    set_mode(store, True, start=before + HOUR)
    second = store.read().state.windows[0]
    after = datetime.now(UTC)
    assert before <= first.created_at == first.start <= after
    assert before <= second.created_at <= after
    assert all(before <= entry.time <= after for entry in store.history().entries)
    given(store, window(), planned(start=after + HOUR))
    assert [each.id for each in switch_off(store).after.windows] == ["plan"]


def test_what_changes_nothing_is_not_recorded(store, path):
    switch_on(store, now=NOW)
    for _ in range(2):
        switch_on(store, now=NOW)
        set_mode(store, True, now=NOW)
    switch_off(store, now=NOW)
    switch_off(store, now=NOW)
    revoke_bypass(store)
    repair(store)
    assert actions(store) == ["on", "off"]


def test_what_is_refused_is_not_recorded(store):
    for refused in (
        lambda: switch_on(store, now=NOW, end=NOW),
        lambda: switch_off(store, "none"),
        lambda: remove_window(store, "none"),
        lambda: renew_lease(store, "none"),
        lambda: issue_bypass(store, expires=NOW, now=NOW),
    ):
        with pytest.raises(InvalidInput):
            refused()
    assert actions(store) == []


def test_a_renewal_is_not_recorded(store):
    given(store, window(lease=300, end=NOW + MINUTE))
    assert renew_lease(store, "abcd", now=NOW).changed
    assert actions(store) == []


def test_a_renewed_and_a_revoked_bypass_are_recorded_without_a_digest(store, path):
    secret, update = issue_bypass(store, by=DEPLOY)
    issue_bypass(store, by=DEPLOY)
    revoke_bypass(store, by=DEPLOY)
    assert actions(store) == ["bypass", "bypass", "revoke"]
    assert {entry.user for entry in store.history().entries} == {"deploy"}
    journal = path.with_name(f"{path.name}.journal").read_text()
    assert secret not in journal
    assert update.after.bypass.digest not in journal


def test_a_repair_is_recorded(store, path):
    path.write_text("broken")
    repair(store, by=DEPLOY)
    (entry,) = store.history().entries
    assert (entry.action, entry.user, entry.revision) == ("repair", "deploy", 1)


def test_leases_and_pauses_are_recorded_with_their_windows(store):
    with Lease(store, by=DEPLOY) as lease, Pause(store, by=DEPLOY):
        assert isinstance(lease, Lease)
    assert actions(store) == ["on", "pause", "resume", "off"]
    on, pause, resume, off = store.history().entries
    (window_id,) = [each.id for each in on.opened]
    assert (pause.ended, off.ended) == ((window_id,), (window_id,))
    assert [each.id for each in resume.opened] == [window_id]
    assert {entry.user for entry in store.history().entries} == {"deploy"}


@pytest.fixture
def no_journal(path):
    path.with_name(f"{path.name}.journal").mkdir()


@pytest.mark.parametrize("doing", DOINGS)
def test_a_journal_that_cannot_be_written_undoes_nothing_and_is_told(store, no_journal, doing):
    given(store, window(reason="there"), planned(reason="coming"))
    update = DOINGS[doing](store)
    assert update.changed
    assert store.read().state == update.after
    assert "it is not a regular file; move it away." in update.unrecorded
    assert update_as_data(update, store.location, NOW)["unrecorded"] == update.unrecorded
    json.dumps(update_as_data(update, store.location, NOW))


def test_people_are_told_that_a_change_is_not_in_the_journal(store, path, no_journal):
    def told(describe, update):
        lines = [*describe(update, store.location, NOW, UTC)]
        return [line for line in lines if line.startswith("The journal does not have this: ")]

    on = switch_on(store, now=NOW)
    assert told(describe_on, on) == [f"The journal does not have this: {on.unrecorded}"]
    assert len(told(describe_off, switch_off(store, now=NOW))) == 1
    path.write_text("broken")
    assert len(told(describe_repair, repair(store))) == 1
    assert told(describe_off, switch_off(store, now=NOW)) == []
