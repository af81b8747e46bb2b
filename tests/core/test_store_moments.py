"""What a reader shows of the moments in a file, whatever its clock does."""

from datetime import UTC, datetime, timedelta

import pytest

from maintenance_core import Reader, State, UnreadableState
from maintenance_core.codec import decode
from tests.core.documents import SERIES
from tests.core.helpers import HOUR, NOW, planned, window

SECOND = timedelta(seconds=1)


class Clock:
    def __init__(self, now=NOW):
        self.now = now

    def __call__(self):
        return self.now.timestamp()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def seen(store, clock, an_hour_later):
    """A function that puts windows into the file, moves the clock, and tells what is seen."""
    reader = Reader(store, clock=clock)

    def see(*steps, windows=None):
        if windows is not None:
            store.change(lambda state: State(windows=windows))
        shown = []
        for step in steps:
            clock.now += step
            shown.append(reader.current().on)
            assert reader.current().on is shown[-1]
        return shown

    return see


STILL = timedelta(0)


@pytest.mark.parametrize("end", [NOW, NOW - SECOND, NOW - 24 * HOUR])
def test_a_window_that_ends_when_it_starts_or_before_is_never_on(seen, end):
    for start in (NOW, end):
        windows = (window(start=start, end=end, created_at=NOW - 48 * HOUR),)
        assert not any(seen(STILL, SECOND, HOUR, -HOUR, windows=windows))


def test_an_end_in_the_past_is_off(seen):
    windows = (window(start=NOW - 2 * HOUR, end=NOW - HOUR),)
    assert seen(STILL, HOUR, windows=windows) == [False, False]


def test_a_clock_that_jumps_ahead_and_back_by_an_hour_goes_the_way_of_the_clock(seen):
    """Further than five minutes back nobody can know what is true: the clock is."""
    windows = (planned(start=NOW + HOUR / 2, end=NOW + 3 * HOUR),)
    assert seen(STILL, HOUR, -HOUR, HOUR, windows=windows) == [False, True, False, True]


def test_a_clock_that_jumps_by_an_hour_does_not_end_what_was_opened_at_once(seen):
    assert seen(STILL, HOUR, -2 * HOUR, HOUR, windows=(window(),)) == [True] * 4


def test_a_clock_that_jumps_over_a_whole_window_passes_it(seen):
    windows = (planned(start=NOW + HOUR, end=NOW + 2 * HOUR),)
    assert seen(STILL, 3 * HOUR, -SECOND, windows=windows) == [False, False, False]


def test_a_clock_that_is_set_back_over_an_end_by_seconds_does_not_open_it_again(seen):
    windows = (window(end=NOW + HOUR),)
    assert seen(HOUR, -SECOND, -299 * SECOND, windows=windows) == [False] * 3


def test_a_series_is_on_for_each_run_and_off_between(seen, clock):
    clock.now = datetime(2026, 11, 29, 1, 29, 59, tzinfo=UTC)  # a Sunday, 2:29:59 in Berlin
    windows = (window(recurrence=SERIES),)
    steps = [STILL, SECOND, 5399 * SECOND, SECOND, timedelta(days=7) - 5400 * SECOND]
    assert seen(*steps, windows=windows) == [False, True, True, False, True]


@pytest.mark.parametrize("year", [2037, 2038, 2039, 2106, 2107, 9998])
def test_time_goes_on_after_2038(seen, clock, year):
    start = datetime(year, 1, 19, 3, 14, 7, tzinfo=UTC)
    clock.now = start - SECOND
    windows = (planned(start=start, end=start + 2 * SECOND),)
    assert seen(STILL, SECOND, SECOND, SECOND, windows=windows) == [False, True, True, False]


@pytest.mark.parametrize(
    "moment",
    [
        "2026-11-22T12:00:00",  # naive: nobody knows of which zone
        "2026-06-30T23:59:60Z",  # a leap second
        "2026-02-29T00:00:00Z",
        "2026-11-22",
        "2026-11-22T24:00:00Z",
        "2026-11-22T12:00:00+24:00",
        "1795348800",
        "",
    ],
)
@pytest.mark.parametrize("field", ["start", "end", "created_at"])
def test_what_is_no_moment_is_unreadable(field, moment):
    moments = {"start": "2026-11-22T12:00:00Z", "end": None, "created_at": "2026-11-22T12:00:00Z"}
    fields = ", ".join(
        f'"{name}": null' if value is None else f'"{name}": "{value}"'
        for name, value in (moments | {field: moment}).items()
    )
    with pytest.raises(UnreadableState):
        decode(f'{{"schema": 1, "windows": [{{"id": "a", {fields}}}]}}'.encode())


def test_a_moment_of_another_zone_is_the_same_moment(seen, store, path):
    path.write_text('{"start": "2026-11-22T13:00:00+01:00", "end": "2026-11-22T07:00:01-05:00"}')
    assert seen(-301 * SECOND, 301 * SECOND, SECOND) == [False, True, False]
