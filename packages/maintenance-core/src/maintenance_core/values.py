"""The kinds of values that the stored document is made of, and their bounds."""

from datetime import UTC, datetime
from typing import Annotated

import msgspec

__all__ = [
    "EPOCH",
    "MAX_COUNT",
    "MAX_SECONDS",
    "AwareDatetime",
    "Count",
    "Path",
    "Seconds",
    "printable",
]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""The start of a window whose start nobody wrote down."""

MAX_COUNT = 2**53 - 1
"""The largest whole number that every JSON reader keeps exactly."""

MAX_SECONDS = 10 * 365 * 24 * 60 * 60

AwareDatetime = Annotated[datetime, msgspec.Meta(tz=True)]
Count = Annotated[int, msgspec.Meta(ge=0, le=MAX_COUNT)]
Path = Annotated[str, msgspec.Meta(pattern="^/", max_length=1000)]
Seconds = Annotated[int, msgspec.Meta(ge=0, le=MAX_SECONDS)]


def printable(text: str, most: int | None = None) -> str:
    """``text`` for a line of a log or a terminal: ``?`` stands for what could steer them."""
    return "".join(letter if letter.isprintable() else "?" for letter in text[:most])
