"""``maintenance_mode`` and ``maintenance`` for templates."""

from typing import Any

from django.http import HttpRequest

from maintenance_django.context import Maintenance
from maintenance_django.engine import get_reader

__all__ = ["maintenance_mode"]


def maintenance_mode(request: HttpRequest) -> dict[str, Any]:
    """``maintenance_mode``: is the whole site blocked? ``maintenance``: the rest of it."""
    view = get_reader().current()
    window = view.window_at(request.path_info)
    return {"maintenance_mode": view.on, "maintenance": Maintenance(view, window)}
