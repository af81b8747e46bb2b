"""What can be done to a state, where nothing recurs: functions from state to state."""

import pytest

from maintenance_core.changes import (
    cleared,
    closed,
    extended,
    new_id,
    only,
    opened,
    removed,
    restored,
)
from maintenance_core.state import State
from tests.core.helpers import HOUR, MINUTE, NOW, planned, window


def test_opening_twice_with_the_same_words_is_one_window():
    state = opened(State(), window(), NOW)
    assert opened(state, window(id="efgh"), NOW) is state
    assert len(opened(state, window(id="efgh"), NOW, repeat=True).windows) == 2
    assert len(opened(state, window(id="efgh", message="other"), NOW).windows) == 2


def test_planning_is_no_repetition_of_what_was_opened_at_once():
    state = opened(State(), window(end=NOW + 2 * HOUR), NOW)
    assert len(opened(state, planned(end=NOW + 2 * HOUR), NOW).windows) == 2
    state = opened(State(), planned(end=NOW + 2 * HOUR), NOW)
    assert len(opened(state, window(end=NOW + 2 * HOUR), NOW).windows) == 2


def test_planning_again_what_is_active_by_now_is_no_change():
    plan = planned(end=NOW + 2 * HOUR)
    later = NOW + HOUR
    again = window(id="agin", start=plan.start, end=plan.end, created_at=later)
    state = State(windows=(plan,))
    assert opened(state, again, later) == state


def test_planning_the_same_twice_is_one_window():
    state = opened(State(), planned(end=NOW + 2 * HOUR), NOW)
    later = NOW + 5 * MINUTE
    again = planned(id="efgh", end=NOW + 2 * HOUR, created_at=later)
    assert opened(state, again, later) is state
    assert len(opened(state, again, later, repeat=True).windows) == 2
    for other in ({"start": NOW + 1.5 * HOUR}, {"end": None}, {"message": "x"}, {"reason": "x"}):
        assert len(opened(state, planned(**({"end": NOW + 2 * HOUR} | other)), NOW).windows) == 2


@pytest.mark.parametrize("field", ["lease", "retry_after", "message", "reason"])
@pytest.mark.parametrize("make", [window, planned])
def test_windows_that_differ_in_one_field_are_two(make, field):
    value = "x" if field in {"message", "reason"} else 300
    other = make(id="efgh", **{field: value})
    assert len(opened(State(windows=(make(),)), other, NOW).windows) == 2
    assert only(State(windows=(make(),)), other, NOW).windows == (other,)
    assert len(opened(State(windows=(other,)), make(), NOW).windows) == 2


def test_what_is_over_is_no_repetition():
    state = State(windows=(window(id="over", end=NOW),))
    assert [each.id for each in opened(state, window(end=NOW), NOW).windows] == ["abcd"]


def test_opening_drops_what_is_over():
    state = State(windows=(window(id="over", end=NOW),))
    assert [each.id for each in opened(state, window(), NOW).windows] == ["abcd"]


def test_an_id_that_is_taken_is_changed():
    state = opened(State(), window(), NOW)
    after = opened(state, window(reason="another"), NOW)
    assert len({each.id for each in after.windows}) == 2


def test_ids_are_short_and_read_out_easily():
    assert all(len(new_id()) == 4 and not set(new_id()) & set("il01o") for _ in range(100))


def test_only_replaces_everything_unless_it_is_that_already():
    state = State(windows=(window(), planned()))
    alone = only(state, window(id="efgh"), NOW)
    assert [each.id for each in alone.windows] == ["efgh"]
    assert only(alone, window(id="ijkl"), NOW) is alone
    assert only(State(), window(), NOW).windows == (window(),)
    assert only(alone, planned(), NOW).windows == (planned(),)


def test_only_looks_at_what_is_not_over():
    over = window(id="over", end=NOW)
    state = State(windows=(over, window()))
    assert only(state, window(id="efgh"), NOW) is state
    assert only(State(windows=(over,)), window(end=NOW), NOW).windows == (window(end=NOW),)
    plan = State(windows=(over, planned()))
    assert only(plan, planned(id="efgh"), NOW) is plan


def test_closing_ends_what_is_active_and_keeps_what_is_planned():
    state = State(windows=(window(), planned(), window(id="over", end=NOW)))
    assert closed(state, NOW).windows == (planned(),)


def test_closing_when_nothing_is_active_is_no_change():
    state = State(windows=(planned(),))
    assert closed(state, NOW) is state


def test_clearing_drops_everything():
    assert cleared(State(revision=3, windows=(window(), planned()))) == State(revision=3)


def test_extending_and_removing_touch_one_window_only():
    state = State(windows=(window(), planned()))
    assert extended(state, "abcd", NOW + HOUR).windows == (window(end=NOW + HOUR), planned())
    assert removed(state, "abcd").windows == (planned(),)


def test_extending_or_removing_a_window_that_is_gone_is_no_change():
    state = State(windows=(planned(),))
    assert extended(state, "abcd", NOW) == state
    assert removed(state, "abcd") == state


def test_an_id_is_not_given_again_while_what_had_it_is_known():
    over = window(id="abcd", end=NOW)
    (new,) = opened(State(windows=(over,)), window(), NOW).windows
    assert new.id != over.id


def test_closing_by_id_ends_that_window_only():
    state = State(windows=(window(), window(id="stay"), planned()))
    assert closed(state, NOW, "abcd").windows == (window(id="stay"), planned())


def test_closing_by_id_what_is_not_active_or_not_there_is_no_change():
    state = State(windows=(window(), planned()))
    assert closed(state, NOW, "plan") is state
    assert closed(state, NOW, "none") is state


def test_closing_drops_a_lease_that_has_run_out_so_that_a_late_holder_cannot_bring_it_back():
    late = window(id="late", lease=300, end=NOW)
    state = State(windows=(late,))
    after = closed(state, NOW)
    assert after.windows == ()
    assert extended(after, "late", NOW + HOUR).windows == ()
    assert closed(state, NOW, "late").windows == ()
    assert closed(state, NOW, "else") is state


def test_closing_leaves_what_has_ended_by_itself_if_there_is_nothing_to_close():
    state = State(windows=(window(id="over", end=NOW),))
    assert closed(state, NOW) is state


def paused(*windows):
    """As pairs: closing leaves nothing of what does not recur."""
    return [(each, None) for each in windows]


def test_windows_that_are_restored_come_back_but_for_what_is_over_or_there():
    state = State(windows=(planned(),))
    back = paused(window(), window(id="over", end=NOW), planned())
    assert restored(state, back, NOW).windows == (planned(), window())


def test_a_window_that_has_the_id_of_one_that_is_restored_stays():
    other = window(reason="another")
    assert restored(State(windows=(other,)), paused(window()), NOW).windows == (other,)


def test_restoring_keeps_what_others_have_written_twice():
    state = State(windows=(planned(), planned()))
    assert restored(state, paused(window()), NOW).windows == (planned(), planned(), window())


def test_a_lease_that_is_restored_has_its_whole_time_again():
    lease = window(end=NOW - HOUR, lease=300)
    (back,) = restored(State(), paused(lease), NOW).windows
    assert back.end == NOW + 5 * MINUTE


def test_a_window_that_is_restored_keeps_its_end():
    timed = window(end=NOW + HOUR)
    assert restored(State(), paused(timed), NOW + HOUR / 2).windows == (timed,)
