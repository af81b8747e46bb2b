"""What commands and pages say about a state."""

import json
from datetime import UTC, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from maintenance_core import Actor, State, Update, read_status, set_mode, switch_off, switch_on
from maintenance_core.report import (
    describe_off,
    describe_on,
    describe_status,
    update_as_data,
)
from maintenance_core.when import show
from tests.core.helpers import HOUR, NOW, window

DEPLOY = Actor("deploy", "web1", 4711, "test")


def status(store, zone=UTC):
    return "\n".join(describe_status(read_status(store, NOW), zone))


def on(store, **fields):
    update = switch_on(store, now=NOW, **({"by": DEPLOY} | fields))
    return "\n".join(describe_on(update, store.location, NOW, UTC))


def off(store, **fields):
    update = switch_off(store, now=NOW, by=DEPLOY, **fields)
    return "\n".join(describe_off(update, store.location, NOW, UTC))


def test_the_status_without_a_file_is_off(store, path):
    assert status(store) == f"Maintenance is off.\nState: {path}"


def test_the_status_tells_what_is_active_and_what_is_planned(store, path):
    on(store, message="Back\nsoon", reason="1.4", by=DEPLOY, end=NOW + HOUR)
    on(store, start=NOW + HOUR)
    active, coming = store.read().state.windows
    assert status(store, ZoneInfo("Europe/Berlin")).splitlines() == [
        "Maintenance is on.",
        f"  {active.id} from 2026-11-22 13:00 CET until 2026-11-22 14:00 CET, set by deploy@web1",
        "    message: Back soon",
        "    reason: 1.4",
        "Planned:",
        f"  {coming.id} from 2026-11-22 14:00 CET until it is switched off, set by deploy@web1",
        f"State: {path}",
    ]


def test_the_status_of_what_is_no_state_is_unknown_with_the_reason(store, path):
    path.write_text("{")
    problem = "it is not JSON, nor 0 or 1; the next change replaces it and keeps a copy."
    assert status(store).splitlines() == [
        f"Maintenance is unknown: {path}: {problem}",
        "Until then the site stays as it was read last.",
    ]
    found = read_status(store, NOW)
    assert (found.value, found.revision, found.active, found.planned) == ("unknown", None, (), ())


def test_a_lease_is_told_as_one(store):
    store.change(lambda state: State(windows=(window(lease=300, end=NOW + HOUR),)))
    told = status(store)
    assert f"until {show(NOW + HOUR, UTC)} or as long as a program holds it" in told


def test_a_start_that_nobody_wrote_down_is_not_told(store, path):
    path.write_text("1")
    assert "  old until it is switched off, set by django-maintenance-mode" in status(store)


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z"])
def test_moments_at_the_ends_of_the_calendar_can_be_told(store, path, moment):
    path.write_text(json.dumps({"start": moment, "end": "9999-12-31T23:59:59.999Z"}))
    assert "until 9999-12-31" in status(store, ZoneInfo("Europe/Berlin"))


def line(window):
    """What is told of a window without words or end."""
    who = f", set by {window.created_by}" if window.created_by else ""
    return f"  {window.id} from {window.start:%Y-%m-%d %H:%M} UTC until it is switched off{who}"


def test_on_tells_what_it_did_and_where(store, path):
    told = on(store)
    (window,) = store.read().state.windows
    assert told.splitlines() == ["Maintenance is on.", line(window), f"State: {path}"]


def test_on_again_tells_that_nothing_was_changed(store, path):
    on(store)
    (window,) = store.read().state.windows
    assert on(store).splitlines() == [
        "This was switched on or planned already; nothing was changed.",
        line(window),
        f"State: {path}",
    ]


def test_planning_again_tells_that_nothing_was_changed(store, path):
    on(store, start=NOW + HOUR)
    (window,) = store.read().state.windows
    assert on(store, start=NOW + HOUR).splitlines() == [
        "This was switched on or planned already; nothing was changed.",
        "Planned:",
        line(window),
        f"State: {path}",
    ]


def test_on_for_later_tells_that_it_is_planned(store, path):
    told = on(store, start=NOW + HOUR)
    (window,) = store.read().state.windows
    planned = ["Planned:", line(window), f"State: {path}"]
    assert told.splitlines() == ["Maintenance is planned.", *planned]


def test_on_for_later_is_planned_while_another_window_is_active(store, path):
    on(store)
    told = on(store, start=NOW + HOUR)
    active, coming = store.read().state.windows
    assert told.splitlines() == [
        "Maintenance is planned; it is on now as well.",
        line(active),
        "Planned:",
        line(coming),
        f"State: {path}",
    ]


