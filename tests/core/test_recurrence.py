"""When a recurring window starts."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maintenance_core import InvalidInput
from maintenance_core.recurrence import Recurrence
from tests.core.slow_cron import starts

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def recurrence(cron, zone="UTC", duration=60):
    return Recurrence(cron=cron, duration=duration, zone=zone)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def next_starts(series, moment, count):
    return [f"{start:%Y-%m-%d %H:%M}" for start in islice(series.starts(moment), count)]


# Changes of the clocks: one hour, half an hour, at midnight, a whole day.
CHANGES = [
    ("Europe/Berlin", "2026-03-29 01:00"),
    ("Europe/Berlin", "2026-10-25 01:00"),
    ("America/New_York", "2026-03-08 07:00"),
    ("America/New_York", "2026-11-01 06:00"),
    ("Australia/Lord_Howe", "2026-04-04 15:00"),
    ("Australia/Lord_Howe", "2026-10-03 15:30"),
    ("America/Santiago", "2026-04-05 03:00"),
    ("America/Santiago", "2026-09-06 04:00"),
    ("Asia/Beirut", "2026-03-28 22:00"),
    ("Antarctica/Troll", "2026-03-29 01:00"),
    ("Antarctica/Troll", "2026-10-25 01:00"),
    ("Asia/Kolkata", "2026-03-01 00:00"),
    ("UTC", "2028-02-29 00:00"),
]


def field(low, high):
    numbers = st.integers(low, high)
    ranges = st.tuples(numbers, numbers).map(lambda pair: f"{min(pair)}-{max(pair)}")
    wide = st.integers(low, high - 1).map(lambda number: f"{number}-{high}")
    steps = st.tuples(st.one_of(st.just("*"), wide), st.integers(1, high)).map(
        lambda pair: f"{pair[0]}/{pair[1]}"
    )
    one = st.one_of(numbers.map(str), ranges, steps)
    return st.one_of(st.just("*"), st.lists(one, min_size=1, max_size=3).map(",".join))


crons = st.tuples(
    field(0, 59),
    st.one_of(field(0, 3), field(0, 23)),
    st.one_of(st.just("*"), field(1, 31)),
    st.one_of(st.just("*"), field(1, 12)),
    st.one_of(st.just("*"), field(0, 7)),
).map(" ".join)


@given(cron=crons, change=st.sampled_from(CHANGES), minutes=st.integers(-1500, 1500))
@settings(max_examples=150, deadline=None)
def test_starts_are_those_of_a_slow_look_at_every_minute(cron, change, minutes):
    zone, moment = change
    series = recurrence(cron, zone)
    now = at(moment) + minutes * MINUTE
    expected = starts(cron, zone, now - DAY, now + DAY)
    past = [start for start in expected if start <= now]
    coming = [start for start in expected if start > now]

    last, following = series.last_start(now), series.next_start(now)

    assert (last if last is not None and last >= now - DAY else None) == (
        past[-1] if past else None
    )
    assert (following if following is not None and following <= now + DAY else None) == (
        coming[0] if coming else None
    )


@given(cron=crons, change=st.sampled_from(CHANGES))
@settings(max_examples=15, deadline=None)
def test_starts_follow_each_other_without_a_repetition_or_a_gap(cron, change):
    zone, moment = change
    now = at(moment) - DAY
    found = []
    for start in recurrence(cron, zone).starts(now):
        if start > now + 2 * DAY:
            break
        found.append(start)
    assert found == starts(cron, zone, now + MINUTE, now + 2 * DAY)


def test_a_start_that_the_clocks_skip_happens_right_after_the_gap():
    nightly = recurrence("30 2 * * *", "Europe/Berlin")
    assert next_starts(nightly, at("2026-03-28 12:00"), 2) == [
        "2026-03-29 01:00",
        "2026-03-30 00:30",
    ]


def test_a_start_that_the_clocks_show_twice_happens_once():
    nightly = recurrence("30 2 * * *", "Europe/Berlin")
    assert next_starts(nightly, at("2026-10-24 12:00"), 2) == [
        "2026-10-25 00:30",
        "2026-10-26 01:30",
    ]


def test_starts_by_the_clock_on_the_wall_are_neither_made_up_nor_left_out():
    quarterly = recurrence("*/30 2 * * *", "Europe/Berlin")
    assert next_starts(quarterly, at("2026-03-28 12:00"), 2) == [
        "2026-03-30 00:00",
        "2026-03-30 00:30",
    ]
    assert next_starts(quarterly, at("2026-10-24 12:00"), 4) == [
        "2026-10-25 00:00",
        "2026-10-25 00:30",
        "2026-10-25 01:00",
        "2026-10-25 01:30",
    ]


def test_two_starts_that_a_gap_puts_on_one_moment_are_one():
    both = recurrence("0 2,3 * * *", "Europe/Berlin")
    assert next_starts(both, at("2026-03-28 12:00"), 3) == [
        "2026-03-29 01:00",
        "2026-03-30 00:00",
        "2026-03-30 01:00",
    ]


def test_leap_day_comes_in_leap_years_only():
    leap = recurrence("0 0 29 2 *")
    assert next_starts(leap, at("2026-01-01 00:00"), 2) == ["2028-02-29 00:00", "2032-02-29 00:00"]
    assert leap.last_start(at("2103-12-31 00:00")) == at("2096-02-29 00:00")


def test_last_day_of_the_month_and_names_of_days_are_understood():
    assert next_starts(recurrence("0 22 L * *"), at("2026-02-01 00:00"), 1) == ["2026-02-28 22:00"]
    assert next_starts(recurrence("0 3 * * sun"), at("2026-11-25 00:00"), 1) == [
        "2026-11-29 03:00"
    ]


def test_a_start_counts_from_its_very_moment():
    daily = recurrence("0 3 * * *")
    start = at("2026-11-22 03:00")
    assert daily.last_start(start) == start
    assert daily.last_start(start - timedelta(microseconds=1)) == start - DAY
    assert daily.next_start(start - timedelta(microseconds=1)) == start
    assert daily.next_start(start) == start + DAY


@pytest.mark.parametrize("year", [1, 9999])
def test_there_is_no_start_outside_the_calendar(year):
    daily = recurrence("0 3 1 1 *", "Pacific/Auckland")
    edge = datetime(year, 1, 1, 0, 1, tzinfo=UTC)
    if year == 1:
        assert daily.last_start(edge) is None
    else:
        assert daily.next_start(edge) is None


def test_runs_that_would_overlap_are_found():
    daily = recurrence("0 3 * * *", "Europe/Berlin", duration=int(DAY.total_seconds()) - 1800)
    # A day with 23 hours is too short for it.
    assert daily.overlapping_start(at("2026-11-22 00:00")) == at("2027-03-28 01:00")
    shorter = recurrence("0 3 * * *", "Europe/Berlin", duration=22 * 3600)
    assert shorter.overlapping_start(at("2026-11-22 00:00")) is None


WRONG = [
    ("", "UTC", "cron"),
    ("0 3 * *", "UTC", "cron"),
    ("0 0 3 * * *", "UTC", "cron"),
    ("@daily", "UTC", "cron"),
    ("60 3 * * *", "UTC", "cron"),
    ("0 3 31 2 *", "UTC", "cron"),
    ("0 3 * * 5L/2", "UTC", "cron"),
    ("0 3 * * 5²L", "UTC", "cron"),
    ("a b c d e", "UTC", "cron"),
    ("0 3 * * " + "1," * 200 + "1", "UTC", "cron"),
    ("0 3 * * *", "", "zone"),
    ("0 3 * * *", "Europe/Atlantis", "zone"),
    ("0 3 * * *", "../../etc/passwd", "zone"),
    ("0 3 * * *", "/etc/localtime", "zone"),
    ("0 3 * * *", "UTC\0", "zone"),
    ("0 3 * * *", "x" * 5000, "zone"),
    ("0 3 * * *", "\ud800", "zone"),
]


@pytest.mark.parametrize(("cron", "zone", "field"), WRONG)
def test_what_is_no_time_table_is_refused_with_its_field(cron, zone, field):
    with pytest.raises(InvalidInput) as refusal:
        recurrence(cron, zone)
    assert refusal.value.field == field
    assert len(str(refusal.value)) < 500


def test_the_evaluator_is_loaded_only_when_there_is_a_recurring_window():
    code = (
        "import sys, maintenance_core as core; state = core.State(); "
        "assert 'cronsim' not in sys.modules; "
        "core.Recurrence(cron='0 3 * * *', duration=60, zone='UTC'); "
        "assert 'cronsim' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
