"""What is done to a window that recurs: a run can be ended, put back, and said twice."""

import pytest
from msgspec.structs import replace

from maintenance_core.changes import closed, opened, removed, restored
from maintenance_core.state import State
from tests.core.helpers import DAY, HOUR, MINUTE, NOW, planned, recurring, window

SERIES = recurring()
STATE = State(windows=(SERIES,))
LATER = NOW + 20 * MINUTE
"""In the middle of a run."""


def the_runs(state, now=NOW):
    return [run.start for run in state.active(now) + state.planned(now)]


def test_closing_ends_the_run_under_way_and_none_of_the_later_ones():
    after = closed(STATE, LATER)
    assert after.active(LATER) == ()
    assert after.phase(NOW + HOUR - MINUTE) == "off"
    assert the_runs(after, LATER) == [NOW + DAY]
    assert after.active(NOW + DAY)[0].end == NOW + DAY + HOUR


def test_closing_between_the_runs_is_no_change():
    assert closed(STATE, NOW + 2 * HOUR) is STATE
    assert closed(STATE, NOW - MINUTE) is STATE


def test_a_clock_that_is_set_back_begins_no_run_again_that_was_ended():
    after = closed(STATE, LATER)
    for moment in (LATER - MINUTE, NOW, NOW - MINUTE, NOW + MINUTE):
        assert after.active(moment) == ()
        assert the_runs(after, moment) == [NOW + DAY]
    at_its_start = closed(STATE, NOW)
    assert at_its_start.active(NOW + MINUTE) == ()
    assert the_runs(at_its_start, NOW - HOUR) == [NOW + DAY]


def test_of_runs_that_overlap_all_are_ended_that_have_begun():
    state = State(windows=(recurring(cron="0 * * * *", duration=90 * 60),))
    after = closed(state, LATER)
    assert after.phase(NOW + HOUR - MINUTE) == "off"
    assert after.active(NOW + HOUR)[0].start == NOW + HOUR


def test_of_runs_that_touch_only_the_one_under_way_is_ended():
    state = State(windows=(recurring(cron="* * * * *", duration=60),))
    after = closed(state, NOW + MINUTE / 2)
    assert after.phase(NOW + MINUTE / 2) == "off"
    assert after.active(NOW + MINUTE)[0].start == NOW + MINUTE


def test_a_run_that_is_cut_by_the_end_of_the_series_can_be_ended():
    state = State(windows=(recurring(end=NOW + 30 * MINUTE),))
    after = closed(state, LATER)
    assert after.phase(LATER) == "off"
    assert [*after.runs(LATER)] == []


def test_closing_by_id_leaves_the_runs_of_others():
    other = recurring(id="othr", cron="5 12 * * *")
    state = State(windows=(SERIES, other, window(), planned()))
    after = closed(state, LATER, "seri")
    assert [each.id for each in after.active(LATER)] == ["othr", "abcd"]
    assert after.find("othr") == other
    assert closed(state, LATER).active(LATER) == ()
    assert closed(state, LATER, "none") is state


def test_removing_a_series_removes_all_its_runs():
    assert removed(STATE, "seri") == State()


def test_the_same_series_twice_is_one_whenever_it_is_said_again():
    again = recurring(id="agin", start=LATER, created_at=LATER, created_by="somebody")
    assert opened(STATE, again, LATER) is STATE
    assert len(opened(STATE, again, LATER, repeat=True).windows) == 2


def test_a_series_that_begins_earlier_is_more_than_the_one_there_is():
    earlier = recurring(id="agin", start=NOW - 2 * DAY)
    assert len(opened(STATE, earlier, NOW).windows) == 2


@pytest.mark.parametrize(
    "other",
    [{"cron": "0 11 * * *"}, {"duration": 60}, {"zone": "Europe/Berlin"}, {"message": "x"},
     {"end": NOW + DAY}, {"announce": 60}, {"mode": "read-only"}, {"paths": ("/shop",)}],
    ids=str,
)  # fmt: skip
def test_series_that_differ_in_anything_are_two(other):
    again = recurring(**({"id": "agin", "start": NOW} | other))
    assert len(opened(STATE, again, NOW).windows) == 2


def test_a_series_is_no_repetition_of_a_window_and_the_other_way_round():
    once = window(start=SERIES.start)
    assert len(opened(STATE, once, NOW).windows) == 2
    assert len(opened(State(windows=(once,)), SERIES, NOW).windows) == 2


def test_a_run_that_was_ended_does_not_come_back_when_the_series_is_said_again():
    after = closed(STATE, LATER)
    again = recurring(id="agin", start=LATER, created_at=LATER)
    assert opened(after, again, LATER) is after


def test_a_run_that_was_ended_in_its_first_minute_does_not_come_back_either():
    moment = NOW + MINUTE / 6
    after = closed(STATE, moment)
    again = recurring(id="agin", start=NOW + MINUTE / 3)
    assert opened(after, again, NOW + MINUTE / 3) is after


def test_a_series_that_begins_earlier_without_an_earlier_run_is_the_same():
    state = State(windows=(recurring(start=NOW + 2 * HOUR),))
    assert opened(state, recurring(id="agin", start=NOW + MINUTE), NOW) is state
    assert len(opened(state, recurring(id="agin", start=NOW), NOW).windows) == 2


def test_a_series_that_has_no_run_at_all_is_no_repetition():
    never = recurring(cron="0 0 */28 2 1#3")
    assert never.next_run(NOW) is None
    again = replace(never, start=NOW)
    assert len(opened(State(windows=(never,)), again, NOW).windows) == 2


def paused(state, now=LATER):
    """What a pause keeps: each window that is active, and what closing leaves of it."""
    after = closed(state, now)
    return [(each, after.find(each.id)) for each in state.windows if each.is_active(now)], after


def test_a_run_that_was_paused_goes_on():
    kept, open_state = paused(STATE)
    after = restored(open_state, kept, LATER + MINUTE)
    assert after == STATE
    assert after.active(LATER + MINUTE)[0].start == NOW


def test_a_pause_that_outlasts_the_run_leaves_the_series_as_it_was():
    kept, open_state = paused(STATE)
    assert restored(open_state, kept, NOW + 2 * HOUR) == STATE


def test_a_series_that_was_removed_during_a_pause_stays_away():
    kept, open_state = paused(STATE)
    assert restored(removed(open_state, "seri"), kept, LATER) == State()


def test_a_series_that_was_changed_during_a_pause_stays_as_it_was_changed():
    kept, open_state = paused(STATE)
    changed = replace(open_state.windows[0], message="Later today")
    assert restored(State(windows=(changed,)), kept, LATER).windows == (changed,)


def test_a_run_that_was_ended_during_a_pause_stays_ended():
    kept, open_state = paused(STATE)
    next_day = NOW + DAY + MINUTE
    assert open_state.phase(next_day) == "on"
    ended = closed(open_state, next_day)
    after = restored(ended, kept, next_day + MINUTE)
    assert after.phase(next_day + MINUTE) == "off"
    assert the_runs(after, next_day + MINUTE) == [NOW + 2 * DAY]


def test_a_series_that_ended_during_a_pause_is_gone():
    state = State(windows=(recurring(end=NOW + 30 * MINUTE),))
    kept, open_state = paused(state)
    assert restored(open_state, kept, NOW + HOUR) == State()
