"""When one window interrupts a site: its runs, its ends and what is told before."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from maintenance_core.values import EPOCH
from tests.core.helpers import DAY, HOUR, MINUTE, NOW, planned, recurring, window

INSTANT = timedelta(microseconds=1)
SECOND = timedelta(seconds=1)
FIRST = datetime.min.replace(tzinfo=UTC)
LAST = datetime.max.replace(tzinfo=UTC)


def test_a_window_is_over_at_its_end():
    timed = window(end=NOW + HOUR)
    assert timed.is_active(NOW + HOUR - INSTANT)
    assert not timed.is_active(NOW + HOUR)
    assert timed.is_over(NOW + HOUR)


def test_a_planned_window_waits_for_its_start():
    assert planned().next_change(NOW) == NOW + HOUR
    assert planned(end=NOW + 2 * HOUR).next_change(NOW + HOUR) == NOW + 2 * HOUR
    assert not planned().is_active(NOW + HOUR - INSTANT)
    assert planned().is_active(NOW + HOUR)


def test_a_planned_window_is_its_own_only_run():
    assert planned().next_run(NOW) == planned()
    assert planned().next_run(NOW + HOUR) is None
    assert planned().run_at(NOW + HOUR) == planned()


def test_a_window_that_is_over_changes_no_more():
    assert window(end=NOW).next_change(NOW) is None
    assert window(end=NOW).next_run(NOW - HOUR) is None


def test_a_clock_set_back_does_not_close_a_window_opened_at_once():
    assert window().is_active(NOW - HOUR)
    assert window(end=NOW + HOUR).is_active(NOW - HOUR)
    assert window().next_change(NOW - HOUR) is None
    assert window(announce=2 * 3600).is_announced(NOW - HOUR) is False


def test_a_window_that_would_end_before_it_starts_never_comes():
    nonsense = planned(start=NOW + 2 * HOUR, end=NOW + HOUR, announce=3 * 3600)
    for moment in (NOW, NOW + HOUR, NOW + 2 * HOUR, NOW + 3 * HOUR):
        assert nonsense.run_at(moment) is None
        assert nonsense.next_run(moment) is None
        assert not nonsense.is_announced(moment)
        assert nonsense.next_change(moment) is None


def test_a_run_is_a_window_of_its_own_with_the_words_of_its_series():
    series = recurring(message="Back soon", paths=("/shop",), mode="read-only", announce=60)
    run = series.run_at(NOW + MINUTE)
    assert (run.start, run.end, run.recurrence) == (NOW, NOW + HOUR, None)
    assert (run.id, run.message, run.paths, run.mode) == (
        "seri",
        "Back soon",
        ("/shop",),
        "read-only",
    )
    assert (run.since, run.until) == (NOW, NOW + HOUR)
    assert series.next_run(NOW).start == NOW + DAY


def test_a_series_is_active_during_its_runs_and_only_then():
    series = recurring()
    assert not series.is_active(NOW - INSTANT)
    assert series.is_active(NOW)
    assert series.is_active(NOW + HOUR - INSTANT)
    assert not series.is_active(NOW + HOUR)
    assert series.is_active(NOW + DAY)
    assert not series.is_over(NOW + 10_000 * DAY)


def test_a_series_that_is_added_in_the_middle_of_a_run_begins_with_the_next_one():
    series = recurring(start=NOW + MINUTE)
    assert series.run_at(NOW + MINUTE) is None
    assert series.next_run(NOW + MINUTE).start == NOW + DAY
    assert series.next_change(NOW + MINUTE) == NOW + DAY


def test_a_run_that_begins_with_the_series_is_its_first():
    assert recurring(start=NOW).run_at(NOW).start == NOW
    assert recurring(start=NOW).next_run(NOW - HOUR).start == NOW


@pytest.mark.parametrize("start", [NOW + INSTANT, NOW + SECOND / 3, NOW + SECOND, NOW + HOUR])
@pytest.mark.parametrize("moment", [NOW - HOUR, NOW, NOW + INSTANT])
def test_a_series_from_any_moment_on_begins_with_the_first_run_after_it(start, moment):
    series = recurring(start=start, announce=60)
    assert series.next_run(moment).start == NOW + DAY
    assert series.next_change(moment) == NOW + DAY - MINUTE


def test_the_end_of_a_series_ends_the_run_that_is_under_way():
    series = recurring(end=NOW + HOUR / 2)
    assert series.run_at(NOW).end == NOW + HOUR / 2
    assert series.next_change(NOW) == NOW + HOUR / 2
    assert not series.is_active(NOW + HOUR / 2)
    assert series.next_run(NOW) is None


def test_no_run_begins_at_the_end_of_a_series_or_after_it():
    series = recurring(end=NOW, announce=7200)
    assert series.next_run(NOW - HOUR) is None
    assert not series.is_announced(NOW - HOUR)
    assert series.next_change(NOW - HOUR) is None
    assert recurring(end=NOW + INSTANT).next_run(NOW - HOUR).end == NOW + INSTANT


def test_runs_that_overlap_are_one_interruption():
    series = recurring(cron="0 * * * *", duration=90 * 60)
    assert all(series.is_active(NOW + count * 10 * MINUTE) for count in range(20))
    assert series.run_at(NOW + 10 * MINUTE).start == NOW


def test_runs_that_touch_are_one_interruption_of_many_runs():
    series = recurring(cron="0 * * * *")
    assert series.run_at(NOW + HOUR - INSTANT).start == NOW
    assert series.run_at(NOW + HOUR).start == NOW + HOUR
    assert series.next_change(NOW) == NOW + HOUR


def test_a_start_is_announced_for_its_time_and_not_afterwards():
    told = planned(announce=600)
    assert not told.is_announced(NOW + HOUR - 10 * MINUTE - INSTANT)
    assert told.is_announced(NOW + HOUR - 10 * MINUTE)
    assert told.is_announced(NOW + HOUR - INSTANT)
    assert not told.is_announced(NOW + HOUR)
    assert told.next_change(NOW) == NOW + HOUR - 10 * MINUTE
    assert told.next_change(NOW + HOUR - 10 * MINUTE) == NOW + HOUR


def test_what_is_not_to_be_announced_is_not():
    assert not planned().is_announced(NOW + HOUR - INSTANT)


def test_each_run_is_announced():
    series = recurring(announce=600)
    for day in (NOW, NOW + DAY):
        assert not series.is_announced(day - 10 * MINUTE - INSTANT)
        assert series.is_announced(day - 10 * MINUTE)
        assert not series.is_announced(day)


def test_a_run_may_be_announced_while_the_one_before_it_is_on():
    series = recurring(cron="0 * * * *", duration=1800, announce=2700)
    assert series.is_active(NOW + 20 * MINUTE)
    assert series.is_announced(NOW + 20 * MINUTE)
    assert series.next_change(NOW) == NOW + 15 * MINUTE
    assert series.next_change(NOW + 20 * MINUTE) == NOW + 30 * MINUTE


def test_a_lease_promises_no_end():
    lease = window(end=NOW + HOUR, lease=300)
    assert lease.until is None
    assert window(end=NOW + HOUR).until == NOW + HOUR


def test_a_start_that_nobody_wrote_down_is_not_shown():
    assert window(start=EPOCH).since is None
    assert window().since == NOW


def test_only_what_begins_at_once_and_does_not_recur_is_immediate():
    assert window().immediate
    assert not planned().immediate
    assert not recurring(start=NOW, created_at=NOW).immediate


@pytest.mark.parametrize(
    ("paths", "whole"),
    [(("/",), True), (("/shop", "/"), True), (("//",), True), (("/shop",), False)],
)
def test_the_whole_site_is_interrupted_if_one_path_is_its_root(paths, whole):
    assert window(paths=paths).is_whole_site is whole


def test_a_series_from_the_beginning_of_the_calendar_on_can_be_asked_in_any_order():
    series = recurring(start=FIRST)
    assert series.next_run(FIRST) is None
    assert series.run_at(NOW).start == NOW
    assert series.next_run(NOW).start == NOW + DAY


def test_before_the_first_moment_of_all_there_is_one_in_another_zone():
    east = FIRST.replace(tzinfo=timezone(timedelta(hours=14)))
    assert east < FIRST
    assert recurring(start=FIRST).next_run(east) is None
    assert recurring(start=FIRST).next_change(east) is None


def test_a_run_at_the_end_of_the_calendar_ends_with_it():
    series = recurring(cron="0 12 31 12 *", duration=7 * 24 * 3600)
    run = series.run_at(LAST - HOUR)
    assert run is None or run.end == LAST
    run = series.run_at(LAST - 5 * HOUR)
    assert (run.start.year, run.end) == (9999, LAST)
