"""Ask and switch maintenance mode from code."""

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, TypeVar, cast

from asgiref.sync import iscoroutinefunction
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from maintenance_core import InvalidInput, Lease, LocationError, Pause, Store, set_mode
from maintenance_core.holds import DEFAULT_LEASE, End, Hold
from maintenance_core.when import as_utc
from maintenance_django.conf import conf
from maintenance_django.engine import get_reader, get_store

__all__ = [
    "get_maintenance_mode",
    "maintenance_mode_off",
    "maintenance_mode_on",
    "override_maintenance_mode",
    "set_maintenance_mode",
    "store_to_switch",
]

logger = logging.getLogger("maintenance_django")

F = TypeVar("F", bound=Callable[..., Any])


def get_maintenance_mode() -> bool:
    """Is the whole site blocked now? Never raises."""
    return get_reader().current().on


def set_maintenance_mode(
    value: bool, start: datetime | str | None = None, end: datetime | str | None = None
) -> None:
    """Switch maintenance mode; the last write wins, and nothing else stays active or planned.

    ``start`` and ``end`` are datetimes or ISO 8601 texts, and only for ``value=True``; a naive
    one is read in the project's time zone. Returns once the change can be read back by every
    worker. Raises TypeError or ValueError for arguments that make no sense, StoreError (an
    OSError) if the state could not be written, and ImproperlyConfigured if the setting
    ``MAINTENANCE_MODE`` decides, or if the state has no place.
    """
    if not isinstance(value, bool):
        raise TypeError(f"value is {value!r}; give True or False.")
    if not value and (start is not None or end is not None):
        raise ValueError("start and end are only for the value True.")
    update = set_mode(
        store_to_switch(), value, start=_moment("start", start), end=_moment("end", end)
    )
    if update.unrecorded is not None:
        logger.warning("The journal does not have this switch: %s", update.unrecorded)


def _moment(field: str, value: datetime | str | None) -> datetime | None:
    if value is None:
        return None
    moment = _parsed(field, value) if isinstance(value, str) else value
    if not isinstance(moment, datetime):
        raise TypeError(f"{field}: {value!r} is not a datetime.")
    return as_utc(moment, timezone.get_default_timezone(), field)


def _parsed(field: str, text: str) -> datetime:
    moment = None
    with suppress(ValueError):  # of a date such as the 30th of February
        moment = parse_datetime(text)
    if moment is None:
        raise InvalidInput(field, f"{text!r} is not a date and time in ISO 8601.")
    return moment


def store_to_switch() -> Store:
    """The store of this site, if switching it has an effect. Raises ImproperlyConfigured."""
    mode = conf.MODE
    if mode is not None:
        raise ImproperlyConfigured(
            f"The setting MAINTENANCE_MODE = {mode} outranks any switch; "
            "set it to None, or remove it, to switch maintenance mode without a restart."
        )
    try:
        return get_store()
    except LocationError as error:
        raise ImproperlyConfigured(str(error)) from error


class override_maintenance_mode(Hold):  # noqa: N801  # the name is django-maintenance-mode's
    """Maintenance mode on, or off, while a block or function runs; then as it was before.

    A context manager for ``with`` and ``async with``, and a decorator for functions of both
    kinds. ``lease`` bounds how long the site stays on if this process is killed inside. With
    None, for work that must not be opened half-done, only the end of the block ends it: if that
    raises or the process is killed, the site stays on until somebody switches it off. A person's
    ``off`` meanwhile stands. Raises what :func:`set_maintenance_mode` raises.
    """

    def __init__(
        self,
        value: bool,
        *,
        lease: timedelta | None = DEFAULT_LEASE,
        message: str = "",
        reason: str = "",
    ) -> None:
        if not isinstance(value, bool):
            raise TypeError(f"value is {value!r}; give True or False.")
        super().__init__()
        self._value = value
        self._lease = lease
        self._message = message
        self._reason = reason

    def begin(self) -> End:
        store = store_to_switch()
        if not self._value:
            return Pause(store).begin()
        lease = Lease(store, duration=self._lease, message=self._message, reason=self._reason)
        return lease.begin()

    def __call__(self, function: F) -> F:
        if iscoroutinefunction(function):

            @wraps(function)
            async def held_async(*args: Any, **kwargs: Any) -> Any:
                async with self:
                    return await function(*args, **kwargs)

            return cast("F", held_async)

        @wraps(function)
        def held(*args: Any, **kwargs: Any) -> Any:
            with self:
                return function(*args, **kwargs)

        return cast("F", held)


class maintenance_mode_on(override_maintenance_mode):  # noqa: N801
    """The site in maintenance while something runs; see :class:`override_maintenance_mode`."""

    def __init__(
        self,
        *,
        lease: timedelta | None = DEFAULT_LEASE,
        message: str = "",
        reason: str = "",
    ) -> None:
        super().__init__(True, lease=lease, message=message, reason=reason)


class maintenance_mode_off(override_maintenance_mode):  # noqa: N801
    """The site open while something runs; see :class:`override_maintenance_mode`."""

    def __init__(self) -> None:
        super().__init__(False)
