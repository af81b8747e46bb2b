"""What templates are told about maintenance."""

from datetime import UTC, datetime

from django.utils import timezone

from maintenance_core import View, Window

__all__ = ["Maintenance"]


class Maintenance:
    """One view of the state, for templates. Times are aware, or None where nobody has said."""

    def __init__(self, view: View, window: Window | None = None) -> None:
        self.on: bool = view.on
        self.phase: str = view.phase
        self.window: Window | None = window or view.window
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
        """The next planned window."""
        return next(iter(self._view.state.planned(datetime.now(UTC))), None)


def _here(moment: datetime | None) -> datetime | None:
    """In the current time zone, also where USE_TZ is off and templates convert nothing."""
    if moment is None:
        return None
    try:
        return moment.astimezone(timezone.get_current_timezone())
    except OverflowError:  # the last hours of the calendar
        return moment
