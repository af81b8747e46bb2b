"""Every setting: its name, its default and what it may be, in one place.

Settings are read when they are first used, and again after a change in a test
(``override_settings``). One of a wrong type has its default; the system checks say
so (``manage.py check``).
"""

import re
from collections.abc import Callable, Iterable
from http import HTTPStatus
from inspect import iscoroutinefunction
from ipaddress import IPv4Network, IPv6Network
from os import PathLike, fspath
from typing import Any, Generic, Literal, TypeVar, overload

from django.conf import settings as django_settings
from django.core.signals import setting_changed
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from maintenance_core.location import DEFAULT_FILE_NAME
from maintenance_core.networks import parse_network
from maintenance_django.site_root import below_root

__all__ = [
    "LOCAL_FILE_BACKEND",
    "PREFIX",
    "RESPONSE_TYPES",
    "MaintenanceSettings",
    "Setting",
    "conf",
]

PREFIX = "MAINTENANCE_MODE"
LOCAL_FILE_BACKEND = "maintenance_django.backends.LocalFileBackend"

T = TypeVar("T")
ResponseType = Literal["html", "json"]


class Setting(Generic[T]):
    """One setting. ``parse`` turns what the project wrote into what is used.

    It raises ValueError, whose text completes the sentence that begins with the setting's name.
    """

    def __init__(self, default: T, parse: Callable[[Any], T]) -> None:
        self.default = default
        self._parse = parse

    def __set_name__(self, owner: type, attribute: str) -> None:
        self.attribute = attribute
        self.name = PREFIX if attribute == "MODE" else f"{PREFIX}_{attribute}"

    @overload
    def __get__(self, instance: None, owner: type) -> "Setting[T]": ...
    @overload
    def __get__(self, instance: object, owner: type) -> T: ...
    def __get__(self, instance: object | None, owner: type) -> "Setting[T] | T":
        if instance is None:
            return self
        try:
            value = self._read()
        except ValueError:
            value = self.default
        # From now on this is found instead of the descriptor, until settings change.
        vars(instance)[self.attribute] = value
        return value

    @property
    def is_default(self) -> bool:
        """Has the project written nothing, or the default itself?"""
        return bool(getattr(django_settings, self.name, self.default) == self.default)

    def problem(self) -> str | None:
        """One sentence about what the project wrote, or None if it can be used."""
        try:
            self._read()
        except ValueError as error:
            return f"{self.name} {error}"
        return None

    def _read(self) -> T:
        if not hasattr(django_settings, self.name):
            return self.default
        return self._parse(getattr(django_settings, self.name))


def _flag(value: Any) -> bool:
    if value is None or isinstance(value, bool):
        return bool(value)
    raise ValueError(f"is {value!r}; write True or False.")


def _optional_flag(value: Any) -> bool | None:
    return None if value is None else _flag(value)


def _text(value: Any) -> str:
    if isinstance(value, str) and value:
        return value
    raise ValueError(f"is {value!r}; write a string.")


def _optional_text(value: Any) -> str | None:
    return None if value is None else _text(value)


def _optional_path(value: Any) -> str | None:
    return _optional_text(fspath(value) if isinstance(value, PathLike) else value)


def _seconds(value: Any) -> int | None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    if value is None or (whole and 0 <= value <= _TEN_YEARS):
        return value or None
    raise ValueError("is not a number of seconds, up to ten years; write one, or None.")


_TEN_YEARS = 10 * 365 * 24 * 60 * 60


_ADDRESS_OR_NAME = re.compile(r"/|https?://|[^/.]+$", re.IGNORECASE)


def _redirect_url(value: Any) -> str | Promise | None:
    if value is None or isinstance(value, Promise):
        return value
    text = _text(value)
    # One that counts from the page of the request would lead from each page to another one.
    if _ADDRESS_OR_NAME.match(text):
        return text
    raise ValueError(
        f"is {value!r}; write a path that begins with '/', a whole address, or the name of a URL."
    )


def _status_code(value: Any) -> int:
    if isinstance(value, int) and value in range(HTTPStatus.BAD_REQUEST, 600):
        return value
    raise ValueError(
        f"is {value!r}; write the number of an HTTP error, such as 503, so that nobody takes the "
        "page for an answer."
    )


def _callable(value: Any) -> Callable[..., Any]:
    if isinstance(value, str):
        try:
            value = import_string(value)
        except Exception as error:  # noqa: BLE001  # a module can raise anything
            raise ValueError(
                f"is {value!r}, which cannot be imported ({error}); write the path of a function."
            ) from None
    if iscoroutinefunction(value):
        raise ValueError(f"is {value!r}, which is async; write the path of a plain function.")
    if callable(value):
        function: Callable[..., Any] = value
        return function
    raise ValueError(f"is {value!r}; write the path of a function.")


