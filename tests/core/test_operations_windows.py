"""One window by its id: it is ended, removed or renewed, and no other one is touched."""

from datetime import timedelta

import pytest

from maintenance_core import (
    InvalidInput,
    Recurrence,
    State,
    remove_window,
    renew_lease,
    skip_run,
    switch_off,
    switch_on,
)
from tests.core.at_once import now as at_once
from tests.core.helpers import DAY, HOUR, MINUTE, NOW, planned, recurring, window

LATER = NOW + 5 * MINUTE


def given(store, *windows):
    return store.change(lambda state: State(windows=windows))


def ids(store):
    return [each.id for each in store.read().state.windows]


def refused(function, *arguments, **options):
    with pytest.raises(InvalidInput) as refusal:
        function(*arguments, **options)
    return str(refusal.value)


def test_off_by_id_ends_that_window_only(store):
    given(store, window(), window(id="stay"), planned())
    update = switch_off(store, "abcd", now=NOW)
    assert update.changed
    assert ids(store) == ["stay", "plan"]
    assert store.read().state.phase(NOW) == "on"


def test_off_by_id_leaves_what_is_planned_or_over(store):
    given(store, window(), planned(), window(id="over", end=NOW))
    assert not switch_off(store, "plan", now=NOW).changed
    assert not switch_off(store, "over", now=NOW).changed


def test_off_by_id_ends_the_run_of_a_series_and_nothing_the_second_time(store):
    given(store, recurring(), recurring(id="othr"))
    switch_off(store, "seri", now=LATER)
    state = store.read().state
    assert [run.id for run in state.active(LATER)] == ["othr"]
    assert [run.id for run in state.active(NOW + DAY)] == ["seri", "othr"]
    assert not switch_off(store, "seri", now=LATER).changed
    assert not switch_off(store, "seri", now=NOW + 2 * HOUR).changed


def test_skipping_leaves_out_the_run_under_way_or_else_the_next(store):
    given(store, recurring(), window())
    skip_run(store, "seri", now=LATER)
    state = store.read().state
    assert [run.id for run in state.active(LATER)] == ["abcd"]
    assert [run.id for run in state.active(NOW + DAY)] == ["seri", "abcd"]
    skip_run(store, "seri", now=NOW + 2 * HOUR)
    state = store.read().state
    assert [run.id for run in state.active(NOW + DAY)] == ["abcd"]
    assert [run.id for run in state.active(NOW + 2 * DAY)] == ["seri", "abcd"]


def test_a_series_without_a_run_to_come_has_none_to_skip(store):
    given(store, recurring(end=NOW + HOUR))
    assert not skip_run(store, "seri", now=NOW + 2 * HOUR).changed


def test_what_does_not_recur_has_no_run_to_skip(store):
    given(store, window())
    with pytest.raises(InvalidInput, match="abcd does not recur; end or remove it"):
        skip_run(store, "abcd", now=NOW)


def test_on_names_the_window_that_was_asked_for_also_if_it_is_there(store):
    first = switch_on(store, now=NOW, reason="1.4")
    other = switch_on(store, now=NOW, reason="1.5")
    again = switch_on(store, now=NOW, reason="1.4")
    assert first.window.reason == again.window.reason == "1.4"
    assert first.window == again.window != other.window
    assert (again.changed, again.opened) == (False, ())
    leases = [switch_on(store, now=NOW, lease=HOUR).window for _ in range(2)]
    assert leases[0].id != leases[1].id


def test_off_without_an_id_ends_runs_and_keeps_their_series(store):
    given(store, recurring(), window())
    update = switch_off(store, now=LATER)
    assert update.after.phase(LATER) == "off"
    assert update.after.phase(NOW + DAY) == "on"
    assert ids(store) == ["seri"]


def test_off_everything_drops_the_series_too(store):
    given(store, recurring(), planned())
    assert switch_off(store, now=LATER, everything=True).after.windows == ()
    with pytest.raises(InvalidInput, match="leave out the id, or everything"):
        switch_off(store, "seri", everything=True)


