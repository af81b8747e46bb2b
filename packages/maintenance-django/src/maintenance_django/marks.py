"""The marks that decorators leave on views, for the middleware to find."""

from collections.abc import Callable
from typing import Any

__all__ = ["FORCED_OFF", "FORCED_ON", "forced", "mark"]

FORCED_ON = "force_maintenance_mode_on"
FORCED_OFF = "force_maintenance_mode_off"


def mark(view: Callable[..., Any], name: str) -> None:
    """Leave the mark ``name`` on ``view``."""
    setattr(view, name, True)


def forced(view: Callable[..., Any]) -> bool | None:
    """What the marks of ``view`` say: block it, let it pass, or nothing."""
    if getattr(view, FORCED_OFF, False):
        return False
    return True if getattr(view, FORCED_ON, False) else None
