"""A new window: what is given is looked at field by field, and refused with the field's name."""

import os
import time
from datetime import UTC, datetime, timedelta

import pytest

from maintenance_core import InvalidInput, Recurrence, Window, switch_on
from maintenance_core.planning import MAX_TEXT, new_window
from maintenance_core.values import MAX_SECONDS
from tests.core.helpers import DAY, HOUR, MINUTE, NOW

TEN_YEARS = timedelta(seconds=MAX_SECONDS)
SECOND = timedelta(seconds=1)


def series(cron="0 3 * * *", duration=3600, zone="UTC"):
    return Recurrence(cron=cron, duration=duration, zone=zone)


def refused(**given):
    """The field and the reason with which ``given`` is refused."""
    with pytest.raises(InvalidInput) as refusal:
        new_window(now=NOW, **given)
    assert str(refusal.value) == f"{refusal.value.field}: {refusal.value.reason}"
    assert len(str(refusal.value)) < 250
    return refusal.value.field, refusal.value.reason


def test_nothing_said_is_all_of_the_site_from_now_until_somebody_ends_it():
    plain = new_window(now=NOW)
    assert plain == Window(id=plain.id, start=NOW, created_at=NOW)
    assert (plain.mode, plain.paths, plain.end, plain.announce) == ("block", ("/",), None, 0)


def test_everything_that_is_said_is_kept():
    said = new_window(
        now=NOW,
        start=NOW + HOUR,
        end=NOW + 3 * DAY,
        recurrence=series(),
        mode="read-only",
        paths=["/shop", "/blog"],
        message="Back soon",
        reason="1.4",
        retry_after=MINUTE,
        announce=HOUR,
        created_by="deploy@web1",
    )
    assert (said.start, said.end, said.recurrence) == (NOW + HOUR, NOW + 3 * DAY, series())
    assert (said.mode, said.paths) == ("read-only", ("/shop", "/blog"))
    assert (said.message, said.reason, said.created_by) == ("Back soon", "1.4", "deploy@web1")
    assert (said.retry_after, said.announce, said.lease) == (60, 3600, None)


def test_a_lease_begins_at_once_and_ends_by_itself():
    lease = new_window(now=NOW, lease=5 * MINUTE)
    assert (lease.start, lease.end, lease.lease) == (NOW, NOW + 5 * MINUTE, 300)
    assert new_window(now=NOW, start=NOW - HOUR, lease=5 * MINUTE).end == NOW + 5 * MINUTE


@pytest.mark.parametrize(
    "given",
    [{"start": NOW + SECOND}, {"end": NOW + HOUR}, {"recurrence": series()}],
    ids=["start", "end", "recurrence"],
)
def test_a_lease_has_no_start_no_end_and_no_recurrence(given):
    assert refused(lease=MINUTE, **given) == (
        "lease",
        "it begins at once and ends by itself; leave out start, end and cron.",
    )


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"end": NOW}, "it is in the past; give a later end."),
        ({"end": NOW - HOUR, "start": NOW - 2 * HOUR}, "it is in the past; give a later end."),
        ({"end": NOW + HOUR, "start": NOW + HOUR}, "it is not after the start; give a later end."),
        ({"end": NOW + HOUR, "start": NOW + DAY}, "it is not after the start; give a later end."),
    ],
)
def test_an_end_is_after_now_and_after_the_start(given, reason):
    assert refused(**given) == ("end", reason)


def test_an_end_just_after_the_start_is_one():
    instant = timedelta(microseconds=1)
    assert new_window(now=NOW, end=NOW + instant).end == NOW + instant
    start = NOW + HOUR
    assert new_window(now=NOW, start=start, end=start + instant).end == start + instant


@pytest.mark.parametrize("field", ["start", "end"])
def test_a_time_without_a_zone_is_one_of_the_system(monkeypatch, field):
    naive = datetime(2026, 11, 23, 21, 0)  # noqa: DTZ001
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Europe/Berlin")
        time.tzset()
        window = new_window(now=NOW, **{field: naive})
        skipped = datetime(2027, 3, 28, 2, 30)  # noqa: DTZ001
        found, reason = refused(**{field: skipped})
    time.tzset()
    assert getattr(window, field) == datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
    assert found == field
    assert "the clocks skip it" in reason


