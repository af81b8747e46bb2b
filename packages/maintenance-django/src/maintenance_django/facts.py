"""A request as the policy sees it. Nothing is looked up before a rule asks, and nothing raises."""

import logging
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, TypeVar

from django.conf import settings
from django.core.signals import setting_changed
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.urls import NoReverseMatch, Resolver404, get_script_prefix, resolve, reverse

from maintenance_core import UserKind
from maintenance_django import marks
from maintenance_django.conf import conf

__all__ = ["RequestFacts", "kinds_of"]

logger = logging.getLogger("maintenance_django")

T = TypeVar("T")
R = TypeVar("R")
U = TypeVar("U")

ANONYMOUS = frozenset({UserKind.ANONYMOUS})


def _instead_of_error(fallback: T) -> Callable[[Callable[[R], T | U]], Callable[[R], T | U]]:
    """A rule that cannot be evaluated does not match: the request is answered all the same."""

    def decorate(function: Callable[[R], T | U]) -> Callable[[R], T | U]:
        @wraps(function)
        def guarded(self: R) -> T | U:
            try:
                return function(self)
            except Exception:  # the project's code can raise anything
                logger.exception(
                    "Maintenance mode could not tell %r of a request.", function.__name__
                )
                return fallback

        return guarded

    return decorate


@lru_cache(maxsize=64)
def _path_of(name: str, urlconf: str | None, script_prefix: str) -> str | None:
    """Where a named URL is, or None. ``script_prefix`` is what ``reverse`` puts before it."""
    try:
        return reverse(name, urlconf=urlconf)
    except NoReverseMatch:
        return None


def _forget(**kwargs: Any) -> None:
    _path_of.cache_clear()


setting_changed.connect(_forget, dispatch_uid="maintenance_django.facts")


class RequestFacts:
    """See :class:`maintenance_core.policy.Facts`."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self.path = request.path_info
        self.user: frozenset[UserKind] | None = None

    @property
    @_instead_of_error(None)
    def forced(self) -> bool | None:
        # Looking for the switch has loaded the URLs, and with them every decorated view.
        self._paths("maintenance_mode_on")
        if not marks.are_used():
            return None
        try:
            view = resolve(self.path, urlconf=self._urlconf).func
        except Resolver404:
            return None
        return marks.forced(view)

    @property
    @_instead_of_error(False)
    def is_control_url(self) -> bool:
        return self._request.path in self._paths("maintenance_mode_on", "maintenance_mode_off")

    @property
    @_instead_of_error(False)
    def is_redirect_target(self) -> bool:
        target = conf.REDIRECT_URL
        return target is not None and self._request.path == resolve_url(target).partition("?")[0]

    @property
    @_instead_of_error(None)
    def address(self) -> str | None:
        function = conf.GET_CLIENT_IP_ADDRESS
        if function is not None:
            address = function(self._request)
            return None if address is None else str(address)
        return self._request.META.get("REMOTE_ADDR")

    @property
    @_instead_of_error(False)
    def is_admin_url(self) -> bool:
        paths = self._paths("admin:index")
        return any(f"{self._request.path.rstrip('/')}/".startswith(path) for path in paths)

    @property
    @_instead_of_error(False)
    def is_login_url(self) -> bool:
        return self._request.path == resolve_url(settings.LOGIN_URL).partition("?")[0]

    @property
    def _urlconf(self) -> str | None:
        return getattr(self._request, "urlconf", None)

    def _paths(self, *names: str) -> list[str]:
        prefix = get_script_prefix()
        found = (_path_of(name, self._urlconf, prefix) for name in names)
        return [path for path in found if path is not None]

    @_instead_of_error(ANONYMOUS)
    def _ask_user(self) -> frozenset[UserKind]:
        return kinds_of(getattr(self._request, "user", None))

    def look_at_user(self) -> None:
        """Find out who it is. May read the session and the database."""
        self.user = self._ask_user()

    async def alook_at_user(self) -> None:
        """Find out who it is, without blocking the event loop."""
        try:
            user: Any = getattr(self._request, "user", None)
            if hasattr(self._request, "auser"):
                user = await self._request.auser()
            self.user = kinds_of(user)
        except Exception:  # the session and the database can raise anything
            logger.exception("Maintenance mode could not tell the user of a request.")
            self.user = ANONYMOUS


def kinds_of(user: Any) -> frozenset[UserKind]:
    """What a user object is; None is anonymous."""
    if not getattr(user, "is_authenticated", False):
        return ANONYMOUS
    kinds = {UserKind.AUTHENTICATED}
    if getattr(user, "is_staff", False):
        kinds.add(UserKind.STAFF)
    if getattr(user, "is_superuser", False):
        kinds.add(UserKind.SUPERUSER)
    return frozenset(kinds)
