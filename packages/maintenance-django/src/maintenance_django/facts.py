"""A request as the policy sees it. Nothing is looked up before a rule asks, and nothing raises."""

import logging
from collections.abc import Callable
from functools import cached_property, wraps
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.urls import Resolver404, get_script_prefix, resolve

from maintenance_core import UserKind
from maintenance_django import marks
from maintenance_django.conf import conf
from maintenance_django.site_paths import SitePaths, site_paths

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


class RequestFacts:
    """See :class:`maintenance_core.policy.Facts`."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self.path = request.path_info
        self.user: frozenset[UserKind] | None = None

    @cached_property
    def _urlconf(self) -> str | None:
        return getattr(self._request, "urlconf", None)

    @cached_property
    def _site(self) -> SitePaths:
        return site_paths(self._urlconf, get_script_prefix())

    @property
    @_instead_of_error(None)
    def forced(self) -> bool | None:
        # Looking for the switch loads the URLs, and with these all decorated views.
        if self.is_control_url or not marks.are_used():
            return None
        try:
            return marks.forced(resolve(self.path, self._urlconf).func)
        except Resolver404:
            return None

    @property
    @_instead_of_error(False)
    def is_control_url(self) -> bool:
        return self._request.path in self._site.switch

    @property
    @_instead_of_error(False)
    def is_redirect_target(self) -> bool:
        if conf.REDIRECT_URL is None:
            return False
        target = urlsplit(resolve_url(conf.REDIRECT_URL))
        same_site = target.netloc in ("", self._request.get_host())
        return same_site and self._request.path == unquote(target.path)

    @property
    @_instead_of_error(None)
    def address(self) -> str | None:
        function = conf.GET_CLIENT_IP_ADDRESS
        if function is None:
            return self._request.META.get("REMOTE_ADDR")
        address = function(self._request)
        return None if address is None else str(address)

    @property
    @_instead_of_error(False)
    def is_admin_url(self) -> bool:
        admin = self._site.admin
        return admin is not None and f"{self._request.path.rstrip('/')}/".startswith(admin)

    @property
    @_instead_of_error(False)
    def is_login_url(self) -> bool:
        return self._request.path == self._site.login

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
