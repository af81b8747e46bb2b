"""What a recurrence may be at most, and what it keeps in memory."""

from datetime import UTC, datetime, timedelta

import pytest

from maintenance_core import InvalidInput, Recurrence, recurrence
from maintenance_core.values import MAX_SECONDS
from tests.core.helpers import DAY, HOUR, NOW
from tests.core.slow_cron import starts

FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def daily(cron="0 12 * * *", duration=3600, zone="UTC"):
    return Recurrence(cron=cron, duration=duration, zone=zone)


@pytest.mark.parametrize("duration", [0, -1, MAX_SECONDS + 1])
def test_a_run_of_no_time_or_of_ages_is_refused(duration):
    with pytest.raises(InvalidInput) as refused:
        daily(duration=duration)
    assert str(refused.value) == "duration: it is not between one second and ten years."


@pytest.mark.parametrize("duration", [1, MAX_SECONDS])
def test_the_shortest_and_the_longest_run_are_kept(duration):
    assert daily(duration=duration).lasts == timedelta(seconds=duration)


def test_starts_end_with_the_calendar():
    yearly = daily(cron="0 12 31 12 *")
    starts = [*yearly.starts(LAST - 1000 * DAY)]
    assert [start.year for start in starts] == [9997, 9998, 9999]
    assert yearly.overlapping_start(LAST - 1000 * DAY) is None


@pytest.mark.parametrize("edge", [FIRST, LAST], ids=["first", "last"])
def test_an_answer_at_the_end_of_the_calendar_says_nothing_about_other_moments(edge):
    series = daily(cron="7 12 * * *")
    assert series.next_start(edge) is None
    assert series.last_start(edge) is None
    assert series.next_start(NOW) == NOW + 7 * HOUR / 60
    assert series.last_start(NOW) == NOW + 7 * HOUR / 60 - DAY


def test_what_is_kept_in_memory_is_bounded(monkeypatch):
    monkeypatch.setattr(recurrence, "_known", {})
    monkeypatch.setattr(recurrence, "_MAX_KNOWN", 3)
    series = [daily(cron=f"{minute} 12 * * *") for minute in range(10)]
    for _ in range(2):
        for minute, each in enumerate(series):
            assert each.next_start(NOW - HOUR) == NOW + minute * HOUR / 60
            assert len(recurrence._known) <= 3


def test_a_moment_between_the_same_starts_needs_no_search(monkeypatch):
    series = daily(cron="9 12 * * *")
    start = series.next_start(NOW)

    def search(*arguments, **options):
        raise AssertionError

    monkeypatch.setattr(Recurrence, "_search", search)
    for moment in (start - timedelta(microseconds=1), start - DAY, NOW):
        assert series.next_start(moment) == start
    for moment in (start, start - DAY - timedelta(microseconds=1)):
        with pytest.raises(AssertionError):
            series.next_start(moment)


@pytest.mark.parametrize("cron", ["30 1 * * *", "30 23 * * *", "15 0 * * *", "*/30 1 * * *"])
def test_clocks_that_are_set_back_by_three_hours_hide_no_start(cron):
    """As those of Casey were in the night to the 5th of March 2010."""
    series = Recurrence(cron=cron, duration=60, zone="Antarctica/Casey")
    change = datetime(2010, 3, 4, 15, 0, tzinfo=UTC)
    found = starts(cron, series.zone, change - timedelta(days=2), change + timedelta(days=2))
    for minutes in range(-240, 240, 7):
        now = change + timedelta(minutes=minutes)
        recurrence._known.clear()  # as for a process that has just been started
        assert series.last_start(now) == max(start for start in found if start <= now)
        assert series.next_start(now) == min(start for start in found if start > now)
