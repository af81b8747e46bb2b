"""What is said of windows that recur, are for a part of the site, or let it be read."""

import json
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import pytest

from maintenance_core import (
    State,
    issue_bypass,
    read_status,
    remove_window,
    repair,
    switch_off,
    switch_on,
)
from maintenance_core.report import (
    Status,
    describe_off,
    describe_on,
    describe_repair,
    describe_status,
    update_as_data,
)
from tests.core.helpers import DAY, HOUR, MINUTE, NOW, planned, recurring, window

NOON = recurring().recurrence
LATER = NOW + 5 * MINUTE


def given(store, *windows):
    return store.change(lambda state: State(windows=windows))


def status(store, now=NOW, zone=UTC):
    return [*describe_status(read_status(store, now), zone)]


def told(describe, update, store, now=NOW):
    return "\n".join(describe(update, store.location, now, UTC)).splitlines()


def test_the_status_tells_the_run_the_next_one_and_the_series(store, path):
    given(store, recurring(zone="Europe/Berlin", cron="0 13 * * *", duration=5400))
    assert status(store, LATER, ZoneInfo("Europe/Berlin")) == [
        "Maintenance is on.",
        "  seri from 2026-11-22 13:00 CET until 2026-11-22 14:30 CET",
        "Planned:",
        "  seri from 2026-11-23 13:00 CET until 2026-11-23 14:30 CET",
        "Recurring:",
        "  seri at 0 13 * * * for 1h30m (Europe/Berlin)",
        f"State: {path}",
    ]


def test_a_window_tells_its_mode_its_paths_and_its_announcement(store):
    given(
        store,
        planned(mode="read-only", paths=("/shop", "/cart"), announce=5400, created_by="me@web1"),
    )
    assert status(store)[2] == (
        "  plan (read-only) for /shop, /cart from 2026-11-22 13:00 UTC until it is switched off"
        " (announced 1h30m before), set by me@web1"
    )


@pytest.mark.parametrize(
    ("windows", "headline"),
    [
        ([], "Maintenance is off."),
        (
            [planned(announce=7200)],
            "Maintenance is off; visitors are told of what is planned.",
        ),
        ([window()], "Maintenance is on."),
        ([window(mode="read-only")], "Maintenance is on: the site is read-only."),
        ([window(paths=("/shop",))], "Maintenance is on for a part of the site."),
        (
            [window(paths=("/shop",)), window(mode="read-only")],
            "Maintenance is on: the site is read-only, and a part of it is closed.",
        ),
        ([window(mode="read-only"), window()], "Maintenance is on."),
        (
            [window(mode="read-only", paths=("/shop",))],
            "Maintenance is on for a part of the site.",
        ),
    ],
)
def test_the_first_line_tells_how_much_of_the_site_is_interrupted(store, windows, headline):
    given(store, *windows)
    assert status(store)[0] == headline
    assert read_status(store, NOW).value == ("off" if "off" in headline else "on")


def test_only_windows_of_the_whole_site_are_counted_together(store):
    given(store, window(), window(id="part", paths=("/shop",)))
    assert not [line for line in status(store) if line.startswith("All of these count")]
    given(store, window(end=NOW + HOUR), recurring(duration=7200))
    assert (
        "All of these count: the site stays in maintenance until 2026-11-22 14:00 UTC."
        in status(store)
    )


def test_a_bypass_is_told_with_its_end_and_no_more_when_it_is_over(store, path):
    issue_bypass(store)
    line = "Whoever has the bypass link comes in until it is revoked."
    assert status(store) == ["Maintenance is off.", line, f"State: {path}"]
    issue_bypass(store, expires=NOW + HOUR, now=NOW)
    assert status(store)[1] == "Whoever has the bypass link comes in until 2026-11-22 13:00 UTC."
    assert status(store, NOW + HOUR) == ["Maintenance is off.", f"State: {path}"]


def test_on_tells_of_a_series_when_it_comes(store, path):
    update = switch_on(store, now=LATER, recurrence=NOON)
    (series,) = update.opened
    who = series.created_by
    assert told(describe_on, update, store, LATER) == [
        "Maintenance is planned.",
        "Planned:",
        f"  {series.id} from 2026-11-23 12:00 UTC until 2026-11-23 13:00 UTC, set by {who}",
        "Recurring:",
        f"  {series.id} at 0 12 * * * for 1h (UTC)",
        f"State: {path}",
    ]


def test_on_with_a_series_that_begins_now_tells_that_it_is_on(store):
    update = switch_on(store, now=NOW, recurrence=NOON)
    assert told(describe_on, update, store)[0] == "Maintenance is on."


def test_on_for_a_part_while_the_rest_is_on_tells_what_is_on(store):
    given(store, window(mode="read-only"))
    update = switch_on(store, now=NOW, paths=["/shop"])
    lines = told(describe_on, update, store)
    assert lines[0] == "Maintenance is on: the site is read-only, and a part of it is closed."
    assert [line.split()[0] for line in lines[1:3]] == ["abcd", update.opened[0].id]


