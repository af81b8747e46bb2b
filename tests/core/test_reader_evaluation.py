"""A state is evaluated once for as long as it says the same, however many windows it has."""

import time
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maintenance_core import FileStore, Reader, Recurrence, State, View, switch_off, switch_on
from tests.core.helpers import DAY, HOUR, MINUTE, NOW, planned, recurring, window

INSTANT = timedelta(milliseconds=1)


class Clock:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now.timestamp()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def reader(store, clock):
    return Reader(store, clock=clock)


@pytest.fixture
def searches(monkeypatch):
    """Every look of a recurrence at its starts."""
    made = []
    around = Recurrence._starts_around

    def counted(self, moment):
        made.append(moment)
        return around(self, moment)

    monkeypatch.setattr(Recurrence, "_starts_around", counted)
    return made


def a_thousand(**fields):
    """They begin an hour after NOW or later."""
    return tuple(
        recurring(id=f"{number:04}", cron=f"{number % 60} {13 + number % 10} * * *", **fields)
        for number in range(1000)
    )


def write(store, *windows):
    return store.change(lambda state: State(windows=windows)).after


@pytest.fixture(params=["young", "old"])
def age(request):
    """Is the file so young that it is read again each time?"""
    if request.param == "old":
        request.getfixturevalue("an_hour_later")


@pytest.mark.usefixtures("age")
def test_a_thousand_series_are_not_looked_at_before_the_next_change(
    store, reader, clock, searches
):
    write(store, *a_thousand())
    view = reader.current()
    assert view.until == (NOW + HOUR).timestamp()
    looked = len(searches)
    assert looked >= 1000
    for minutes in range(60):
        clock.now = NOW + minutes * MINUTE
        assert not reader.current().on
    assert len(searches) == looked
    clock.now = NOW + HOUR
    assert reader.current().on
    assert len(searches) > looked


def test_a_change_of_the_state_is_evaluated_once(store, reader, searches):
    write(store, recurring())
    reader.current()
    searches.clear()
    switch_on(FileStore(store.path), now=NOW)
    searches.clear()
    assert len(reader.current().active) == 2
    looked = len(searches)
    assert looked
    reader.current()
    assert len(searches) == looked


def test_a_file_that_is_young_is_read_again_and_its_meaning_kept(store, reader):
    write(store, recurring(), window())
    first = reader.current()
    again = reader.current()
    assert first.fingerprint is None
    assert again.active is first.active
    assert again.coverage is first.coverage
    assert again.state is first.state


def test_a_file_that_has_grown_old_is_not_evaluated_again(store, reader, monkeypatch):
    write(store, recurring())
    first = reader.current()
    real = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: real() + 3_600_000_000_000)
    old = reader.current()
    assert old.fingerprint is not None
    assert old.coverage is first.coverage
    assert reader.current() is old


def test_a_state_that_is_written_anew_with_the_same_meaning_is_kept(
    store, path, reader, an_hour_later
):
    write(store, window())
    first = reader.current()
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content)
    again = reader.current()
    assert again.fingerprint != first.fingerprint
    assert again.coverage is first.coverage


def test_a_problem_that_comes_and_goes_leaves_the_evaluation(store, path, reader, an_hour_later):
    write(store, window(end=NOW + HOUR))
    first = reader.current()
    content = path.read_bytes()
    path.write_bytes(b"")
    broken = reader.current()
    assert broken.problem is not None
    assert (broken.coverage, broken.until) == (first.coverage, first.until)
    path.write_bytes(content)
    assert reader.current().problem is None
    assert reader.current().coverage is first.coverage


def test_the_state_that_was_last_read_is_evaluated_again_when_it_changes_by_itself(
    store, path, reader, clock
):
    write(store, window(end=NOW + HOUR))
    assert reader.current().on
    path.write_bytes(b"")
    clock.now += HOUR
    view = reader.current()
    assert (view.on, view.problem.of_content) == (False, True)


def test_a_view_is_kept_until_the_first_of_all_changes(store, reader, clock, an_hour_later):
    write(store, planned(announce=600), recurring(duration=30 * 60), window(paths=("/shop",)))
    phases, kept = [], []
    for minutes in (0, 29, 30, 49, 50, 59, 60, 600):
        clock.now = NOW + minutes * MINUTE
        view = reader.current()
        phases.append((len(view.active), view.phase))
        kept.append(view)
    assert phases == [(2, "on")] * 2 + [(1, "on")] * 4 + [(2, "on")] * 2
    assert [one is other for one, other in pairwise(kept)] == [
        True, False, True, False, True, False, True,
    ]  # fmt: skip


def test_an_announcement_begins_and_ends_to_the_moment(store, reader, clock, an_hour_later):
    write(store, recurring(cron="0 13 * * *", announce=600))
    seen = []
    told, start = NOW + 50 * MINUTE, NOW + HOUR
    for moment in (NOW, told - INSTANT, told, start - INSTANT, start, start + HOUR):
        clock.now = moment
        seen.append((reader.current().phase, reader.current().on))
    assert seen == [
        ("off", False), ("off", False), ("announced", False), ("announced", False),
        ("on", True), ("off", False),
    ]  # fmt: skip


def test_a_run_that_was_ended_does_not_begin_again_with_a_clock_that_is_set_back(
    store, reader, clock, an_hour_later
):
    write(store, recurring())
    assert reader.current().on
    clock.now = NOW + 20 * MINUTE
    switch_off(store, now=clock.now)
    for step in (timedelta(0), -MINUTE, -20 * MINUTE, -HOUR):
        clock.now = NOW + 20 * MINUTE + step
        assert not reader.current().on
    clock.now = NOW + DAY
    assert reader.current().on


def test_a_path_has_its_window(store, reader):
    write(store, window(id="shop", paths=("/shop",)), window(id="read", mode="read-only"))
    view = reader.current()
    assert view.window_at("/shop/cart").id == "shop"
    assert view.window_at("/about").id == "read"
    assert (view.on, view.window.id) == (False, "read")


some_windows = st.lists(
    st.builds(
        window,
        start=st.integers(-90, 90).map(lambda minutes: NOW + minutes * MINUTE),
        end=st.none() | st.integers(-60, 120).map(lambda minutes: NOW + minutes * MINUTE),
        created_at=st.sampled_from([NOW - DAY, NOW]),
        announce=st.sampled_from([0, 600]),
    )
    | st.builds(
        recurring,
        cron=st.sampled_from(["0 * * * *", "*/7 * * * *"]),
        duration=st.sampled_from([60, 420, 5400]),
        announce=st.sampled_from([0, 60]),
    ),
    max_size=3,
)


@given(windows=some_windows, minutes=st.lists(st.integers(0, 120), min_size=1, max_size=10))
@settings(max_examples=60)
def test_a_view_that_was_kept_says_what_a_new_one_would(tmp_path_factory, windows, minutes):
    store, clock = FileStore(tmp_path_factory.mktemp("state") / "x"), Clock()
    store.path.write_bytes(b'{"schema": 1}')
    write(store, *windows)
    reader = Reader(store, clock=clock)
    for minute in sorted(minutes):
        clock.now = NOW + minute * MINUTE
        kept, new = reader.current(), View.of_state(reader.current().state, clock())
        assert (kept.active, kept.phase, kept.on) == (new.active, new.phase, new.on)
        assert kept.window == new.window
        assert kept.until == new.until
