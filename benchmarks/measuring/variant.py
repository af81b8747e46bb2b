"""One site to measure, as it is handed from the runner to a worker process."""

import json
from dataclasses import asdict, dataclass
from typing import Literal

__all__ = ["VARIABLE", "Contender", "Page", "Place", "Variant"]

VARIABLE = "BENCHMARK_SITE"
"""The environment variable that carries a variant to the settings of the site."""

Contender = Literal["noop", "dmm", "ours"]
Page = Literal["plain", "pack", "own"]
Place = Literal["last", "first", "only"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """The site of one process: the same for all contenders but for the middleware and its app."""

    contender: Contender
    state: str
    """The path of the state file, which need not exist."""
    on: bool = False
    page: Page = "plain"
    """``plain`` and ``pack``: ours is ready-made; ``own``: both render a page of the project."""
    place: Place = "last"
    """Of the middleware, among those that ``startproject`` lists."""
    urls: int = 50
    networks: int = 0
    """How many addresses are exempt; the client's is none of them."""
    superusers: bool = False
    """Are superusers exempt? The client is nobody, but each contender has to find that out."""
    decorated: bool = False
    """Does one view of the site carry a decorator of the contender?"""

    def dump(self) -> str:
        """The text for the environment variable."""
        return json.dumps(asdict(self))

    @classmethod
    def load(cls, text: str) -> "Variant":
        """The variant in the text of the environment variable."""
        return cls(**json.loads(text))