@pytest.mark.parametrize("function", [switch_off, remove_window, renew_lease])
def test_an_id_that_there_is_not_is_refused_with_the_one_that_was_meant(store, path, function):
    given(store, window(id="k3f9"), planned(id="zzzz"))
    before = path.read_bytes()
    assert refused(function, store, "k3f8") == (
        "window: there is none with the id 'k3f8'; did you mean k3f9?"
    )
    assert refused(function, store, "K-17") == (
        "window: there is none with the id 'K-17'; look at the status for the ids."
    )
    assert len(refused(function, store, "k" * 100_000)) < 200
    assert path.read_bytes() == before


@pytest.mark.parametrize("function", [switch_off, remove_window, renew_lease])
def test_where_there_is_no_window_no_id_is_suggested_and_no_file_written(store, path, function):
    assert refused(function, store, "k3f9").endswith("; look at the status for the ids.")
    assert not path.exists()


@pytest.mark.parametrize("moment", [NOW, NOW + 2 * HOUR])
def test_removing_a_series_removes_every_run_whether_one_is_on_or_not(store, moment):
    given(store, recurring(), window())
    update = remove_window(store, "seri")
    assert update.after.windows == (window(),)
    assert update.after.planned(moment) == ()


def test_removing_ends_what_is_active(store):
    given(store, window(), planned())
    assert remove_window(store, "abcd").after.windows == (planned(),)


def test_a_lease_is_renewed_by_its_own_time_or_by_another(store):
    given(store, window(lease=300, end=NOW + MINUTE), window(id="othr", lease=60, end=LATER))
    update = renew_lease(store, "abcd", now=NOW + MINUTE)
    assert update.after.find("abcd").end == NOW + 6 * MINUTE
    assert update.after.find("othr").end == LATER
    renew_lease(store, "abcd", lease=HOUR, now=NOW + MINUTE)
    renewed = store.read().state.find("abcd")
    assert (renewed.end, renewed.lease) == (NOW + MINUTE + HOUR, 300)


def test_a_lease_is_renewed_from_this_moment_if_none_is_given(store):
    given(store, window(lease=300, end=NOW))
    before = at_once()
    end = renew_lease(store, "abcd").after.windows[0].end
    assert before + 5 * MINUTE <= end <= at_once() + 5 * MINUTE


def test_a_late_holder_gets_its_lease_back_unless_somebody_has_switched_off(store):
    given(store, window(lease=300, end=NOW))
    assert store.read().state.phase(LATER) == "off"
    renew_lease(store, "abcd", now=LATER)
    assert store.read().state.phase(LATER) == "on"
    after_its_end = NOW + HOUR
    switch_off(store, now=after_its_end)
    assert refused(renew_lease, store, "abcd", now=after_its_end).startswith("window: there is no")
    assert store.read().state.phase(after_its_end) == "off"


def test_what_is_no_lease_is_not_renewed(store, path):
    given(store, window(end=NOW + HOUR), recurring())
    before = path.read_bytes()
    for window_id in ("abcd", "seri"):
        assert refused(renew_lease, store, window_id, now=NOW) == (
            f"window: {window_id} is not a lease; it need not be renewed."
        )
    assert path.read_bytes() == before


@pytest.mark.parametrize("lease", [timedelta(0), -HOUR, MINUTE / 100, timedelta.max, 300, "5m"])
def test_a_renewal_for_no_time_or_for_ages_is_refused(store, lease):
    given(store, window(lease=300, end=NOW + MINUTE))
    assert refused(renew_lease, store, "abcd", lease=lease, now=NOW).startswith("lease: ")
    assert store.read().state.windows[0].end == NOW + MINUTE


def test_a_series_can_be_switched_on_and_begins_at_once_if_a_run_begins_now(store):
    noon = Recurrence(cron="0 12 * * *", duration=3600, zone="UTC")
    assert switch_on(store, now=NOW, recurrence=noon).after.phase(NOW) == "on"
    assert not switch_on(store, now=LATER, recurrence=noon).changed
    other = Recurrence(cron="0 12 * * *", duration=3600, zone="Europe/Berlin")
    update = switch_on(store, now=LATER, recurrence=other)
    assert [run.start for run in update.after.planned(LATER)] == [NOW + 23 * HOUR, NOW + DAY]


def test_what_is_new_is_named_by_the_update(store):
    first = switch_on(store, now=NOW)
    assert first.opened == first.after.windows
    second = switch_on(store, now=NOW, reason="another")
    assert second.opened == second.after.windows[1:]
    assert switch_on(store, now=NOW).opened == ()
    assert switch_off(store, now=NOW).opened == ()
