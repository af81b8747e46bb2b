"""Moments and durations as people write them.

A time without a zone means the zone passed in; None stands for the system's own zone.
"""

import re
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from maintenance_core.exceptions import InvalidInput
from maintenance_core.values import MAX_SECONDS

__all__ = [
    "MAX_DURATION",
    "as_utc",
    "parse_duration",
    "parse_time",
    "quote",
    "show",
    "show_duration",
]

MAX_DURATION = timedelta(seconds=MAX_SECONDS)

_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_DURATION = re.compile(r"(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?", re.ASCII)
_CLOCK = re.compile(r"\d{1,2}:\d{2}", re.ASCII)
_MAX_QUOTED = 40


def parse_duration(text: str, field: str = "duration") -> timedelta:
    """``90s``, ``30m``, ``1h30m``, ``2d``, ``1w``: more than nothing, at most ten years.

    Raises InvalidInput with ``field``.
    """
    match = _DURATION.fullmatch(text.strip().lower().replace(" ", ""))
    if not match or not any(match.groups()):
        raise InvalidInput(field, f"{quote(text)} is not a duration; write 90s, 30m, 1h30m or 2d.")
    try:
        parts = zip(_UNITS.values(), match.groups(), strict=True)
        duration = timedelta(**{unit: int(count) for unit, count in parts if count})
    except (OverflowError, ValueError):
        duration = timedelta.max
    if not timedelta(0) < duration <= MAX_DURATION:
        raise InvalidInput(field, f"{quote(text)} is not between one second and ten years.")
    return duration


def show_duration(duration: timedelta) -> str:
    """``duration`` as :func:`parse_duration` reads it, to the second: ``1h30m``."""
    left = int(duration.total_seconds())
    parts = []
    for letter, unit in _UNITS.items():
        count, left = divmod(left, int(timedelta(**{unit: 1}).total_seconds()))
        parts.append(f"{count}{letter}" if count else "")
    return "".join(parts) or "0s"


def parse_time(text: str, now: datetime, zone: tzinfo | None, field: str = "time") -> datetime:
    """An ISO 8601 date and time, or ``HH:MM`` for its next occurrence after ``now``; in UTC.

    Raises InvalidInput with ``field``, also for a local time that a change of the clocks skips
    or repeats.
    """
    text = text.strip()
    try:
        if _CLOCK.fullmatch(text):
            return _next_occurrence(time.fromisoformat(text.zfill(5)), now, zone, field)
        if _is_date(text):
            raise InvalidInput(
                field, f"{quote(text)} has no time of day; write {text}T06:00, say."
            )
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        if isinstance(error, InvalidInput):
            raise
        raise InvalidInput(
            field, f"{quote(text)} is not a time; write 2026-11-22T21:00, or 21:00 for the next."
        ) from None
    return as_utc(moment, zone, field)


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _next_occurrence(clock: time, now: datetime, zone: tzinfo | None, field: str) -> datetime:
    moment = datetime.combine(now.astimezone(zone).date(), clock)
    if max(_meanings(moment, zone)) <= now:
        moment += timedelta(days=1)
    return as_utc(moment, zone, field)


def as_utc(moment: datetime, zone: tzinfo | None, field: str = "time") -> datetime:
    """``moment`` in UTC; a naive one is read in ``zone``.

    Raises InvalidInput with ``field`` for a local time that a change of the clocks skips or
    repeats, for one outside the calendar, and for what is no moment.
    """
    if not isinstance(moment, datetime):
        raise InvalidInput(field, f"it is {moment!r}; give a datetime.")
    try:
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
        first, second = _meanings(moment, zone)
    except (OverflowError, ValueError, OSError):
        raise InvalidInput(
            field, f"{moment} is outside the calendar; give a nearer time."
        ) from None
    if first != second:
        here = [meaning.astimezone(zone) for meaning in (first, second)]
        if here[0].replace(tzinfo=None) != moment:
            raise InvalidInput(
                field, f"{moment} does not exist, the clocks skip it; give another time."
            )
        choice = " or ".join(meaning.isoformat() for meaning in here)
        raise InvalidInput(field, f"{moment} happens twice, the clocks change; write {choice}.")
    return first


def _meanings(moment: datetime, zone: tzinfo | None) -> tuple[datetime, datetime]:
    """What a naive ``moment`` means before and after a change of the clocks; mostly the same."""
    first, second = (moment.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return first, second


def show(moment: datetime, zone: tzinfo | None) -> str:
    """``moment`` for people, to the minute, with its zone: ``2026-11-22 21:00 UTC``."""
    # At either end of the calendar there are moments that other zones have no name for.
    with suppress(OverflowError, ValueError, OSError):
        moment = moment.astimezone(zone)
    return moment.strftime("%Y-%m-%d %H:%M %Z")


def quote(text: str) -> str:
    """The beginning of ``text`` in quotation marks, for a sentence."""
    return repr(text if len(text) <= _MAX_QUOTED else text[:_MAX_QUOTED] + "…")
