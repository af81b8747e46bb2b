"""Which active window decides for which part of a site."""

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

from msgspec.structs import replace

from maintenance_core.values import EPOCH
from maintenance_core.window import Mode, Window

__all__ = ["Coverage", "deciding"]

T = TypeVar("T")

Place = tuple[str, ...]
"""A path in its segments: ``/shop`` is not ``/shopping``, ``//shop/`` is ``/shop``."""

_MODES: tuple[Mode, ...] = ("block", "read-only")
"""The strictest first."""


def deciding(windows: Iterable[Window]) -> Window | None:
    """The window that visitors are told about: of the strictest, the one that lasts longest.

    If it says nothing to them, it has the latest message of the others of its mode.
    """
    windows = tuple(windows)
    for mode in _MODES:
        if alike := [window for window in windows if window.mode == mode]:
            last = _lasting(alike)
            return last if last.message else replace(last, message=_said(alike).message)
    return None


class Coverage:
    """The windows that are active, by path. Asking costs the same for any number of them."""

    def __init__(self, windows: Iterable[Window] = ()) -> None:
        here: dict[Place, list[Window]] = {}
        for window in windows:
            for place in {_place(path) for path in window.paths}:
                here.setdefault(place, []).append(window)
        telling: dict[Place, list[Window]] = {}
        for place in sorted(here, key=len):
            telling[place] = _telling(here[place] + _nearest(telling, place, []))
        self._deciding = {place: deciding(telling[place]) for place in telling}
        self._depth = max(map(len, here), default=0)

    def at(self, path: str) -> Window | None:
        """The window that decides for ``path``, or None: the strictest of those that cover it."""
        return _nearest(self._deciding, _place(path)[: self._depth] if self._depth else (), None)


def _place(path: str) -> Place:
    return tuple(segment for segment in path.split("/") if segment)


def _nearest(found: dict[Place, T], place: Place, default: T) -> T:
    """What was found for ``place``, or for the nearest place above it."""
    for length in range(len(place), -1, -1):
        if place[:length] in found:
            return found[place[:length]]
    return default


def _telling(windows: list[Window]) -> list[Window]:
    """Those few of the windows that decide as all of them would."""
    by_mode = ([window for window in windows if window.mode == mode] for mode in _MODES)
    return [pick for alike in by_mode if alike for pick in (_lasting(alike), _said(alike))]


def _lasting(windows: list[Window]) -> Window:
    return max(windows, key=_weight)


def _said(windows: list[Window]) -> Window:
    return max(windows, key=lambda window: (window.message != "", window.created_at))


def _weight(window: Window) -> tuple[bool, datetime, bool, datetime]:
    until = window.until
    return (until is None, until or EPOCH, window.message != "", window.created_at)
