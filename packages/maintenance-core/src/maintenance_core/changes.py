"""What can be done to a state: functions from state to state, without a clock of their own."""

import os
from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec.structs import replace

from maintenance_core.recurrence import RESOLUTION
from maintenance_core.state import State
from maintenance_core.window import Window

__all__ = [
    "cleared",
    "closed",
    "extended",
    "new_id",
    "only",
    "opened",
    "removed",
    "restored",
    "says_the_same",
    "skipped",
]

_ID_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def new_id() -> str:
    """A short name for a window, easy to read out."""
    return "".join(_ID_LETTERS[byte % len(_ID_LETTERS)] for byte in os.urandom(4))


def opened(state: State, window: Window, now: datetime, *, repeat: bool = False) -> State:
    """``state`` with ``window`` added as the last one.

    Unless ``repeat`` is set, one that says the same and is not over is enough.
    """
    others = _without_the_past(state.windows, now)
    if not repeat and any(says_the_same(window, other) for other in others):
        return state
    taken = {other.id for other in state.windows}
    while window.id in taken:
        window = replace(window, id=new_id())
    return replace(state, windows=(*others, window))


def only(state: State, window: Window, now: datetime) -> State:
    """``state`` with ``window`` and no other, unless it is that already."""
    others = _without_the_past(state.windows, now)
    if len(others) == 1 and says_the_same(window, others[0]):
        return state
    return replace(state, windows=(window,))


def says_the_same(window: Window, other: Window) -> bool:
    """Is ``other`` what ``window`` would be, had it been made before?"""
    same = replace(other, id=window.id, created_by=window.created_by, created_at=window.created_at)
    if _has_its_runs(other, window) or (window.immediate and other.immediate):
        same = replace(same, start=window.start)
    return same == window


def _has_its_runs(other: Window, window: Window) -> bool:
    """Does ``window`` recur, and ``other``, which recurs alike, not begin after its first run?"""
    if window.recurrence is None:
        return False
    first = window.run_at(window.start) or window.next_run(window.start)
    return first is not None and other.start <= first.start


def closed(state: State, now: datetime, window_id: str | None = None) -> State:
    """``state`` with the active windows ended, or only the one that is named.

    What is planned stays planned, and so do the later runs of a recurring window. A lease that
    has run out goes as well: its holder, who may only be late, must not bring it back.
    """
    windows = [
        _after_this_run(window, now) if window_id in (None, window.id) else window
        for window in state.windows
    ]
    left = tuple(window for window in windows if window is not None)
    if left == state.windows:
        return state
    return replace(state, windows=tuple(_without_the_past(left, now)))


def _after_this_run(window: Window, now: datetime) -> Window | None:
    run = window.run_at(now)
    if run is None:
        lapsed = window.lease is not None and window.is_over(now)
        return None if lapsed else window
    if window.recurrence is None:
        return None
    return _after(window, run)


def skipped(state: State, window_id: str, now: datetime) -> State:
    """``state`` without the run of a recurring window that is under way, or else its next one."""
    return replace(
        state,
        windows=tuple(
            _after(window, window.run_at(now) or window.next_run(now))
            if window.id == window_id
            else window
            for window in state.windows
        ),
    )


def _after(window: Window, run: Window | None) -> Window:
    # Not "from now on": a clock that is set back would begin the same run again.
    return window if run is None else replace(window, start=run.start + RESOLUTION)


def extended(state: State, window_id: str, end: datetime) -> State:
    """``state`` with another end for one window, if it is still there."""
    windows = (
        replace(window, end=end) if window.id == window_id else window for window in state.windows
    )
    return replace(state, windows=tuple(windows))


def removed(state: State, window_id: str) -> State:
    """``state`` without one window, if it is still there."""
    return replace(state, windows=tuple(w for w in state.windows if w.id != window_id))


def restored(state: State, paused: Iterable[tuple[Window, Window | None]], now: datetime) -> State:
    """``state`` with windows back that were closed, each given with what that left of it.

    Not those that are over by now, nor a recurring one that was removed, changed or ended
    meanwhile. A lease gets its whole time again: its holder could not renew it.
    """
    windows = list(state.windows)
    for window, left in paused:
        if state.find(window.id) == left:
            others = [other for other in windows if other != left]
            windows = [*others, _renewed(window, now)]
    return replace(state, windows=tuple(_without_the_past(windows, now)))


def _renewed(window: Window, now: datetime) -> Window:
    if not window.lease:
        return window
    return replace(window, end=now + timedelta(seconds=window.lease))


def cleared(state: State) -> State:
    """``state`` with nothing active and nothing planned."""
    return replace(state, windows=())


def _without_the_past(windows: Iterable[Window], now: datetime) -> list[Window]:
    return [window for window in windows if not window.is_over(now) or _may_come_back(window, now)]


def _may_come_back(window: Window, now: datetime) -> bool:
    """Has a lease run out only just? Its holder may be late, and renew it."""
    return (
        window.lease is not None
        and window.end is not None
        and now - window.end < timedelta(seconds=window.lease)
    )
