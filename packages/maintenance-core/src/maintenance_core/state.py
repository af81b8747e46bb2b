"""The state of a maintenance mode: immutable, and asked for a moment that is passed in.

Nothing here looks at a clock or a file.
"""

from collections.abc import Iterator
from datetime import datetime
from heapq import merge
from typing import Annotated, Literal

import msgspec

from maintenance_core.bypass import Bypass
from maintenance_core.coverage import Coverage
from maintenance_core.values import Count
from maintenance_core.window import MAX_WINDOWS, Window

__all__ = ["SCHEMA", "Phase", "State"]

SCHEMA = 1
"""The newest layout of the stored document that this code reads and writes."""

Phase = Literal["off", "announced", "on"]


class State(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole stored document. No document is the same as ``State()``: no windows, off."""

    schema: Annotated[int, msgspec.Meta(ge=SCHEMA, le=SCHEMA)] = SCHEMA
    revision: Count = 0
    windows: Annotated[tuple[Window, ...], msgspec.Meta(max_length=MAX_WINDOWS)] = ()
    bypass: Bypass | None = None

    def active(self, now: datetime) -> tuple[Window, ...]:
        """The windows that interrupt the site, or a part of it, at ``now``.

        A recurring window is given as its current run.
        """
        runs = (window.run_at(now) for window in self.windows)
        return tuple(run for run in runs if run is not None)

    def planned(self, now: datetime) -> tuple[Window, ...]:
        """The next run of each window that has one after ``now``, the first one first."""
        runs = (window.next_run(now) for window in self.windows)
        return tuple(sorted((run for run in runs if run is not None), key=_by_start))

    def announced(self, now: datetime) -> tuple[Window, ...]:
        """Those of the planned runs that visitors are told about at ``now``."""
        runs = (window.next_run(now) for window in self.windows if window.is_announced(now))
        return tuple(sorted((run for run in runs if run is not None), key=_by_start))

    def runs(self, now: datetime) -> Iterator[Window]:
        """Every run that starts after ``now``, the first one first; there may be no last one."""
        return merge(*(window.runs(now) for window in self.windows), key=_by_start)

    def phase(self, now: datetime) -> Phase:
        """``on`` if a window interrupts the site at ``now``, ``announced`` if one is near."""
        if self.active(now):
            return "on"
        return "announced" if self.announced(now) else "off"

    def deciding(self, now: datetime, path: str = "/") -> Window | None:
        """The active window that visitors of ``path`` are told about, the strictest one."""
        return Coverage(self.active(now)).at(path)

    def next_change(self, now: datetime) -> datetime | None:
        """The first moment after ``now`` at which the answers above may change, or None."""
        changes = (window.next_change(now) for window in self.windows)
        return min((change for change in changes if change is not None), default=None)

    def find(self, window_id: str) -> Window | None:
        """The window with this id, as it is stored."""
        return next((window for window in self.windows if window.id == window_id), None)


def _by_start(window: Window) -> datetime:
    return window.start
