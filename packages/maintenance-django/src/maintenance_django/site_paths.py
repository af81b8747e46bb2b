"""Where the pages are that maintenance mode has to know: the switch, the admin, the login."""

import logging
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.conf.urls.i18n import is_language_prefix_patterns_used
from django.core.signals import setting_changed
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import NoReverseMatch, Resolver404, get_script_prefix, resolve, reverse
from django.utils import translation

from maintenance_django.conf import conf
from maintenance_django.site_root import below_root

__all__ = ["SitePaths", "login_url", "redirect_url", "site_paths"]

logger = logging.getLogger("maintenance_django")


class SitePaths(NamedTuple):
    """Decoded paths below the site's root."""

    switch: frozenset[str]
    admin: str | None
    login: str | None


def site_paths(request: HttpRequest) -> SitePaths:
    """The paths under the URLs of ``request``, which are loaded for that."""
    return _site_paths(*_what_paths_depend_on(request))


def redirect_url(request: HttpRequest) -> str | None:
    """Where ``MAINTENANCE_MODE_REDIRECT_URL`` sends people, or None. Never raises."""
    if conf.REDIRECT_URL is None:
        return None
    return _redirect_url(*_what_paths_depend_on(request))


def login_url(urlconf: str | None = None) -> str | None:
    """The address of the project's login page, or of the admin's if there is no other."""
    try:
        url: str = resolve_url(settings.LOGIN_URL)
        parts = urlsplit(url)
        if not parts.netloc:
            resolve(below_root(parts.path), urlconf)
    except (NoReverseMatch, Resolver404):
        return _reverse("admin:login", urlconf)
    return url


def _what_paths_depend_on(request: HttpRequest) -> tuple[str | None, str, str | None]:
    urlconf = getattr(request, "urlconf", None)
    language = translation.get_language()
    if _has_languages_in_paths(urlconf):
        # There the language is known also before the LocaleMiddleware.
        language = translation.get_language_from_path(request.path_info) or language
    return urlconf, get_script_prefix(), language


def _has_languages_in_paths(urlconf: str | None) -> bool:
    try:
        used, _ = is_language_prefix_patterns_used(urlconf or settings.ROOT_URLCONF)
    except Exception:  # noqa: BLE001  # broken URLs: whoever needs them will say so
        return False
    return used


@lru_cache(maxsize=256)
def _site_paths(urlconf: str | None, script_prefix: str, language: str | None) -> SitePaths:
    with translation.override(language):
        switch = (_path("maintenance_mode_on", urlconf), _path("maintenance_mode_off", urlconf))
        return SitePaths(
            switch=frozenset(path for path in switch if path is not None),
            admin=_path("admin:index", urlconf),
            login=_login_path(urlconf),
        )


@lru_cache(maxsize=256)
def _redirect_url(urlconf: str | None, script_prefix: str, language: str | None) -> str | None:
    try:
        with translation.override(language):
            return HttpResponseRedirect(resolve_url(str(conf.REDIRECT_URL))).url
    except Exception:  # the URL, and those of the project, can be broken in any way
        logger.exception(
            "MAINTENANCE_MODE_REDIRECT_URL cannot be used; the page is given instead."
        )
        return None


def _login_path(urlconf: str | None) -> str | None:
    login = urlsplit(login_url(urlconf) or "")
    # The path of a login page elsewhere is another page here.
    path = _reverse("admin:login", urlconf) if login.netloc else login.path
    return below_root(path) if path else None


def _path(name: str, urlconf: str | None) -> str | None:
    path = _reverse(name, urlconf)
    return None if path is None else below_root(path)


def _reverse(name: str, urlconf: str | None) -> str | None:
    try:
        return reverse(name, urlconf)
    except NoReverseMatch:
        return None


def _forget(**kwargs: object) -> None:
    _site_paths.cache_clear()
    _redirect_url.cache_clear()


setting_changed.connect(_forget, dispatch_uid="maintenance_django.site_paths")
