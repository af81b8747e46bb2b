"""Where the pages are that maintenance mode has to know: the switch, the admin, the login."""

import logging
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.conf.urls.i18n import is_language_prefix_patterns_used
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import NoReverseMatch, Resolver404, get_script_prefix, resolve, reverse
from django.utils import translation

from maintenance_django.caching import cached_until_settings_change
from maintenance_django.conf import conf
from maintenance_django.site_root import below_root

__all__ = [
    "RedirectTarget",
    "SitePaths",
    "has_switch",
    "language_in_path",
    "login_url",
    "redirect_target",
    "site_paths",
]

logger = logging.getLogger("maintenance_django")


class SitePaths(NamedTuple):
    """Decoded paths below the site's root."""

    switch: frozenset[str]
    admin: str | None
    login: frozenset[str]


class RedirectTarget(NamedTuple):
    """Where blocked visitors are sent, and which paths here that is."""

    url: str
    host: str | None
    paths: frozenset[str]
    """Whole paths, decoded: also those to which the site itself would lead from the target."""


def site_paths(request: HttpRequest) -> SitePaths:
    """The paths under the URLs of ``request``, which are loaded for that."""
    return _site_paths(*_what_paths_depend_on(request))


def redirect_target(request: HttpRequest) -> RedirectTarget | None:
    """What ``MAINTENANCE_MODE_REDIRECT_URL`` means, or None. Never raises."""
    if conf.REDIRECT_URL is None:
        return None
    return _redirect_target(*_what_paths_depend_on(request))


def has_switch() -> bool:
    """Are the URLs of the switch among those of the project? Never raises."""
    try:
        return _reverse("maintenance_mode_on", None) is not None
    except Exception:  # noqa: BLE001  # broken URLs: whoever needs them will say so
        return False


def login_url(urlconf: str | None = None) -> str | None:
    """The address of the project's login page, or of the admin's if there is no other."""
    url = _project_login()
    if url is not None and (urlsplit(url).netloc or _existing(urlsplit(url).path, urlconf)):
        return url
    return _reverse("admin:login", urlconf)


def language_in_path(request: HttpRequest) -> str | None:
    """The language that the path of ``request`` names, if paths name languages on this site.

    There it is known also before the LocaleMiddleware.
    """
    used, default_is_prefixed = _languages_in_paths(getattr(request, "urlconf", None))
    if not used:
        return None
    language = translation.get_language_from_path(request.path_info)
    if language is None and not default_is_prefixed:
        return settings.LANGUAGE_CODE
    return language


def _what_paths_depend_on(request: HttpRequest) -> tuple[str | None, str, str | None]:
    language = language_in_path(request) or translation.get_language()
    return getattr(request, "urlconf", None), get_script_prefix(), language


def _languages_in_paths(urlconf: str | None) -> tuple[bool, bool]:
    """Do paths name languages, and the default one as well?"""
    try:
        return is_language_prefix_patterns_used(urlconf or settings.ROOT_URLCONF)
    except Exception:  # noqa: BLE001  # broken URLs: whoever needs them will say so
        return False, False


@cached_until_settings_change
def _site_paths(urlconf: str | None, script_prefix: str, language: str | None) -> SitePaths:
    with translation.override(language):
        switch = (_path("maintenance_mode_on", urlconf), _path("maintenance_mode_off", urlconf))
        return SitePaths(
            switch=frozenset(path for path in switch if path is not None),
            admin=_path("admin:index", urlconf),
            login=_login_paths(urlconf),
        )


@cached_until_settings_change
def _redirect_target(
    urlconf: str | None, script_prefix: str, language: str | None
) -> RedirectTarget | None:
    try:
        with translation.override(language):
            url = HttpResponseRedirect(resolve_url(str(conf.REDIRECT_URL))).url
            parts = urlsplit(url)
            path = unquote(parts.path or "/")
            paths = {path} | {f"{_root()}{other}" for other in _existing(path, urlconf)}
            return RedirectTarget(url, parts.hostname, frozenset(paths))
    except Exception:  # the URL, and those of the project, can be broken in any way
        logger.exception(
            "MAINTENANCE_MODE_REDIRECT_URL cannot be used; the page is given instead."
        )
        return None


def _project_login() -> str | None:
    try:
        url = resolve_url(settings.LOGIN_URL)
        urlsplit(url)
    except Exception:  # noqa: BLE001  # of any type, a name that does not exist, no address
        return None
    return str(url)


def _login_paths(urlconf: str | None) -> frozenset[str]:
    """Of the project and of the admin site; a page elsewhere has no path here."""
    urls = [urlsplit(url) for url in (login_url(urlconf), _reverse("admin:login", urlconf)) if url]
    paths = [url.path for url in urls if not url.netloc]
    existing = (found for path in paths for found in _existing(path, urlconf))
    return frozenset(map(below_root, paths)) | frozenset(existing)


def _existing(path: str, urlconf: str | None) -> list[str]:
    """The pages that ``path`` leads to, below the root: itself, or what Django makes of it.

    The CommonMiddleware appends a slash, the LocaleMiddleware puts the language before it.
    """
    path = below_root(path)
    if _resolves(path, urlconf):
        return [path]
    prefixed = f"/{translation.get_language()}{path}"
    return [other for other in (f"{path}/", prefixed, f"{prefixed}/") if _resolves(other, urlconf)]


def _resolves(path: str, urlconf: str | None) -> bool:
    try:
        resolve(path, urlconf)
    except Resolver404:
        return False
    return True


def _root() -> str:
    """What the server puts before the site's root, without the slash at its end."""
    return get_script_prefix().removesuffix("/")


def _path(name: str, urlconf: str | None) -> str | None:
    path = _reverse(name, urlconf)
    return None if path is None else below_root(path)


def _reverse(name: str, urlconf: str | None) -> str | None:
    try:
        return reverse(name, urlconf)
    except NoReverseMatch:
        return None
