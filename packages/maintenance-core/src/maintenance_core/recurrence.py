"""When a window comes back: a cron expression, a duration and a time zone."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Annotated

import msgspec

from maintenance_core.exceptions import InvalidInput
from maintenance_core.values import EPOCH, MAX_SECONDS

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

__all__ = ["RESOLUTION", "Recurrence"]

RESOLUTION = timedelta(minutes=1)
"""No two starts are closer: cron counts in minutes."""

_FIELDS = 5
_MAX_CRON = 200
_MAX_ZONE = 64
_LOOKED_AT = 400
_SECOND = timedelta(seconds=1)
_REPEATED = timedelta(hours=3)
"""No change of the clocks repeats more than that: from there on, times mean one moment."""

_MAX_KNOWN = 4096
_known: dict["Recurrence", tuple[datetime | None, datetime | None]] = {}
"""The last starts that were asked for and the ones after them, since time goes on slowly."""


class Recurrence(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``cron`` says when it starts, in the IANA time zone ``zone``; ``duration`` is in seconds.

    Raises InvalidInput for what is not an expression of five fields, a zone of this machine, or a
    duration from a second to ten years. At a change of the
    clocks it does what Debian's cron does: where minute and hour are given, a start that is
    skipped happens right after the gap, and one that is repeated happens once; where one of the
    two begins with ``*``, the clock on the wall counts.
    """

    cron: str
    duration: Annotated[int, msgspec.Meta(ge=1, le=MAX_SECONDS)]
    zone: str

    def __post_init__(self) -> None:
        if type(self.duration) is not int:
            raise InvalidInput("duration", f"it is {self.duration!r}; give whole seconds.")
        if not 1 <= self.duration <= MAX_SECONDS:
            raise InvalidInput("duration", "it is not between one second and ten years.")
        for name, text in (("cron", self.cron), ("zone", self.zone)):
            if not isinstance(text, str):
                raise InvalidInput(name, f"it is {text!r}; give a text.")
        _check(self.cron, self.zone)

    @property
    def lasts(self) -> timedelta:
        """``duration`` as a difference of times."""
        return timedelta(seconds=self.duration)

    def last_start(self, moment: datetime) -> datetime | None:
        """The latest start at or before ``moment``, in UTC; None if there is none."""
        return self._starts_around(moment)[0]

    def next_start(self, moment: datetime) -> datetime | None:
        """The first start after ``moment``, in UTC; None if there is none."""
        return self._starts_around(moment)[1]

    def starts(self, moment: datetime) -> Iterator[datetime]:
        """Every start after ``moment``, in UTC."""
        start = self.next_start(moment)
        while start is not None:
            yield start
            start = self.next_start(start)

    def overlapping_start(self, moment: datetime) -> datetime | None:
        """The first of the next starts at which the run before it has not ended; mostly None."""
        starts = islice(self.starts(moment), _LOOKED_AT)
        return next(
            (start for before, start in pairwise(starts) if start - before <= self.lasts), None
        )

    def _starts_around(self, moment: datetime) -> tuple[datetime | None, datetime | None]:
        known = _known.get(self)
        if known is not None and _lies_between(moment, *known):
            return known
        around = (self._search(moment, backwards=True), self._search(moment, backwards=False))
        if around != (None, None):  # That is known of this moment only, at an end of the calendar.
            if len(_known) >= _MAX_KNOWN:
                _known.clear()
            _known[self] = around
        return around

    def _search(self, moment: datetime, *, backwards: bool) -> datetime | None:
        """The first start after ``moment``, or, backwards, the latest that is not after it."""
        nearest = max if backwards else min
        found: list[datetime] = []
        with suppress(OverflowError, ValueError):  # at either end of the calendar
            wall = moment.astimezone(_zone(self.zone)).replace(tzinfo=None, microsecond=0)
            around = self._unsure_around(moment)
            begin = wall + around if backwards else wall - around
            for shown in _simulate(self.cron, begin, backwards=backwards):
                meanings = self._meanings(shown)
                found += [start for start in meanings if (start <= moment) is backwards]
                if found and meanings:
                    best = nearest(found)
                    next_best = meanings[-1] if backwards else meanings[0]
                    if nearest(best, next_best) == best:
                        break
        return nearest(found, default=None)

    def _unsure_around(self, moment: datetime) -> timedelta:
        """How far the clock on the wall must be looked at to be sure what is before and after."""
        moments = (moment - _REPEATED, moment, moment + _REPEATED)
        offsets = {other.astimezone(_zone(self.zone)).utcoffset() for other in moments}
        return _SECOND if len(offsets) == 1 else _REPEATED

    def _meanings(self, shown: datetime) -> list[datetime]:
        """When it starts if the clock on the wall is to show ``shown``: mostly once."""
        zone = _zone(self.zone)
        first, second = (shown.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
        # cron's own distinction, by the first letter of minute and hour.
        follows_the_wall = any(field.startswith("*") for field in self.cron.split()[:2])
        if first < second and follows_the_wall:
            return [first, second]
        if first > second:
            return [] if follows_the_wall else [_change_of_clocks(second, first, zone)]
        return [first]


def _lies_between(
    moment: datetime, last_start: datetime | None, next_start: datetime | None
) -> bool:
    return (last_start is None or last_start <= moment) and (
        next_start is None or moment < next_start
    )


@lru_cache(_MAX_KNOWN)
def _check(cron: str, zone: str) -> None:
    _check_zone(zone)
    if len(cron) > _MAX_CRON or len(cron.split()) != _FIELDS:
        raise InvalidInput(
            "cron",
            "it does not have five fields (minute, hour, day of the month, month, "
            "day of the week); write 0 3 * * SUN, say.",
        )
    try:
        _simulate(cron, EPOCH.replace(tzinfo=None))
    except Exception as error:  # noqa: BLE001  # what a wrong one raises depends on what is wrong
        raise InvalidInput(
            "cron", f"{cron!r} is not a cron expression ({error}); write 0 3 * * SUN, say."
        ) from None


def _change_of_clocks(before: datetime, after: datetime, zone: "ZoneInfo") -> datetime:
    """The moment between the two from which on the clocks of ``zone`` show another time."""
    offset = before.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + (after - before) // _SECOND // 2 * _SECOND
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after


@lru_cache(_MAX_KNOWN)
def _zone(name: str) -> "ZoneInfo":
    # Kept, so that no request has to open a file for it. Like the evaluator, this is loaded by
    # those who have a recurring window.
    from zoneinfo import ZoneInfo  # noqa: PLC0415

    return ZoneInfo(name)


def _check_zone(name: str) -> None:
    with suppress(LookupError, ValueError, OSError):
        if len(name) <= _MAX_ZONE:
            _zone(name)
            return
    raise InvalidInput(
        "zone",
        f"{name[:_MAX_ZONE]!r} is not a time zone that this machine knows; write one as in "
        "Europe/Berlin, or update the package tzdata.",
    )


def _simulate(cron: str, begin: datetime, *, backwards: bool = False) -> Iterator[datetime]:
    """What the clock on the wall shows at each start; ``begin`` has no zone."""
    # Loaded by those who have a recurring window, and by nobody else.
    from cronsim import CronSim  # noqa: PLC0415

    return CronSim(cron, begin, reverse=backwards)
