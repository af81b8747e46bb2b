"""The state of a maintenance mode: immutable values, and functions from state to state.

Nothing here looks at a clock or a file: the moment is passed in.
"""

import os
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

import msgspec
from msgspec.structs import replace

__all__ = [
    "EPOCH",
    "MAX_COUNT",
    "SCHEMA",
    "Phase",
    "State",
    "Window",
    "cleared",
    "closed",
    "extended",
    "new_id",
    "only",
    "opened",
    "removed",
    "restored",
]

SCHEMA = 1
"""The newest layout of the stored document that this code reads and writes."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""The start of a window whose start nobody wrote down."""

_ID_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"

Phase = Literal["off", "on"]

MAX_COUNT = 2**53 - 1
"""The largest whole number that every JSON reader keeps exactly."""

MAX_SECONDS = 10 * 365 * 24 * 60 * 60

AwareDatetime = Annotated[datetime, msgspec.Meta(tz=True)]
Count = Annotated[int, msgspec.Meta(ge=0, le=MAX_COUNT)]
Seconds = Annotated[int, msgspec.Meta(ge=0, le=MAX_SECONDS)]


class Window(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One interruption of the site, planned or open-ended.

    All times are aware and stored in UTC; ``retry_after`` and ``lease`` are whole seconds.
    ``mode``, ``recurrence`` and ``paths`` have their place in the document; a value other than
    the one they have here makes the document unreadable to this version, never misread.
    """

    id: str
    mode: Literal["block"] = "block"
    start: AwareDatetime
    end: AwareDatetime | None = None
    recurrence: None = None
    paths: tuple[Literal["/"]] = ("/",)
    message: str = ""
    reason: str = ""
    retry_after: Seconds | None = None
    lease: Seconds | None = None
    """Set when a program holds the window open and moves ``end`` as long as it lives."""
    created_by: str = ""
    created_at: AwareDatetime

    @property
    def immediate(self) -> bool:
        """Was it opened by somebody who wanted it at once, rather than planned?"""
        return self.start <= self.created_at

    @property
    def since(self) -> datetime | None:
        """When it starts or started, or None if that was never written down."""
        return None if self.start == EPOCH else self.start

    @property
    def until(self) -> datetime | None:
        """When the site is expected back, or None if nobody has said. A lease promises no end."""
        return self.end if self.lease is None else None

    def is_active(self, now: datetime) -> bool:
        """Does the window interrupt the site at ``now``?

        One that was opened at once does not wait for its start, so that a clock which is set
        back cannot close it.
        """
        started = self.start <= now or self.immediate
        return started and not self.is_over(now)

    def is_over(self, now: datetime) -> bool:
        """Has the window ended by itself?"""
        return self.end is not None and self.end <= now

    def next_change(self, now: datetime) -> datetime | None:
        """The first moment after ``now`` at which :meth:`is_active` may change."""
        if self.start > now and not self.immediate:
            return self.start
        return None if self.end is None or self.is_over(now) else self.end


class State(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole stored document. No document is the same as ``State()``: no windows, off."""

    schema: Annotated[int, msgspec.Meta(ge=SCHEMA, le=SCHEMA)] = SCHEMA
    revision: Count = 0
    windows: tuple[Window, ...] = ()
    bypass: None = None

    def active(self, now: datetime) -> tuple[Window, ...]:
        """The windows that interrupt the site at ``now``."""
        return tuple(window for window in self.windows if window.is_active(now))

    def planned(self, now: datetime) -> tuple[Window, ...]:
        """The windows that are still to come at ``now``, the next one first."""
        coming = (
            window
            for window in self.windows
            if not window.is_active(now) and not window.is_over(now)
        )
        return tuple(sorted(coming, key=lambda window: window.start))

    def phase(self, now: datetime) -> Phase:
        """``on`` if a window interrupts the site at ``now``, else ``off``."""
        return "on" if self.active(now) else "off"

    def deciding(self, now: datetime) -> Window | None:
        """The active window that visitors are told about: the one that lasts longest.

        If it says nothing to them, it has the latest message of the others.
        """
        active = self.active(now)
        last = max(active, key=_weight, default=None)
        if last is None or last.message:
            return last
        said = max(active, key=lambda window: (window.message != "", window.created_at))
        return replace(last, message=said.message)

    def next_change(self, now: datetime) -> datetime | None:
        """The first moment after ``now`` at which :meth:`active` may change, or None."""
        changes = (window.next_change(now) for window in self.windows)
        return min((change for change in changes if change is not None), default=None)


def _weight(window: Window) -> tuple[bool, datetime, bool, datetime]:
    until = window.until
    return (until is None, until or EPOCH, window.message != "", window.created_at)


def new_id() -> str:
    """A short name for a window, easy to read out."""
    return "".join(_ID_LETTERS[byte % len(_ID_LETTERS)] for byte in os.urandom(4))


def opened(state: State, window: Window, now: datetime, *, repeat: bool = False) -> State:
    """``state`` with ``window`` added as the last one.

    Unless ``repeat`` is set, one that says the same and is not over is enough.
    """
    others = _without_the_past(state.windows, now)
    if not repeat and any(_says_the_same(window, other) for other in others):
        return state
    taken = {other.id for other in others}
    while window.id in taken:
        window = replace(window, id=new_id())
    return replace(state, windows=(*others, window))


def only(state: State, window: Window, now: datetime) -> State:
    """``state`` with ``window`` and no other, unless it is that already."""
    others = _without_the_past(state.windows, now)
    if len(others) == 1 and _says_the_same(window, others[0]):
        return state
    return replace(state, windows=(window,))


def _says_the_same(window: Window, other: Window) -> bool:
    fields = ("mode", "paths", "end", "message", "reason", "retry_after", "lease")
    at_once = window.immediate and other.immediate
    if not at_once and window.start != other.start:
        return False
    return all(getattr(window, field) == getattr(other, field) for field in fields)


def closed(state: State, now: datetime) -> State:
    """``state`` with the active windows ended; what is planned stays planned."""
    active = state.active(now)
    if not active:
        return state
    rest = (window for window in state.windows if window not in active)
    return replace(state, windows=tuple(_without_the_past(rest, now)))


def extended(state: State, window_id: str, end: datetime) -> State:
    """``state`` with another end for one window, if it is still there."""
    windows = (
        replace(window, end=end) if window.id == window_id else window for window in state.windows
    )
    return replace(state, windows=tuple(windows))


def removed(state: State, window_id: str) -> State:
    """``state`` without one window, if it is still there."""
    return replace(state, windows=tuple(w for w in state.windows if w.id != window_id))


def restored(state: State, windows: Iterable[Window], now: datetime) -> State:
    """``state`` with ``windows`` back in it, but for those that are over by now.

    A lease gets its whole time again: its holder could not renew it meanwhile.
    """
    taken = {window.id for window in state.windows}
    renewed = (
        window
        if window.lease is None
        else replace(window, end=now + timedelta(seconds=window.lease))
        for window in windows
        if window.id not in taken
    )
    return replace(state, windows=(*state.windows, *_without_the_past(renewed, now)))


def cleared(state: State) -> State:
    """``state`` with nothing active and nothing planned."""
    return replace(state, windows=())


def _without_the_past(windows: Iterable[Window], now: datetime) -> list[Window]:
    return [window for window in windows if not window.is_over(now)]
