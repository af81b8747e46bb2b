"""A request as the policy sees it. Nothing is looked up before a rule asks, and nothing raises."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from asgiref.sync import sync_to_async
from django.http import HttpRequest
from django.http.request import split_domain_port
from django.utils import translation
from django.utils.functional import cached_property

from maintenance_core import Bypass, UserKind
from maintenance_django.bypass import carries_pass
from maintenance_django.conf import conf
from maintenance_django.marked_routes import forced_by_view
from maintenance_django.site_paths import (
    SitePaths,
    language_in_path,
    redirect_target,
    site_paths,
)

__all__ = ["RequestFacts", "kinds_of"]

logger = logging.getLogger("maintenance_django")

T = TypeVar("T")
R = TypeVar("R")
U = TypeVar("U")

ANONYMOUS = frozenset({UserKind.ANONYMOUS})

_SAFE_METHODS = ("GET", "HEAD", "OPTIONS", "TRACE")
"""RFC 9110, 9.2.1."""


def _instead_of_error(fallback: T) -> Callable[[Callable[[R], T | U]], Callable[[R], T | U]]:
    """A rule that cannot be evaluated does not match: the request is answered all the same."""

    def decorate(function: Callable[[R], T | U]) -> Callable[[R], T | U]:
        @wraps(function)
        def guarded(self: R) -> T | U:
            try:
                return function(self)
            except Exception:  # the project's code can raise anything
                logger.exception(
                    "Maintenance mode could not tell %r of a request.",
                    function.__name__.lstrip("_"),
                )
                return fallback

        return guarded

    return decorate


class RequestFacts:
    """See :class:`maintenance_core.policy.Facts`."""

    def __init__(self, request: HttpRequest, bypass: Bypass | None = None) -> None:
        self._request = request
        self._bypass = bypass
        self.path = request.path_info
        self.user: frozenset[UserKind] | None = None

    @cached_property
    def _site(self) -> SitePaths:
        return site_paths(self._request)

    @cached_property
    @_instead_of_error(None)
    def forced(self) -> bool | None:
        urlconf = getattr(self._request, "urlconf", None)
        language = language_in_path(self._request)
        if language is None:
            return forced_by_view(self.path, urlconf)
        with translation.override(language):
            return forced_by_view(self.path, urlconf)

    @cached_property
    @_instead_of_error(False)
    def is_control_url(self) -> bool:
        return self.path in self._site.switch

    @cached_property
    @_instead_of_error(False)
    def is_redirect_target(self) -> bool:
        target = redirect_target(self._request)
        if target is None or self._request.path not in target.paths:
            return False
        host = target.host
        return host is None or host == split_domain_port(self._request.get_host())[0].strip("[]")

    @property
    def is_safe(self) -> bool:
        return self._request.method in _SAFE_METHODS

    @cached_property
    @_instead_of_error(None)
    def address(self) -> str | None:
        function = conf.GET_CLIENT_IP_ADDRESS
        if function is None:
            return self._request.META.get("REMOTE_ADDR")
        address = function(self._request)
        return None if address is None else str(address)

    @cached_property
    @_instead_of_error(False)
    def has_pass(self) -> bool:
        return carries_pass(self._request, self._bypass)

    @cached_property
    @_instead_of_error(False)
    def is_admin_url(self) -> bool:
        admin = self._site.admin
        return admin is not None and f"{self.path.rstrip('/')}/".startswith(admin)

    @cached_property
    @_instead_of_error(False)
    def is_login_url(self) -> bool:
        return self.path in self._site.login

    @_instead_of_error(ANONYMOUS)
    def _user(self) -> frozenset[UserKind]:
        return kinds_of(getattr(self._request, "user", None))

    def look_at_user(self) -> None:
        """Find out who it is. May read the session and the database."""
        self.user = self._user()

    async def alook_at_user(self) -> None:
        """Find out who it is, without blocking the event loop.

        ``request.auser`` is not asked: another middleware may have set another ``request.user``.
        """
        if hasattr(self._request, "user"):
            await sync_to_async(self.look_at_user)()
        else:
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
