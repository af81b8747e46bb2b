"""From when to when, as a person says it."""

from datetime import UTC, datetime, timedelta

import pytest

from maintenance_core import InvalidInput
from maintenance_core.period import parse_period
from tests.core.helpers import HOUR, NOW


def period(start=None, end=None, duration=None, now=NOW):
    return parse_period(start=start, end=end, duration=duration, now=now, zone=UTC)


def test_nothing_said_is_from_now_until_somebody_ends_it():
    assert period() == (None, None)


def test_an_end_is_a_time():
    assert period(end="13:00") == (None, NOW + HOUR)


def test_a_duration_counts_from_the_start():
    assert period(duration="1h") == (None, NOW + HOUR)
    assert period(start="13:00", duration="1h") == (NOW + HOUR, NOW + 2 * HOUR)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2026-11-23T21:00", "06:00", "2026-11-24T06:00Z"),
        ("2026-11-23T21:00", "21:30", "2026-11-23T21:30Z"),
        ("11:00", "11:30", "2026-11-23T11:30Z"),
        ("2026-11-22T09:00", "13:00", "2026-11-22T13:00Z"),
        ("2026-11-22T09:00", "10:00", "2026-11-22T10:00Z"),
    ],
)
def test_a_clock_time_for_the_end_is_the_next_one_after_the_start(start, end, expected):
    assert period(start=start, end=end)[1] == datetime.fromisoformat(expected)


def test_a_start_in_the_past_is_possible_if_the_end_is_not():
    assert period(start="2026-11-22T11:00", duration="1h1s")[1] == NOW + timedelta(seconds=1)


@pytest.mark.parametrize("duration", ["1h", "59m", "1s"])
def test_a_duration_that_is_past_already_is_refused(duration):
    with pytest.raises(InvalidInput) as refused:
        period(start="2026-11-22T11:00", duration=duration)
    assert str(refused.value) == "for: the end would be in the past; give a later start."


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("for", {"end": "13:00", "duration": "1h"}),
        ("for", {"duration": "soon"}),
        ("for", {"start": "9999-12-31T00:00", "duration": "2d"}),
        ("start", {"start": "soon"}),
        ("end", {"end": "soon"}),
    ],
)
def test_bad_input_is_refused_with_the_name_of_the_field(field, given):
    with pytest.raises(InvalidInput) as refused:
        period(**given)
    assert refused.value.field == field


def test_times_are_in_utc():
    start, end = period(start="2026-11-22T21:00+09:00", duration="30m")
    assert (start, end) == (NOW, NOW + timedelta(minutes=30))