def test_off_by_id_tells_what_ended_and_what_stays(store, path):
    given(store, window(), window(id="stay", reason="1.4"), planned())
    update = switch_off(store, "abcd", now=NOW)
    assert told(describe_off, update, store) == [
        "Maintenance stays on.",
        "  stay from 2026-11-22 12:00 UTC until it is switched off",
        "    reason: 1.4",
        "Ended:",
        "  abcd from 2026-11-22 12:00 UTC until it is switched off",
        "Planned:",
        "  plan from 2026-11-22 13:00 UTC until it is switched off",
        f"State: {path}",
    ]


def test_off_tells_the_run_that_ended_and_the_one_that_comes(store, path):
    given(store, recurring())
    assert told(describe_off, switch_off(store, now=LATER), store, LATER) == [
        "Maintenance is off.",
        "Ended:",
        "  seri from 2026-11-22 12:00 UTC until 2026-11-22 13:00 UTC",
        "Planned:",
        "  seri from 2026-11-23 12:00 UTC until 2026-11-23 13:00 UTC",
        "Recurring:",
        "  seri at 0 12 * * * for 1h (UTC)",
        f"State: {path}",
    ]
    again = switch_off(store, now=LATER)
    assert told(describe_off, again, store, LATER)[0] == (
        "Maintenance was off already; nothing was changed."
    )


def test_removing_a_series_tells_both_the_run_and_what_is_dropped(store):
    given(store, recurring())
    lines = told(describe_off, remove_window(store, "seri"), store, LATER)
    assert lines[1:7] == [
        "Ended:",
        "  seri from 2026-11-22 12:00 UTC until 2026-11-22 13:00 UTC",
        "Dropped:",
        "  seri from 2026-11-23 12:00 UTC until 2026-11-23 13:00 UTC",
        "Dropped with all later runs:",
        "  seri at 0 12 * * * for 1h (UTC)",
    ]


def test_what_clients_are_told_to_wait_is_told(store):
    given(store, window(retry_after=600))
    assert "until it is switched off (retry after 10m)" in status(store)[1]


def test_repair_tells_what_it_has_made_of_it_and_where_the_rest_is(store, path):
    path.write_text('{"schema": 1, "windows": [7, {"id": "abcd", "start": "2026-11-22T12:00:00Z", '
                    '"created_at": "2026-11-22T12:00:00Z"}]}')  # fmt: skip
    update = repair(store)
    assert told(describe_repair, update, store) == [
        "Maintenance is on.",
        "  abcd from 2026-11-22 12:00 UTC until it is switched off",
        f"State: {path}",
        f"What was there was not a state; it is kept as {update.kept}",
    ]


def test_repair_tells_that_there_was_nothing_to_do(store, path):
    assert told(describe_repair, repair(store), store) == [
        "The state can be read; nothing was changed.",
        "Maintenance is off.",
        f"State: {path}",
    ]


def test_the_data_has_runs_and_series_and_the_phase(store):
    given(store, recurring(), planned(announce=7200, paths=("/shop",)))
    data = json.loads(json.dumps(read_status(store, LATER).as_data()))
    assert (data["status"], data["phase"]) == ("on", "on")
    (run,) = data["active"]
    assert (run["start"], run["end"]) == ("2026-11-22T12:00:00Z", "2026-11-22T13:00:00Z")
    assert run["recurrence"] is None
    assert [each["id"] for each in data["planned"]] == ["plan", "seri"]
    assert data["planned"][0]["paths"] == ["/shop"]
    (series,) = data["recurring"]
    assert series["recurrence"] == {"cron": "0 12 * * *", "duration": 3600, "zone": "UTC"}
    before = read_status(store, NOW - MINUTE).as_data()
    assert (before["status"], before["phase"]) == ("off", "announced")
    assert read_status(store, NOW + 10 * DAY + 3 * HOUR).as_data()["phase"] == "on"


def test_the_data_never_has_the_digest_of_the_bypass(store):
    secret, update = issue_bypass(store, expires=NOW + HOUR, now=NOW)
    digest = update.after.bypass.digest
    for data in (read_status(store, NOW).as_data(), update_as_data(update, "x", NOW)):
        assert data["bypass"] == {"expires": "2026-11-22T13:00:00Z"}
        assert digest not in json.dumps(data)
        assert secret not in json.dumps(data)
    assert digest not in "".join(status(store))
    assert read_status(store, NOW + HOUR).as_data()["bypass"] is None
    _, endless = issue_bypass(store)
    assert update_as_data(endless, "x", NOW)["bypass"] == {"expires": None}


def test_the_data_of_no_state_says_unknown_and_why(store, path):
    path.write_text("{")
    data = json.loads(json.dumps(read_status(store, NOW).as_data()))
    assert (data["status"], data["phase"], data["revision"]) == ("unknown", None, None)
    assert data["problem"].startswith("it is not JSON")
    assert (data["active"], data["planned"], data["recurring"]) == ([], [], [])
    assert data["bypass"] is None


def test_a_status_of_a_state_needs_no_store():
    found = Status.of_state(State(revision=3, windows=(window(), recurring())), "here", LATER)
    assert (found.value, found.location, found.problem) == ("on", "here", None)
    assert (found.revision, len(found.active), len(found.planned)) == (3, 2, 1)
    assert found.recurring == (recurring(),)
    assert timedelta(0) < found.planned[0].start - LATER < DAY
