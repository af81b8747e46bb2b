"""The HTML page: the project's own, else the template pack's, else the one built in.

The project's own page is rendered with the request, as any other. The others are made without
one, and kept as bytes until what they tell changes.
"""

import logging
from collections.abc import Callable, Hashable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from django.conf import settings
from django.http import HttpRequest
from django.template import Context, Engine, TemplateDoesNotExist, loader
from django.utils import timezone, translation

from maintenance_core import View, Window
from maintenance_django.caching import cached_until_settings_change
from maintenance_django.conf import conf
from maintenance_django.context import Maintenance, to_come

__all__ = ["PACK_TEMPLATE", "Page", "builtin_engine", "html_page", "is_ready_made"]

logger = logging.getLogger("maintenance_django")

PACK_TEMPLATE = "maintenance/503.html"
_BUILTIN_TEMPLATE = "maintenance_django/builtin.html"
_MOST_FAILURES = 20
_MOST_PAGES = 100
_LANGUAGE_OF_READY_MADE = "en"
_CONTENT_TYPE = "text/html; charset=utf-8"
_LAST_RESORT = (
    b'<!doctype html><html lang="en"><meta charset="utf-8"><title>Maintenance</title>'
    b"<h1>Down for maintenance</h1><p>Please try again later.</p></html>"
)


class Page(NamedTuple):
    """The body of an answer and what its headers say of it."""

    body: bytes
    content_type: str
    language: str


class _Template(Protocol):
    def render(self, context: dict[str, Any], request: HttpRequest | None = ...) -> str: ...


class _Templates(NamedTuple):
    own: _Template | None
    pack: _Template | None


@cached_until_settings_change
def _found() -> _Templates:
    return _Templates(_find(conf.TEMPLATE), _find(PACK_TEMPLATE))


def _templates() -> _Templates:
    # While somebody works on a template, every look is a fresh one.
    if settings.DEBUG:
        return _Templates(_find(conf.TEMPLATE), _find(PACK_TEMPLATE))
    return _found()


def _find(name: str) -> _Template | None:
    try:
        return loader.get_template(name)
    except TemplateDoesNotExist:
        return None
    except Exception:  # a template can be broken in any way
        logger.exception("The maintenance template %r cannot be used.", name)
        return None


def is_ready_made() -> bool:
    """Can the page be given without running any of the project's templates?"""
    return _templates().own is None


@cache
def builtin_engine() -> Engine:
    """Renders the templates of this package, whatever the project's settings say."""
    return Engine(
        dirs=[str(Path(__file__).with_name("templates"))],
        libraries={"i18n": "django.templatetags.i18n"},
    )


class _Kept:
    """The last ready-made pages, by what they tell."""

    def __init__(self) -> None:
        self._pages: dict[Hashable, Page] = {}

    def get(self, told: Hashable) -> Page | None:
        # While somebody works on a template, every page is a fresh one.
        return None if settings.DEBUG else self._pages.get(told)

    def keep(self, told: Hashable, page: Page) -> Page:
        if len(self._pages) >= _MOST_PAGES:
            self._pages.clear()
        self._pages[told] = page
        return page


@cached_until_settings_change
def _kept() -> _Kept:
    return _Kept()


def html_page(request: HttpRequest, view: View, window: Window | None) -> Page:
    """The page that tells of ``window``, one of ``view``. Never raises."""
    templates = _templates()
    if templates.own is not None:
        try:
            body = templates.own.render(_context(view, window), request).encode()
            return Page(body, _CONTENT_TYPE, translation.get_language() or settings.LANGUAGE_CODE)
        except Exception as error:  # a template can fail in any way
            # Once for each error, and not for each visitor.
            failures = _failures_told()
            if repr(error) not in failures and len(failures) < _MOST_FAILURES:
                failures.add(repr(error))
                logger.exception(
                    "The template %r failed; another page is given until it works.", conf.TEMPLATE
                )
    # All that a template can ask about a view, so that a state that is only read again, as one
    # that is too young to be trusted, gives the same page.
    told = (view.on, view.phase, window, to_come(view))
    return _kept().get(told) or _kept().keep(told, _ready_made(templates.pack, view, window))


@cached_until_settings_change
def _failures_told() -> set[str]:
    return set()


def _ready_made(pack: _Template | None, view: View, window: Window | None) -> Page:
    zone = timezone.get_default_timezone()
    body = _LAST_RESORT
    for render in _renderers(pack):
        try:
            with translation.override(_LANGUAGE_OF_READY_MADE), timezone.override(zone):
                body = render(_context(view, window)).encode()
                break
        except Exception:  # a template or a translation can fail in any way
            logger.exception("A ready-made maintenance page failed; a simpler one was given.")
    return Page(body, _CONTENT_TYPE, _LANGUAGE_OF_READY_MADE)


def _renderers(pack: _Template | None) -> Iterator[Callable[[dict[str, Any]], str]]:
    if pack is not None:
        yield pack.render
    yield _render_builtin


def _render_builtin(context: dict[str, Any]) -> str:
    return builtin_engine().get_template(_BUILTIN_TEMPLATE).render(Context(context))


def _context(view: View, window: Window | None) -> dict[str, Any]:
    return {
        "maintenance": Maintenance(view, window),
        "maintenance_mode": view.on,
        "status_code": conf.STATUS_CODE,
        "retry_url": "",
    }
