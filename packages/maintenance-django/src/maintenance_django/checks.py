"""System checks: mistakes in the settings are told before a visitor meets them.

The ids are stable and never used for anything else.
"""

import difflib
import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as Caution
from django.http import HttpResponseRedirect
from django.shortcuts import resolve_url
from django.template import TemplateDoesNotExist, loader
from django.utils.module_loading import import_string

from maintenance_core import LocationError
from maintenance_core.location import configured_location
from maintenance_django.conf import LOCAL_FILE_BACKEND, PREFIX, MaintenanceSettings, conf
from maintenance_django.engine import get_policy, get_store, locate

__all__ = ["CHECKS"]

MIDDLEWARE = "maintenance_django.middleware.MaintenanceModeMiddleware"
AUTHENTICATION = "django.contrib.auth.middleware.AuthenticationMiddleware"
OLD_PREFIX = "maintenance_mode."
_OLD_NAMES = (
    "CACHE_BACKEND",
    "GET_AUTHENTICATED_USER",
    "GET_CONTEXT",
    "IGNORE_TESTS",
    "LOGOUT_AUTHENTICATED_USER",
    "LOGOUT_STAFF_USER",
    "LOGOUT_SUPERUSER",
)
_NEAR = 0.8
"""How much a name must be like another one to be a slip of the pen."""

AppConfigs = Sequence[AppConfig] | None


def check_setting_values(app_configs: AppConfigs, **kwargs: Any) -> Iterator[CheckMessage]:
    """A value of a wrong type is not used; the default is."""
    for setting in MaintenanceSettings.all():
        problem = setting.problem()
        if problem is not None:
            yield Error(
                problem,
                hint=f"Until then the default is used: {setting.default!r}.",
                id="maintenance_django.E001",
            )


def check_redirect(app_configs: AppConfigs, **kwargs: Any) -> Iterator[CheckMessage]:
    """Nobody can be sent to a URL that does not exist."""
    try:
        HttpResponseRedirect(
            resolve_url("/" if conf.REDIRECT_URL is None else str(conf.REDIRECT_URL))
        )
    except Exception as error:  # noqa: BLE001  # the URL can be broken in any way
        yield Error(
            f"MAINTENANCE_MODE_REDIRECT_URL leads nowhere: {error}",
            hint="Until it does, visitors get the page instead.",
            id="maintenance_django.E001",
        )


def check_setting_names(app_configs: AppConfigs, **kwargs: Any) -> Iterator[CheckMessage]:
    """A setting with a name that nothing reads has no effect."""
    known = [setting.name.removeprefix(f"{PREFIX}_") for setting in MaintenanceSettings.all()]
    for name in dir(settings):
        attribute = name.removeprefix(f"{PREFIX}_")
        if attribute in _OLD_NAMES:
            yield Caution(
                f"{name} is a setting of django-maintenance-mode that this version does not have.",
                hint="Remove it; without it maintenance-django does as if it had its default.",
                id="maintenance_django.W001",
            )
        elif attribute not in (name, *known):
            near = difflib.get_close_matches(attribute, known, n=1, cutoff=_NEAR)
            yield Caution(
                f"{name} is not a setting of maintenance-django and has no effect.",
                hint=f"Did you mean {PREFIX}_{near[0]}?" if near else "Remove it.",
                id="maintenance_django.W001",
            )


def check_middleware(app_configs: AppConfigs, **kwargs: Any) -> Iterator[CheckMessage]:
    """Without the middleware nobody is kept out; twice, everybody is asked twice."""
    middleware = list(settings.MIDDLEWARE)
    positions = [index for index, path in enumerate(middleware) if _is_a(path, MIDDLEWARE)]
    if not positions:
        yield Caution(
            "MaintenanceModeMiddleware is not in MIDDLEWARE, so maintenance mode blocks nobody.",
            hint=f"Add {MIDDLEWARE!r}, after the authentication middleware if there is one.",
            id="maintenance_django.W002",
        )
        return
    if len(positions) > 1:
        yield Error(
            "MaintenanceModeMiddleware is in MIDDLEWARE more than once.",
            hint="Keep one of them.",
            id="maintenance_django.E002",
        )
    before = middleware[: positions[0]]
    if get_policy().users and not any(_is_a(path, AUTHENTICATION) for path in before):
        yield Error(
            "Users are exempt by a MAINTENANCE_MODE_IGNORE_… setting, but "
            "MaintenanceModeMiddleware comes before the authentication middleware and cannot know "
            "them.",
            hint=f"Move it below {AUTHENTICATION!r}.",
            id="maintenance_django.E003",
        )


def _is_a(path: str, name: str) -> bool:
    """Is the middleware at ``path`` the class ``name``, or one made from it?"""
    if path.startswith(OLD_PREFIX):  # importing it changes the settings
        return False
    try:
        found = import_string(path)
    except ImportError:
        return False
    classes = found.__mro__ if isinstance(found, type) else ()
    return name in [f"{cls.__module__}.{cls.__qualname__}" for cls in classes]


