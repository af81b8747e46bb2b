"""The engine of this site: its store, reader and policy, made from the settings once.

They are made anew when a setting changes in a test (``override_settings``).
"""

import logging
import os
import re
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings

from maintenance_core import (
    LocationError,
    Policy,
    Problem,
    Reader,
    Store,
    UserKind,
    View,
    open_store,
)
from maintenance_core.location import Location, configured_location
from maintenance_core.networks import NetworkSet
from maintenance_core.url_rules import UrlRules
from maintenance_django.caching import cached_until_settings_change
from maintenance_django.conf import conf
from maintenance_django.site_paths import has_switch

__all__ = ["get_policy", "get_reader", "get_store", "locate"]


logger = logging.getLogger("maintenance_django")


class HasView(Protocol):
    """A reader, or what stands in for one."""

    def current(self) -> View: ...


class _FixedReader:
    """A view that no state can change."""

    def __init__(self, view: View) -> None:
        self._view = view

    def current(self) -> View:
        return self._view


def locate() -> Location:
    """Where the state is, and what says so. Raises LocationError.

    The setting comes first, then what the ``maintenance`` command finds as well.
    """
    path = conf.STATE_FILE_PATH
    if path is not None:
        return Location(path, "MAINTENANCE_MODE_STATE_FILE_PATH")
    module = _settings_module()
    file = None if module is None else import_module(module).__file__
    if file is None:
        raise LocationError(
            "The state has no place, since the settings have no file; "
            "set MAINTENANCE_MODE_STATE_FILE_PATH to a path."
        )
    directory = Path(file).parent
    return configured_location(os.environ, directory) or Location(
        str(directory / conf.STATE_FILE_NAME), f"the Django settings {file}"
    )


def _settings_module() -> str | None:
    """The name of the settings' module, also inside ``override_settings``."""
    holder: Any = settings
    while getattr(holder, "SETTINGS_MODULE", None) is None:
        if not hasattr(holder, "default_settings"):
            return None
        holder = holder.default_settings
    return str(holder.SETTINGS_MODULE)


@cached_until_settings_change
def get_store() -> Store:
    """The store of this site. Raises LocationError."""
    return open_store(locate().target)


def get_reader() -> HasView:
    """The reader of this process; a ``MAINTENANCE_MODE`` of True or False outranks the store."""
    try:
        return _make_reader()
    except LocationError as error:
        return _without_a_place(str(error))


@cached_until_settings_change
def _make_reader() -> HasView:
    mode = conf.MODE
    if mode is not None:
        return _FixedReader(View.without_state(mode))
    return Reader(get_store(), fallback=conf.STATE_BACKEND_FALLBACK_VALUE)


@cached_until_settings_change
def _without_a_place(sentence: str) -> HasView:
    fallback = conf.STATE_BACKEND_FALLBACK_VALUE
    word = "on" if fallback else "off"
    logger.error("%s Until then maintenance mode is %s and cannot be switched.", sentence, word)
    return _FixedReader(View.without_state(fallback, Problem(sentence, of_content=False)))


@cached_until_settings_change
def get_policy() -> Policy:
    """The exemptions of this site."""
    addresses = conf.IGNORE_IP_ADDRESSES
    users = {
        UserKind.ANONYMOUS: conf.IGNORE_ANONYMOUS_USER,
        UserKind.AUTHENTICATED: conf.IGNORE_AUTHENTICATED_USER,
        UserKind.STAFF: conf.IGNORE_STAFF,
        UserKind.SUPERUSER: conf.IGNORE_SUPERUSER,
    }
    exempt = frozenset(kind for kind, ignored in users.items() if ignored)
    return Policy(
        urls=UrlRules(conf.IGNORE_URLS),
        networks=NetworkSet(item for item in addresses if not isinstance(item, re.Pattern)),
        address_patterns=tuple(item for item in addresses if isinstance(item, re.Pattern)),
        admin=conf.IGNORE_ADMIN_SITE,
        # Whoever may come in, or may press the switch, must be able to say who they are.
        login=bool(exempt - {UserKind.ANONYMOUS}) or has_switch(),
        users=exempt,
    )
