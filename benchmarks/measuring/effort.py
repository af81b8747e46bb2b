"""How much is measured."""

from dataclasses import dataclass

__all__ = ["FULL", "QUICK", "Effort"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """Rounds (samples from each contender), and requests per sample."""

    alone: tuple[int, int]
    """Of the middleware alone."""
    wsgi: tuple[int, int]
    asgi: tuple[int, int]
    growth: tuple[int, int]
    starts: int
    """Rounds of whole processes."""
    extras: bool
    """Also the rows that a quick look can do without?"""


FULL = Effort(
    alone=(150, 50), wsgi=(80, 20), asgi=(200, 12), growth=(100, 50), starts=15, extras=True
)
QUICK = Effort(
    alone=(25, 50), wsgi=(15, 20), asgi=(30, 10), growth=(15, 50), starts=3, extras=False
)