@pytest.mark.parametrize("field", ["start", "end"])
def test_a_time_outside_the_calendar_is_refused(field):
    late = datetime.fromisoformat("9999-12-31T23:00-14:00")
    assert refused(**{field: late})[0] == field


@pytest.mark.parametrize("mode", ["", "Block", "readonly", "x" * 10_000, None])
def test_a_mode_that_there_is_not_is_refused(mode):
    field, reason = refused(mode=mode)
    assert field == "mode"
    assert reason.endswith("; write block or read-only.")


@pytest.mark.parametrize("field", ["retry_after", "announce", "lease"])
@pytest.mark.parametrize("duration", [5, "5m", True, 1.5])
def test_a_duration_of_another_type_is_refused(field, duration):
    assert refused(**{field: duration}) == (field, f"it is {duration!r}; give a timedelta.")


@pytest.mark.parametrize("field", ["retry_after", "announce", "lease"])
@pytest.mark.parametrize(
    "duration",
    [timedelta(0), -HOUR, SECOND - timedelta(microseconds=1), TEN_YEARS + SECOND, timedelta.max],
    ids=str,
)
def test_a_duration_of_nothing_or_of_ages_is_refused(field, duration):
    assert refused(**{field: duration}) == (
        field,
        "it is not between one second and ten years; give another one.",
    )


@pytest.mark.parametrize("field", ["retry_after", "announce", "lease"])
def test_the_shortest_and_the_longest_duration_are_kept_in_whole_seconds(field):
    for duration, seconds in ((SECOND, 1), (1.9 * SECOND, 1), (TEN_YEARS, MAX_SECONDS)):
        assert getattr(new_window(now=NOW, **{field: duration}), field) == seconds


@pytest.mark.parametrize("field", ["message", "reason"])
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x" * (MAX_TEXT + 1), "it has 4,001 characters; at most 4,000 are possible."),
        ("bell \a", "it holds a control character; leave that out."),
        ("a\rb", "it holds a control character; leave that out."),
        ("a\x7fb", "it holds a control character; leave that out."),
        ("\ud800", "it is not UTF-8; write it in that encoding."),
        (os.fsdecode(b"caf\xe9"), "it is not UTF-8; write it in that encoding."),
    ],
    ids=lambda value: ascii(value)[:20],
)
def test_a_text_that_is_too_long_or_cannot_be_shown_is_refused(field, text, reason):
    assert refused(**{field: text}) == (field, reason)


def test_a_series_that_never_comes_in_its_time_is_refused():
    never = ("cron", "it never comes round in that time; give another one.")
    assert refused(recurrence=series(), end=NOW + HOUR) == never
    assert refused(recurrence=series(), end=NOW + 15 * HOUR) == never
    february = series(cron="0 0 29 2 *")
    assert refused(recurrence=february, start=NOW + HOUR, end=NOW + 300 * DAY) == never
    first = new_window(now=NOW, recurrence=series(), end=NOW + 15 * HOUR + SECOND)
    assert first.next_run(NOW).start == NOW + 15 * HOUR


def test_a_series_that_came_only_before_now_is_refused():
    assert refused(recurrence=series(), start=NOW - 5 * DAY, end=NOW + HOUR)[0] == "cron"


def test_a_series_whose_runs_would_overlap_is_refused_with_the_first_one_that_would():
    field, reason = refused(recurrence=series(cron="0 * * * *", duration=2 * 3600))
    assert field == "duration"
    assert reason == (
        "the run of 2026-11-22 14:00 UTC would begin when the one before it has just ended, or "
        "not yet; "
        "give a shorter one."
    )
    # Only the night in which the clocks change is too short.
    nightly = series(zone="Europe/Berlin", duration=23 * 3600 + 1)
    assert "2027-03-28 01:00 UTC" in refused(recurrence=nightly)[1]


@pytest.mark.parametrize(
    "given",
    [{"end": NOW - HOUR}, {"paths": []}, {"mode": "x"}, {"lease": 5}, {"recurrence": series(),
     "end": NOW + HOUR}, {"message": "\a"}],
    ids=str,
)  # fmt: skip
def test_nothing_is_written_of_what_is_refused(store, path, given):
    with pytest.raises(InvalidInput):
        switch_on(store, now=NOW, **given)
    assert [*path.parent.iterdir()] == []
