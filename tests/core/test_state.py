"""Windows and states are values: what they mean depends on the moment that is passed in only."""

from datetime import timedelta

import msgspec
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
from maintenance_core.values import EPOCH
from tests.core.helpers import HOUR, NOW, planned, window


def test_no_windows_mean_off():
    assert State().phase(NOW) == "off"
    assert State().deciding(NOW) is None
    assert State().next_change(NOW) is None


def test_an_open_window_is_active_from_its_start_on():
    state = State(windows=(planned(),))
    assert state.phase(NOW) == "off"
    assert state.phase(NOW + HOUR) == "on"
    assert state.phase(NOW + 1000 * HOUR) == "on"


def test_a_window_is_over_at_its_end():
    timed = window(end=NOW + HOUR)
    assert timed.is_active(NOW + HOUR - timedelta(microseconds=1))
    assert not timed.is_active(NOW + HOUR)
    assert timed.is_over(NOW + HOUR)


def test_a_clock_set_back_does_not_close_a_window_opened_at_once():
    assert window().is_active(NOW - HOUR)
    assert window(end=NOW + HOUR).is_active(NOW - HOUR)
    assert window().next_change(NOW - HOUR) is None


def test_a_planned_window_waits_for_its_start():
    assert planned().next_change(NOW) == NOW + HOUR
    assert planned(end=NOW + 2 * HOUR).next_change(NOW + HOUR) == NOW + 2 * HOUR


def test_a_window_that_is_over_changes_no_more():
    assert window(end=NOW).next_change(NOW) is None


def test_the_next_change_is_the_first_of_all_windows():
    state = State(windows=(planned(), window(end=NOW + timedelta(minutes=5)), window()))
    assert state.next_change(NOW) == NOW + timedelta(minutes=5)


def test_visitors_are_told_about_the_window_that_lasts_longest():
    short, long = window(end=NOW + HOUR), window(id="long", end=NOW + 2 * HOUR)
    assert State(windows=(long, short)).deciding(NOW) == long
    endless = window(id="ever")
    assert State(windows=(endless, long)).deciding(NOW) == endless


def test_of_two_windows_that_last_alike_the_one_with_a_message_is_told():
    silent, telling = window(), window(id="tell", message="Back soon")
    assert State(windows=(telling, silent)).deciding(NOW) == telling


def test_a_message_is_told_rather_than_what_was_opened_last():
    telling, last = window(message="Back soon"), window(id="last", created_at=NOW + HOUR)
    for windows in ((telling, last), (last, telling)):
        assert State(windows=windows).deciding(NOW + HOUR) == telling


@pytest.mark.parametrize("message", ["", "Back soon"])
def test_of_two_windows_alike_the_one_that_was_opened_last_is_told(message):
    first = window(message=message)
    last = window(id="last", message=message and "Later", created_at=NOW + HOUR)
    for windows in ((first, last), (last, first)):
        assert State(windows=windows).deciding(NOW + HOUR) == last


def test_a_longer_window_that_says_nothing_is_told_with_the_latest_message():
    longer = window(id="long", end=NOW + 2 * HOUR)
    first = window(id="frst", message="Soon", end=NOW + HOUR)
    second = window(
        id="scnd", message="Later", end=NOW + HOUR, created_at=NOW + timedelta(seconds=1)
    )
    told = State(windows=(second, longer, first)).deciding(NOW + 2 * timedelta(seconds=1))
    assert (told.id, told.end, told.message) == ("long", longer.end, "Later")


def test_a_longer_window_is_told_with_its_own_message():
    longer = window(id="long", message="Mine", end=NOW + 2 * HOUR)
    other = window(message="Soon", end=NOW + HOUR, created_at=NOW + timedelta(seconds=1))
    assert State(windows=(other, longer)).deciding(NOW + 2 * timedelta(seconds=1)) == longer


def test_a_lease_promises_no_end():
    lease = window(end=NOW + HOUR, lease=300)
    assert lease.until is None
    assert window(end=NOW + HOUR).until == NOW + HOUR


def test_a_start_that_nobody_wrote_down_is_not_shown():
    assert window(start=EPOCH).since is None
    assert window().since == NOW


def test_planned_windows_come_in_order_without_what_is_over_or_active():
    late, soon = planned(id="late", start=NOW + 2 * HOUR), planned()
    over = window(id="over", end=NOW)
    assert State(windows=(late, over, soon, window())).planned(NOW) == (soon, late)


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
    later = NOW + timedelta(minutes=5)
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


def test_windows_that_are_restored_come_back_but_for_what_is_over_or_there():
    state = State(windows=(planned(),))
    back = (window(), window(id="over", end=NOW), planned())
    assert restored(state, back, NOW).windows == (planned(), window())


def test_a_lease_that_is_restored_has_its_whole_time_again():
    lease = window(end=NOW - HOUR, lease=300)
    (back,) = restored(State(), (lease,), NOW).windows
    assert back.end == NOW + timedelta(seconds=300)


def test_states_and_windows_cannot_be_changed():
    with pytest.raises(AttributeError):
        window().message = "other"
    with pytest.raises(AttributeError):
        State().revision = 1


@pytest.mark.parametrize(
    "field", [{"mode": "other"}, {"paths": ["shop"]}, {"paths": []}, {"recurrence": "* * * * *"}]
)
def test_a_window_of_another_version_is_refused_and_never_misread(field):
    data = msgspec.to_builtins(window()) | field
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(data, type(window()))
