"""From when to when, as a person says it on a command line."""

from datetime import datetime, tzinfo

from maintenance_core.exceptions import InvalidInput
from maintenance_core.when import parse_duration, parse_time

__all__ = ["parse_period"]


def parse_period(
    *, start: str | None, end: str | None, duration: str | None, now: datetime, zone: tzinfo | None
) -> tuple[datetime | None, datetime | None]:
    """The start (None: at once) and the end (None: open) in UTC.

    ``duration`` counts from the start. A time without a zone is read in ``zone`` (None: the
    system's). Raises InvalidInput.
    """
    if end is not None and duration is not None:
        raise InvalidInput("for", "an end is given as well; give one of the two.")
    begin = None if start is None else parse_time(start, now, zone, "start")
    if duration is None:
        return begin, None if end is None else parse_time(end, begin or now, zone, "end")
    try:
        finish = (begin or now) + parse_duration(duration, "for")
    except OverflowError:
        raise InvalidInput("for", "the end is outside the calendar; give less.") from None
    if finish <= now:
        raise InvalidInput("for", "the end would be in the past; give a later start.")
    return begin, finish
