"""From samples to figures: medians with their quartiles, compared round by round."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import quantiles
from typing import Self

__all__ = ["Figure", "Row", "differences", "ratios"]


@dataclass(frozen=True, slots=True)
class Figure:
    """The median of the rounds and the range of their middle half."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Self:
        low, median, high = quantiles(values, n=4, method="inclusive")
        return cls(median, low, high)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table: two figures, how they compare, and what was promised."""

    what: str
    left: Figure
    """Seconds: django-maintenance-mode; in a row about growth, ours on the small site."""
    right: Figure
    """Seconds: ours; in a row about growth, ours on the large site."""
    share: Figure
    """``right`` divided by ``left``, round by round."""
    base: Figure | None = None
    """Seconds that were subtracted from both: the site with a no-op middleware."""
    budget: float | None = None
    """The largest ``share`` that keeps the promise."""
    per_second: bool = False
    """Is it told in requests per second?"""

    @property
    def comparable(self) -> bool:
        """Are both so far from nothing that it makes sense to divide them?"""
        return self.left.low > 0 and self.right.low > 0

    @property
    def verdict(self) -> str:
        """Is the budget met by the median? ``~`` if the middle half of the rounds disagrees."""
        if self.budget is None:
            return ""
        if not self.comparable:
            return "unclear"
        met = self.share.median <= self.budget
        clear = self.share.high <= self.budget or self.share.low > self.budget
        return ("met" if met else "missed") + ("" if clear else " ~")


def differences(values: list[float], base: list[float]) -> list[float]:
    """What was added in each round."""
    return [value - less for value, less in zip(values, base, strict=True)]


def ratios(right: list[float], left: list[float]) -> Figure:
    """``right`` divided by ``left`` in each round."""
    return Figure.of(r / one for r, one in zip(right, left, strict=True))
