"""Cron, minute by minute: slow, and simple enough to be believed.

Knows numbers, ranges, lists, steps and ``*``. At a change of the clocks it does what the manual
page of Debian's cron says.
"""

from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
_BOUNDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))


def starts(cron, zone, first, last):
    """Every start from ``first`` to ``last``, both whole minutes in UTC."""
    fields = cron.split()
    allowed = [_allowed(field, *bounds) for field, bounds in zip(fields, _BOUNDS, strict=True)]
    on_the_wall = any(field.startswith("*") for field in fields[:2])
    both_days = any(fields[at].startswith("*") for at in (2, 4))
    found = []
    moment = first
    while moment <= last:
        walls = [moment.astimezone(ZoneInfo(zone))]
        if not on_the_wall:
            walls = [*_once(walls[0]), *_skipped_before(moment, zone)]
        if any(_matches(wall, allowed, both_days) for wall in walls):
            found.append(moment)
        moment += MINUTE
    return found


def _matches(wall, allowed, both_days):
    minutes, hours, days, months, weekdays = allowed
    day = wall.day in days
    weekday = bool({wall.isoweekday(), wall.isoweekday() % 7} & weekdays)
    right_day = (day and weekday) if both_days else (day or weekday)
    return right_day and wall.month in months and wall.hour in hours and wall.minute in minutes


def _once(wall):
    """Nothing for what the clock on the wall has shown before."""
    return [] if wall.fold else [wall]


def _skipped_before(moment, zone):
    """What the clock on the wall has jumped over right before ``moment``."""
    here = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    before = (moment - MINUTE).astimezone(ZoneInfo(zone)).replace(tzinfo=None) + MINUTE
    skipped = []
    while before < here:
        skipped.append(before)
        before += MINUTE
    return skipped


def _allowed(field, low, high):
    values = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        if span == "*":
            first, last = low, high
        else:
            first, _, last = span.partition("-")
            last = int(last) if last else (high if step else int(first))
        values.update(range(int(first), last + 1, int(step or 1)))
    return values


def in_utc(moment):
    return moment.astimezone(UTC)
