"""What templates are told about maintenance."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from django.utils import timezone

from maintenance_core import View, Window

__all__ = ["Maintenance", "to_come"]


class ToCome(NamedTuple):
    """What starts next, and what starts next of that which visitors are told about."""

    next: Window | None
    announced: Window | None


@lru_cache(maxsize=1)
def to_come(view: View) -> ToCome:
    """What comes after ``view``: the same as long as it is valid, and asked for by every page."""
    now = datetime.now(UTC)
    return ToCome(_first(view.state.planned(now)), _first(view.state.announced(now)))


def _first(runs: tuple[Window, ...]) -> Window | None:
    return runs[0] if runs else None


class Maintenance:
    """One view of the state, for templates. Times are aware, or None where nobody has said."""

    def __init__(self, view: View, window: Window | None) -> None:
        self.on: bool = view.on
        self.phase: str = view.phase
        self.window: Window | None = window
        """The one that decides for the page."""
        self._view = view

    @property
    def message(self) -> str:
        """What the operator says to visitors, or an empty text."""
        return "" if self.window is None else self.window.message

    @property
    def since(self) -> datetime | None:
        return None if self.window is None else _here(self.window.since)

    @property
    def until(self) -> datetime | None:
        return None if self.window is None else _here(self.window.until)

    @property
    def next(self) -> Window | None:
        """What starts next, whether visitors are to be told of it or not."""
        return to_come(self._view).next

    @property
    def announced(self) -> Window | None:
        """What starts next of that which visitors are to be told about now."""
        return to_come(self._view).announced


def _here(moment: datetime | None) -> datetime | None:
    """In the current time zone, also where USE_TZ is off and templates convert nothing."""
    if moment is None:
        return None
    try:
        return moment.astimezone(timezone.get_current_timezone())
    except OverflowError:  # the last hours of the calendar
        return moment