def _optional_callable(value: Any) -> Callable[..., Any] | None:
    return None if value is None else _callable(value)


RESPONSE_TYPES: dict[Any, ResponseType] = {"html": "html", "json": "json"}


def _response_type(value: Any) -> ResponseType | Callable[..., Any] | None:
    if value is None:
        return None
    if isinstance(value, str) and value in RESPONSE_TYPES:
        return RESPONSE_TYPES[value]
    try:
        return _callable(value)
    except ValueError:
        raise ValueError(
            f"is {value!r}; write 'html', 'json', or the path of a function that returns one."
        ) from None


def _items(value: Any) -> Iterable[Any]:
    if value is None:
        return ()
    if isinstance(value, list | tuple | set | frozenset):
        return value
    raise ValueError(f"is {value!r}; write a list: [{value!r}].")


def _urls(value: Any) -> tuple[re.Pattern[str], ...]:
    return tuple(_pattern(item) for item in _items(value))


def _pattern(item: Any) -> re.Pattern[str]:
    try:
        pattern = re.compile(re.escape(_path(item)) if isinstance(item, Promise) else item)
    except (re.error, OverflowError, RecursionError, TypeError) as error:
        raise ValueError(f"has {item!r}, which is no regular expression ({error}).") from None
    if isinstance(pattern.pattern, str):
        return pattern
    raise ValueError(f"has {item!r}, which is for bytes; write a string.")


def _path(lazy: Promise) -> str:
    """What a ``reverse_lazy`` stands for."""
    try:
        return below_root(str(lazy))
    except Exception as error:  # noqa: BLE001  # the project's URLs can be broken in any way
        raise ValueError(f"has a lazy path that cannot be told ({error}).") from None


Network = IPv4Network | IPv6Network


def _addresses(value: Any) -> tuple[Network | re.Pattern[str], ...]:
    return tuple(_address(item) for item in _items(value))


def _address(item: Any) -> Network | re.Pattern[str]:
    if isinstance(item, re.Pattern) and isinstance(item.pattern, str):
        return item
    try:
        return parse_network(str(item))
    except ValueError as error:
        raise ValueError(
            f"has {item!r}, which is neither an address nor a network ({error}); write "
            "'10.0.0.1', '10.0.0.0/8' or re.compile(…), which is matched in full."
        ) from None


class MaintenanceSettings:
    """The settings as they are used; ``conf.RETRY_AFTER`` is ``MAINTENANCE_MODE_RETRY_AFTER``."""

    MODE = Setting(None, _optional_flag)
    """``MAINTENANCE_MODE``: True or False outranks the state; None leaves it to the switch."""
    STATE_BACKEND = Setting(LOCAL_FILE_BACKEND, _text)
    STATE_BACKEND_FALLBACK_VALUE = Setting(False, _flag)
    STATE_FILE_NAME = Setting(DEFAULT_FILE_NAME, _text)
    STATE_FILE_PATH = Setting(None, _optional_path)

    IGNORE_ADMIN_SITE = Setting(False, _flag)
    IGNORE_ANONYMOUS_USER = Setting(False, _flag)
    IGNORE_AUTHENTICATED_USER = Setting(False, _flag)
    IGNORE_STAFF = Setting(False, _flag)
    IGNORE_SUPERUSER = Setting(False, _flag)
    IGNORE_IP_ADDRESSES = Setting[tuple[Network | re.Pattern[str], ...]]((), _addresses)
    IGNORE_URLS = Setting[tuple[re.Pattern[str], ...]]((), _urls)
    GET_CLIENT_IP_ADDRESS = Setting(None, _optional_callable)

    LOG_RESPONSES = Setting(False, _flag)
    """Let Django log each planned 503 as an error of ``django.request``."""
    REDIRECT_URL = Setting[str | Promise | None](None, _redirect_url)
    RESPONSE_TYPE = Setting(None, _response_type)
    """``html``, ``json``, a function of the request, or None: as the client accepts."""
    RETRY_AFTER = Setting[int | None](3600, _seconds)
    """Seconds, if the window does not know its end."""
    STATUS_CODE = Setting(int(HTTPStatus.SERVICE_UNAVAILABLE), _status_code)
    TEMPLATE = Setting("503.html", _text)

    @classmethod
    def all(cls) -> list[Setting[Any]]:
        """Every setting, in the order of this file."""
        return [value for value in vars(cls).values() if isinstance(value, Setting)]


conf = MaintenanceSettings()


def _forget(**kwargs: Any) -> None:
    vars(conf).clear()


setting_changed.connect(_forget, dispatch_uid="maintenance_django.conf")
