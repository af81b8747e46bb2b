"""Which routes lead to a view with a mark, so that only their paths need be resolved."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from django.core.signals import setting_changed
from django.urls import URLResolver, get_resolver, resolve

from maintenance_django import marks

__all__ = ["forced_by_view"]

# The patterns of the includes, and last that of the view.
Route = tuple[Any, ...]


def forced_by_view(path: str, urlconf: str | None) -> bool | None:
    """What the decorator of the view at ``path`` says: block, pass, or nothing.

    The cost grows with the number of decorated views, not with that of all.
    """
    if not any(_may_lead_to(path, route) for route in _marked_routes(urlconf)):
        return None
    # Another route that comes first can lead elsewhere.
    return marks.forced(resolve(path, urlconf).func)


@lru_cache(maxsize=64)
def _marked_routes(urlconf: str | None) -> tuple[Route, ...]:
    return tuple(_marked_below(get_resolver(urlconf), ()))


def _marked_below(resolver: URLResolver, route: Route) -> Iterator[Route]:
    route = (*route, resolver.pattern)
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _marked_below(entry, route)
        elif marks.forced(entry.callback) is not None:
            yield (*route, entry.pattern)


def _may_lead_to(path: str, route: Route) -> bool:
    for pattern in route:
        match = pattern.match(path)
        if match is None:
            return False
        path = match[0]
    return True


def _forget(**kwargs: object) -> None:
    _marked_routes.cache_clear()


setting_changed.connect(_forget, dispatch_uid="maintenance_django.marked_routes")
