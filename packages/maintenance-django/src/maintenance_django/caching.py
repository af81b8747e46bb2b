"""Results that are kept until a setting changes, as in a test (``override_settings``)."""

from collections.abc import Callable
from functools import lru_cache
from typing import ParamSpec, TypeVar, cast

from django.core.signals import setting_changed

__all__ = ["cached_until_settings_change"]

P = ParamSpec("P")
T = TypeVar("T")

_SIZE = 256

_forget_all: list[Callable[[], None]] = []


def cached_until_settings_change(function: Callable[P, T]) -> Callable[P, T]:
    """Keep the last results of ``function``, but no errors."""
    cached = lru_cache(maxsize=_SIZE)(function)
    _forget_all.append(cached.cache_clear)
    return cast("Callable[P, T]", cached)


def _forget(**kwargs: object) -> None:
    for forget in _forget_all:
        forget()


setting_changed.connect(_forget, dispatch_uid="maintenance_django.caching")
