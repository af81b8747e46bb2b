"""Which routes lead to a view with a mark, so that only their paths need be resolved."""

from collections.abc import Iterator
from typing import Any

from django.urls import URLResolver, get_resolver, resolve

from maintenance_django import marks
from maintenance_django.caching import cached_until_settings_change

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


@cached_until_settings_change
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