def test_on_with_an_end_tells_when_another_window_has_none(store):
    on(store)
    told = on(store, end=NOW + HOUR).splitlines()
    assert told[0] == "Maintenance is on."
    assert told[3:-1] == [
        "All of these count: the site stays in maintenance until it is switched off."
    ]


def test_on_with_an_end_tells_when_another_window_ends_later(store):
    alone = on(store, end=NOW + 2 * HOUR)
    assert "All of these count" not in alone
    told = on(store, end=NOW + HOUR).splitlines()
    assert told[3:-1] == [
        "All of these count: the site stays in maintenance until 2026-11-22 14:00 UTC."
    ]


def test_the_latest_end_of_several_windows_is_told_by_on_and_by_status(store):
    store.change(lambda state: State(windows=(window(lease=300, end=NOW + 2 * HOUR),)))
    sentence = (
        f"All of these count: the site stays in maintenance until {show(NOW + 2 * HOUR, UTC)}."
    )
    assert sentence in on(store, end=NOW + HOUR)
    assert sentence in status(store)


def test_off_tells_what_it_ended_and_where(store, path):
    on(store)
    on(store, reason="1.4", end=NOW + HOUR, by=DEPLOY)
    one, other = store.read().state.windows
    assert off(store).splitlines() == [
        "Maintenance is off.",
        "Ended:",
        line(one),
        f"  {other.id} from 2026-11-22 12:00 UTC until 2026-11-22 13:00 UTC, set by deploy@web1",
        "    reason: 1.4",
        f"State: {path}",
    ]


@pytest.mark.parametrize("everything", [True, False])
def test_off_does_not_count_what_has_ended_by_itself(store, everything):
    over = window(id="over", end=NOW)
    store.change(lambda state: State(windows=(over, window())))
    assert off(store, everything=everything).splitlines()[1:-1] == ["Ended:", line(window())]
    store.change(lambda state: State(windows=(over,)))
    assert "Ended:" not in off(store, everything=everything)


def test_off_again_tells_that_nothing_was_changed(store, path):
    assert off(store).splitlines() == [
        "Maintenance was off already; nothing was changed.",
        f"State: {path}",
    ]


def test_off_tells_what_stays_planned(store, path):
    on(store)
    on(store, start=NOW + HOUR)
    active, coming = store.read().state.windows
    planned = ["Planned:", line(coming), f"State: {path}"]
    assert off(store).splitlines() == ["Maintenance is off.", "Ended:", line(active), *planned]
    assert off(store).splitlines() == [
        "Maintenance was off already; nothing was changed.",
        *planned,
    ]


def test_off_everything_tells_what_it_dropped(store, path):
    on(store, start=NOW + HOUR)
    (coming,) = store.read().state.windows
    assert off(store, everything=True).splitlines() == [
        "Maintenance is off.",
        "Dropped:",
        line(coming),
        f"State: {path}",
    ]


@pytest.mark.parametrize("switch", [on, off])
def test_what_was_no_state_is_told_with_the_name_of_its_copy(store, path, switch):
    path.write_text("broken")
    told, where = switch(store).splitlines()[-2:]
    assert where == f"State: {path}"
    name = told.removeprefix("What was there was not a state; it is kept as ")
    assert name.startswith(f"{path}.unreadable-")
    assert Path(name).read_text() == "broken"


def test_the_data_of_a_status_is_json(store, path):
    on(store, reason="1.4")
    on(store, start=NOW + HOUR)
    data = json.loads(json.dumps(read_status(store, NOW).as_data()))
    assert data["status"] == "on"
    assert data["state"] == str(path)
    assert data["problem"] is None
    assert data["revision"] == 2
    assert data["active"][0]["reason"] == "1.4"
    assert data["planned"][0]["start"] == "2026-11-22T13:00:00Z"


def test_the_data_of_a_change_is_the_status_after_it(store, path):
    path.write_text("broken")
    update = set_mode(store, True, now=NOW)
    data = json.loads(json.dumps(update_as_data(update, store.location, NOW)))
    assert data["changed"] is True
    assert data["kept"] == update.kept
    assert data["status"] == "on"
    assert update_as_data(Update(State(), State()), "x", NOW)["changed"] is False


def test_a_window_that_ended_is_told_no_more(store):
    on(store, end=NOW + timedelta(minutes=1))
    assert "Maintenance is off." in "\n".join(describe_status(read_status(store, NOW + HOUR), UTC))
