"""Which exempt URL a path is, in a time that does not grow with the number of plain ones."""

import re
from bisect import bisect_right
from collections.abc import Iterable

__all__ = ["UrlRules"]

_PLAIN = re.compile(
    r"""
    (?:\^|\\A)?                    # a match begins at the beginning with or without
    ((?:
        [^\\.^$*+?{}\[\]|()]       # a character that stands for itself
      | \\[^A-Za-z0-9]             # one that an escape makes stand for itself
    )*)
    """,
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


class UrlRules:
    """A fixed set of patterns, each matched from the beginning of a path."""

    def __init__(self, patterns: Iterable[re.Pattern[str]] = ()) -> None:
        plain: dict[str, str] = {}
        self._others: list[re.Pattern[str]] = []
        for pattern in patterns:
            prefix = _prefix(pattern)
            if prefix is None:
                self._others.append(pattern)
            else:
                plain[prefix] = pattern.pattern
        self._prefixes = _shortest(plain)
        self._texts = [plain[prefix] for prefix in self._prefixes]

    def __bool__(self) -> bool:
        return bool(self._prefixes or self._others)

    def match(self, path: str) -> str | None:
        """The text of a pattern that matches ``path``, or None if there is none."""
        # Whatever sorts between a prefix of the path and the path begins with that prefix, and
        # no prefix here begins with another: so it can only be the last one that is not greater.
        index = bisect_right(self._prefixes, path) - 1
        if index >= 0 and path.startswith(self._prefixes[index]):
            return self._texts[index]
        return next((other.pattern for other in self._others if other.match(path)), None)


def _prefix(pattern: re.Pattern[str]) -> str | None:
    """The text that a path must begin with to match ``pattern``, or None if it says more."""
    # A flag can change what a plain character means.
    plain = _PLAIN.fullmatch(pattern.pattern) if pattern.flags == re.UNICODE else None
    return None if plain is None else _ESCAPE.sub(r"\1", plain[1])


def _shortest(prefixes: Iterable[str]) -> list[str]:
    """Those that begin with no other one, sorted."""
    shortest: list[str] = []
    for prefix in sorted(prefixes):
        if not (shortest and prefix.startswith(shortest[-1])):
            shortest.append(prefix)
    return shortest
