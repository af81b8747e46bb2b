"""What is on, announced and next to change, against a slow look at every minute."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from maintenance_core import Recurrence, State, Window
from tests.core.slow_cron import starts

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

# The clocks of Berlin change in the night after this moment, and in the second one before it.
MIDDLE = datetime(2026, 10, 24, 12, 0, tzinfo=UTC)
LONGEST = 3 * HOUR

moments = st.integers(-2 * 24 * 60, 2 * 24 * 60).map(lambda minutes: MIDDLE + minutes * MINUTE)
later = st.integers(1, 24 * 60).map(lambda minutes: minutes * MINUTE)
announces = st.sampled_from([0, 60, 3600, 6 * 3600])


@st.composite
def one_off(draw):
    start = draw(moments)
    return Window(
        id="once",
        start=start,
        end=draw(st.none() | later.map(lambda length: start + length)),
        announce=draw(announces),
        created_at=draw(st.sampled_from([start - DAY, start])),
    )


@st.composite
def recurring(draw):
    start = draw(moments)
    cron = draw(
        st.sampled_from(
            ["30 2 * * *", "0 2,3 * * *", "*/45 * * * *", "15 1-4 * * *", "0 */5 * * 0,6"]
        )
    )
    return Window(
        id="again",
        start=start,
        end=draw(st.none() | later.map(lambda length: start + length)),
        recurrence=Recurrence(
            cron=cron,
            duration=draw(st.sampled_from([60, 1800, int(LONGEST.total_seconds())])),
            zone=draw(st.sampled_from(["Europe/Berlin", "UTC"])),
        ),
        announce=draw(announces),
        created_at=start,
    )


class Slow:
    """One window, asked the long way round."""

    def __init__(self, window, now, until):
        self.window = window
        series = window.recurrence
        if series is None:
            begins = [window.start]
            length = (window.end or datetime.max.replace(tzinfo=UTC)) - window.start
        else:
            found = starts(series.cron, series.zone, now - LONGEST, until + DAY)
            begins = [start for start in found if start >= window.start]
            length = series.lasts
        end = window.end or datetime.max.replace(tzinfo=UTC)
        self.runs = [(start, min(start + length, end)) for start in begins if start < end]

    def is_active(self, now):
        at_once = self.window.recurrence is None and self.window.start <= self.window.created_at
        return any((start <= now or at_once) and now < end for start, end in self.runs)

    def is_announced(self, now):
        at_once = self.window.recurrence is None and self.window.start <= self.window.created_at
        lead = timedelta(seconds=self.window.announce)
        return not at_once and any(now < start <= now + lead for start, _ in self.runs)


@given(
    windows=st.lists(st.one_of(one_off(), recurring()), min_size=1, max_size=3).map(tuple),
    now=moments,
)
@settings(max_examples=60, deadline=None)
def test_what_is_on_and_announced_is_exact_until_the_next_change(windows, now):
    state = State(windows=windows)
    change = state.next_change(now)
    until = min(change or now + DAY, now + DAY)
    slow = [Slow(window, now, until) for window in windows]

    def by_hand(moment):
        active = [window.is_active(moment) for window in slow]
        announced = any(window.is_announced(moment) for window in slow)
        return active, "on" if any(active) else "announced" if announced else "off"

    assert change is None or change > now
    at_first = by_hand(now)
    moment = now
    while moment < until:
        assert by_hand(moment) == at_first, f"it changed at {moment}, before {change}"
        moment += MINUTE
    for moment in (now, until):
        active, phase = by_hand(moment)
        assert [window.is_active(moment) for window in windows] == active
        assert state.phase(moment) == phase
        assert len(state.active(moment)) == sum(active)


@given(window=recurring(), now=moments)
@settings(max_examples=60, deadline=None)
def test_runs_are_those_of_a_slow_look_and_end_where_they_should(window, now):
    expected = [run for run in Slow(window, now, now + DAY).runs if now < run[0] <= now + DAY]
    found = []
    for run in State(windows=(window,)).runs(now):
        if run.start > now + DAY:
            break
        found.append((run.start, run.end))
    assert found == expected
