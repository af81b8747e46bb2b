"""One interruption of a site, and when it happens. Pure: the moment is passed in."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

import msgspec
from msgspec.structs import replace

from maintenance_core.recurrence import Recurrence
from maintenance_core.values import EPOCH, AwareDatetime, Path, Seconds

__all__ = ["HELD", "MAX_WINDOWS", "Mode", "Window"]

Mode = Literal["block", "read-only"]

HELD = 0
"""The ``lease`` of a window that a program holds for as long as it takes."""

MAX_WINDOWS = 1000
"""No state has more, so that it is never slow to ask."""

_END_OF_TIME = datetime.max.replace(tzinfo=UTC)


class Window(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One interruption of a site or a part of it: open-ended, planned, or recurring.

    All times are aware and stored in UTC; ``retry_after``, ``lease`` and ``announce`` are whole
    seconds. A recurring window is a series of *runs*: each run is a window of its own, with the
    same id, and without a recurrence. What begins before ``start`` or at or after ``end`` is not
    in the series, and ``end`` ends a run that is under way.
    """

    id: str
    mode: Mode = "block"
    """``block``: nobody gets in; ``read-only``: safe methods pass (RFC 9110, 9.2.1)."""
    start: AwareDatetime
    end: AwareDatetime | None = None
    recurrence: Recurrence | None = None
    paths: Annotated[tuple[Path, ...], msgspec.Meta(min_length=1, max_length=100)] = ("/",)
    """What is interrupted: these paths and all below them, segment by segment."""
    message: str = ""
    reason: str = ""
    retry_after: Seconds | None = None
    lease: Seconds | None = None
    """Set when a program holds the window open and moves ``end`` as long as it lives.

    0 if there is no end to move: then it is open until the program, or a person, ends it.
    """
    announce: Seconds = 0
    """For how long before each start visitors are told of it."""
    created_by: str = ""
    created_at: AwareDatetime

    @property
    def immediate(self) -> bool:
        """Was it opened by somebody who wanted it at once, rather than planned?"""
        return self.recurrence is None and self.start <= self.created_at

    @property
    def since(self) -> datetime | None:
        """When it starts or started, or None if that was never written down."""
        return None if self.start == EPOCH else self.start

    @property
    def until(self) -> datetime | None:
        """When the site is expected back, or None if nobody has said. A lease promises no end."""
        return self.end if self.lease is None else None

    @property
    def is_whole_site(self) -> bool:
        """Is all of the site interrupted?"""
        return any(not path.strip("/") for path in self.paths)

    def run_at(self, now: datetime) -> "Window | None":
        """The run that interrupts the site at ``now``, or None.

        One that was opened at once does not wait for its start, so that a clock which is set
        back cannot close it.
        """
        if self.recurrence is None:
            started = self.start <= now or self.immediate
            return self if started and not self.is_over(now) else None
        start = self.recurrence.last_start(now)
        run = None if start is None else self._run(start)
        return None if run is None or run.is_over(now) else run

    def is_active(self, now: datetime) -> bool:
        """Does the window interrupt the site at ``now``?"""
        return self.run_at(now) is not None

    def next_run(self, now: datetime) -> "Window | None":
        """The first run that starts after ``now``, or None."""
        if self.recurrence is None:
            to_come = self.start > now and not self.immediate and not self.is_over(self.start)
            return self if to_come else None
        before = now
        if now < self.start:
            with suppress(OverflowError):  # at the beginning of the calendar
                before = self.start - datetime.resolution
        start = self.recurrence.next_start(before)
        return None if start is None else self._run(start)

    def runs(self, now: datetime) -> Iterator["Window"]:
        """Every run that starts after ``now``, the first one first; there may be no last one."""
        run = self.next_run(now)
        while run is not None:
            yield run
            run = self.next_run(run.start)

    def is_over(self, now: datetime) -> bool:
        """Has the window ended by itself?"""
        return self.end is not None and self.end <= now

    def is_announced(self, now: datetime) -> bool:
        """Are visitors told at ``now`` of the start that comes next?"""
        run = self.next_run(now)
        return run is not None and run.start - now <= timedelta(seconds=self.announce)

    def next_change(self, now: datetime) -> datetime | None:
        """The first moment after ``now`` at which any of these answers may change, or None."""
        run, coming = self.run_at(now), self.next_run(now)
        changes = [] if run is None or run.end is None else [run.end]
        if coming is not None:
            wait = (coming.start - now) - timedelta(seconds=self.announce)
            changes.append(_later(now, wait) if wait > timedelta(0) else coming.start)
        return min(changes, default=None)

    def _run(self, start: datetime) -> "Window | None":
        """The run that starts at ``start``, if the series has it."""
        if self.recurrence is None or start < self.start or self.is_over(start):
            return None
        end = _later(start, self.recurrence.lasts)
        if self.end is not None:
            end = min(end, self.end)
        return replace(self, start=start, end=end, recurrence=None)


def _later(moment: datetime, wait: timedelta) -> datetime:
    try:
        return moment + wait
    except OverflowError:
        return _END_OF_TIME
