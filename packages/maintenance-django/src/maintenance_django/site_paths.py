"""Where the pages are that maintenance mode has to know: the switch, the admin, the login."""

from functools import lru_cache
from typing import NamedTuple

from django.conf import settings
from django.core.signals import setting_changed
from django.shortcuts import resolve_url
from django.urls import NoReverseMatch, Resolver404, resolve, reverse

__all__ = ["SitePaths", "login_url", "site_paths"]


class SitePaths(NamedTuple):
    """Full paths, with what the server puts before the site's root."""

    switch: frozenset[str]
    admin: str | None
    login: str | None


@lru_cache(maxsize=64)
def site_paths(urlconf: str | None, script_prefix: str) -> SitePaths:
    """The paths under the URLs ``urlconf`` (None: the project's), which are loaded for that."""
    switch = (_path("maintenance_mode_on", urlconf), _path("maintenance_mode_off", urlconf))
    return SitePaths(
        switch=frozenset(path for path in switch if path is not None),
        admin=_path("admin:index", urlconf),
        login=login_url(script_prefix, urlconf),
    )


def login_url(script_prefix: str, urlconf: str | None = None) -> str | None:
    """The path of the project's login page, or of the admin's if there is no other."""
    try:
        path = resolve_url(settings.LOGIN_URL).partition("?")[0]
        resolve(path.removeprefix(script_prefix.rstrip("/")), urlconf)
    except (NoReverseMatch, Resolver404):
        return _path("admin:login", urlconf)
    return path


def _path(name: str, urlconf: str | None) -> str | None:
    try:
        return reverse(name, urlconf)
    except NoReverseMatch:
        return None


def _forget(**kwargs: object) -> None:
    site_paths.cache_clear()


setting_changed.connect(_forget, dispatch_uid="maintenance_django.site_paths")
