"""Windows and states are values: what they mean depends on the moment that is passed in only."""

from itertools import islice

import msgspec
import pytest

from maintenance_core.state import State
from tests.core.helpers import DAY, HOUR, MINUTE, NOW, planned, recurring, window


def test_no_windows_mean_off():
    assert State().phase(NOW) == "off"
    assert State().deciding(NOW) is None
    assert State().next_change(NOW) is None


def test_an_open_window_is_active_from_its_start_on():
    state = State(windows=(planned(),))
    assert state.phase(NOW) == "off"
    assert state.phase(NOW + HOUR) == "on"
    assert state.phase(NOW + 1000 * HOUR) == "on"


def test_the_next_change_is_the_first_of_all_windows():
    state = State(windows=(planned(), window(end=NOW + 5 * MINUTE), window()))
    assert state.next_change(NOW) == NOW + 5 * MINUTE


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
    second = window(id="scnd", message="Later", end=NOW + HOUR, created_at=NOW + MINUTE / 2)
    told = State(windows=(second, longer, first)).deciding(NOW + MINUTE)
    assert (told.id, told.end, told.message) == ("long", longer.end, "Later")


def test_a_longer_window_is_told_with_its_own_message():
    longer = window(id="long", message="Mine", end=NOW + 2 * HOUR)
    other = window(message="Soon", end=NOW + HOUR, created_at=NOW + MINUTE / 2)
    assert State(windows=(other, longer)).deciding(NOW + MINUTE) == longer


def test_planned_windows_come_in_order_without_what_is_over_or_active():
    late, soon = planned(id="late", start=NOW + 2 * HOUR), planned()
    over = window(id="over", end=NOW)
    assert State(windows=(late, over, soon, window())).planned(NOW) == (soon, late)


def test_what_recurs_is_active_and_planned_as_runs():
    series = recurring()
    state = State(windows=(series,))
    (active,), (coming,) = state.active(NOW), state.planned(NOW)
    assert (active.id, active.start, active.recurrence) == ("seri", NOW, None)
    assert (coming.id, coming.start, coming.recurrence) == ("seri", NOW + DAY, None)
    assert state.find("seri") is series
    assert state.find("none") is None


def test_windows_that_overlap_are_on_until_the_last_of_them_ends():
    state = State(windows=(window(end=NOW + HOUR), recurring(duration=2 * 3600), planned()))
    assert [each.id for each in state.active(NOW)] == ["abcd", "seri"]
    assert state.next_change(NOW) == NOW + HOUR
    assert [each.id for each in state.active(NOW + HOUR)] == ["seri", "plan"]
    assert state.next_change(NOW + HOUR) == NOW + 2 * HOUR
    assert [each.id for each in state.active(NOW + 2 * HOUR)] == ["plan"]
    assert state.next_change(NOW + 2 * HOUR) == NOW + DAY


def test_the_phase_is_announced_before_a_start_unless_something_is_on():
    told = planned(announce=600)
    state = State(windows=(told,))
    assert state.phase(NOW) == "off"
    assert state.announced(NOW) == ()
    near = NOW + 50 * MINUTE
    assert state.phase(near) == "announced"
    assert state.announced(near) == (told,)
    assert State(windows=(told, window())).phase(near) == "on"
    assert State(windows=(told, window())).announced(near) == (told,)
    assert state.phase(NOW + HOUR) == "on"
    assert state.announced(NOW + HOUR) == ()


def test_what_is_announced_comes_as_runs_the_first_one_first():
    late = planned(id="late", start=NOW + 2 * HOUR, announce=3 * 3600)
    series = recurring(cron="0 13 * * *", announce=2 * 3600)
    silent = planned(id="hush")
    told = State(windows=(late, silent, series)).announced(NOW)
    assert [(run.id, run.start) for run in told] == [
        ("seri", NOW + HOUR),
        ("late", NOW + 2 * HOUR),
    ]


def test_runs_of_all_windows_come_in_order_and_may_never_end():
    state = State(windows=(recurring(), planned(), window(id="over", end=NOW), window()))
    assert [run.start for run in islice(state.runs(NOW), 4)] == [
        NOW + HOUR,
        NOW + DAY,
        NOW + 2 * DAY,
        NOW + 3 * DAY,
    ]
    assert [*State(windows=(recurring(end=NOW + DAY),)).runs(NOW)] == []


def test_a_path_has_the_window_that_covers_it():
    shop = window(id="shop", paths=("/shop",))
    state = State(windows=(shop, window(id="read", mode="read-only")))
    assert state.deciding(NOW, "/shop/cart").id == "shop"
    assert state.deciding(NOW, "/shopping").id == "read"
    assert state.deciding(NOW).id == "read"
    assert State(windows=(shop,)).deciding(NOW) is None
    assert State(windows=(shop,)).phase(NOW) == "on"


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