def check_old_name(app_configs: AppConfigs, **kwargs: Any) -> Iterator[CheckMessage]:
    """Two maintenance modes do not know of each other."""
    for name in ("MIDDLEWARE", "INSTALLED_APPS"):
        for path in getattr(settings, name):
            if f"{path}.".startswith(OLD_PREFIX):
                yield Error(
                    f"{path!r} in {name} is django-maintenance-mode, which knows nothing of the "
                    "state that is switched here.",
                    hint="Replace maintenance_mode by maintenance_django there, or remove it.",
                    id="maintenance_django.E004",
                )
    for name in ("TEMPLATES", "LOGGING"):
        if f"'{OLD_PREFIX}" in repr(getattr(settings, name)):
            yield Error(
                f"{name} names something of django-maintenance-mode, which knows nothing of the "
                "state that is switched here.",
                hint="Replace maintenance_mode by maintenance_django there, or remove it.",
                id="maintenance_django.E004",
            )


def check_backend(app_configs: AppConfigs, **kwargs: Any) -> Iterator[CheckMessage]:
    """The state is in a file; another backend would be ignored."""
    if conf.STATE_BACKEND != LOCAL_FILE_BACKEND:
        yield Error(
            f"MAINTENANCE_MODE_STATE_BACKEND is {conf.STATE_BACKEND!r}, which is not used: "
            "the state is kept in a file.",
            hint=f"Remove the setting, or write {LOCAL_FILE_BACKEND!r}; "
            "MAINTENANCE_MODE_STATE_FILE_PATH names the file.",
            id="maintenance_django.E005",
        )


def check_state(app_configs: AppConfigs, **kwargs: Any) -> Iterator[CheckMessage]:
    """The state must be where it can be read, and not where anybody can write it."""
    try:
        store = get_store()
        location = locate()
    except LocationError as error:
        yield Error(
            str(error),
            hint="Until then maintenance mode cannot be switched.",
            id="maintenance_django.E006",
        )
        return
    problem = store.read().problem
    if problem is not None:
        yield Caution(
            f"The maintenance state {store.location} cannot be used: {problem}",
            hint="`manage.py maintenance_mode off` makes a new one and keeps a copy of the old."
            if problem.of_content
            else "Until then maintenance mode is as it was read last.",
            id="maintenance_django.W003",
        )
    for path in (Path(store.location), Path(store.location).parent):
        if _is_writable_by_all(path):
            yield Caution(
                f"{path} can be written by every user of this machine.",
                hint=f"Take that right away: chmod o-w {path}",
                id="maintenance_django.W004",
            )
    if conf.STATE_FILE_PATH is not None and not os.path.isabs(conf.STATE_FILE_PATH):
        yield Caution(
            f"MAINTENANCE_MODE_STATE_FILE_PATH is {conf.STATE_FILE_PATH!r}, which means another "
            "file in each directory that a server or a command is started in.",
            hint=f"Write the whole path: BASE_DIR / {conf.STATE_FILE_PATH!r}.",
            id="maintenance_django.W008",
        )
    yield from _check_agreement(location.target)


def _is_writable_by_all(path: Path) -> bool:
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    # In a sticky directory only the owner of a file can replace it.
    return bool(mode & stat.S_IWOTH) and not mode & stat.S_ISVTX


def _check_agreement(target: str) -> Iterator[CheckMessage]:
    """The command and the site must mean the same file."""
    if conf.STATE_FILE_PATH is None:
        return
    hint = "Remove MAINTENANCE_MODE_STATE_FILE_PATH, or name the same path in both places."
    try:
        found = configured_location(os.environ, Path.cwd())
    except LocationError as error:
        yield Caution(
            f"The `maintenance` command cannot tell where the state is: {error}",
            hint=hint,
            id="maintenance_django.W005",
        )
        return
    if found is not None and os.path.realpath(found.target) != os.path.realpath(target):
        yield Caution(
            f"The site keeps its state in {target}, but {found.source} sends the "
            f"`maintenance` command to {found.target}.",
            hint=hint,
            id="maintenance_django.W005",
        )


def check_template(app_configs: AppConfigs, **kwargs: Any) -> Iterator[CheckMessage]:
    """A page that the project names must be there and be in order."""
    try:
        loader.get_template(conf.TEMPLATE)
    except TemplateDoesNotExist:
        if not MaintenanceSettings.TEMPLATE.is_default:
            yield Caution(
                f"The template {conf.TEMPLATE!r} of MAINTENANCE_MODE_TEMPLATE does not exist.",
                hint="Visitors see the page of the pack, or the built-in one, until it does.",
                id="maintenance_django.W006",
            )
    except Exception as error:  # noqa: BLE001  # a template can be broken in any way
        yield Caution(
            f"The maintenance template {conf.TEMPLATE!r} is broken: {error}",
            hint="Visitors see the page of the pack, or the built-in one, until it is mended.",
            id="maintenance_django.W007",
        )


CHECKS = (
    check_setting_values,
    check_redirect,
    check_setting_names,
    check_middleware,
    check_old_name,
    check_backend,
    check_state,
    check_template,
)
