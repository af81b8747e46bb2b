"""The table, and the same as JSON."""

import json
import os
import platform
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

from measuring.figures import Figure, Row

__all__ = ["Section", "as_json", "as_text", "machine"]

Section = tuple[str, str, str, list[Row]]
"""Title, the heads of the columns left and right, rows."""

ABOUT = """\
no-op  a middleware that only passes the request on; its time, in µs, is subtracted where the
       title says "added"
dmm    django-maintenance-mode {dmm}: resolves the URL and reads the state file for every
       request; on: looks at the session's user and renders 503.html with its context processors;
       without a state file it makes one at the first request; it is made for threads, and so an
       ASGI handler runs it, and every middleware before it, in one
ours   maintenance-django {ours}: one stat of the state file per request; on: the policy, then a
       page that is kept as bytes, in the form that Accept asks for; stays in the event loop

The command of dmm is "manage.py maintenance_mode off" where it is off already: it has no status.

A figure is the median of all rounds, then [the middle half of the rounds]. "times" is the left
figure divided by the right one, round by round; in the growth rows it is the right one divided
by the left one; "n/a": one of them cannot be told from nothing. "~": the median says so, but not
all of the middle half does.

The plain page is a 503.html without any tags for dmm, and the built-in page for ours. The page
of the pack is the same template for both: dmm renders it each time.

In an ASGI handler, each of the seven middlewares that startproject lists hops to a thread, most
of them twice. Behind them ("last") dmm makes all of them share one hop, and so it can take less
than nothing there. Where it is first or alone, its own hop is what it adds. A handler hops for
its signals as well, so that few microseconds are lost in the noise: see "adapted as for ASGI".
"""


def machine() -> dict[str, Any]:
    """What was measured on, in general terms."""
    return {
        "python": platform.python_version(),
        "django": version("django"),
        "django-maintenance-mode": version("django-maintenance-mode"),
        "maintenance-django": version("maintenance-django"),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
    }


def as_text(sections: list[Section], on: dict[str, Any]) -> str:
    """One table for a terminal."""
    lines = [
        "Python {python} · Django {django} · {system}, {cores} cores, load {load:.1f}".format(**on)
    ]
    for title, left, right, rows in sections:
        growth = left == "small"
        base = "no-op" if any(row.base for row in rows) else ""
        head = _line((title, base, left, right, "times", "budget", ""))
        body = [_line(_cells(row, growth=growth)) for row in rows]
        lines += ["", head, "─" * len(head), *body]
    about = ABOUT.format(dmm=on["django-maintenance-mode"], ours=on["maintenance-django"])
    return "\n".join([*lines, "", about])


def _line(cells: tuple[str, ...]) -> str:
    what, base, left, right, times, budget, verdict = cells
    return (
        f"{what:<50} {base:>8} {left:>24} {right:>24} {times:>20} {budget:>7} {verdict}".rstrip()
    )


def _cells(row: Row, *, growth: bool) -> tuple[str, ...]:
    show = _rate if row.per_second else _time
    base = "" if row.base is None else _microseconds(row.base.median)
    budget = ""
    if row.budget is not None:
        budget = f"≤ {row.budget:g}x" if growth else f"≥ {1 / row.budget:g}x"
    times = row.share if growth else _inverse(row.share)
    told = _times(times) if row.comparable else "n/a"
    return (row.what, base, show(row.left), show(row.right), told, budget, row.verdict)


def _inverse(share: Figure) -> Figure:
    low, median, high = (
        1 / part if part > 0 else float("inf") for part in (share.high, share.median, share.low)
    )
    return Figure(median, low, high)


def _times(figure: Figure) -> str:
    return f"{_short(figure.median)}x [{_short(figure.low)}..{_short(figure.high)}]"


def _short(number: float) -> str:
    if number == float("inf"):
        return "∞"
    return f"{number:.0f}" if number >= 100 else f"{number:.1f}"


def _microseconds(seconds: float) -> str:
    micro = seconds * 1e6
    return f"{micro:,.0f}" if abs(micro) >= 100 else f"{micro:.1f}"


def _time(figure: Figure) -> str:
    if figure.median >= 0.01:
        low, median, high = (
            f"{part * 1e3:.0f}" for part in (figure.low, figure.median, figure.high)
        )
        return f"{median} ms [{low}..{high}]"
    low, high = _microseconds(figure.low), _microseconds(figure.high)
    return f"{_microseconds(figure.median)} µs [{low}..{high}]"


def _rate(figure: Figure) -> str:
    low, high = 1 / figure.high, 1 / figure.low
    return f"{1 / figure.median:,.0f}/s [{low:,.0f}..{high:,.0f}]"


def as_json(sections: list[Section], on: dict[str, Any]) -> str:
    """The same for programs; all times are in seconds, shares are right divided by left."""
    return json.dumps(
        {
            "machine": on,
            "sections": [
                {
                    "title": title,
                    "left": left,
                    "right": right,
                    "rows": [
                        asdict(row) | {"comparable": row.comparable, "verdict": row.verdict}
                        for row in rows
                    ],
                }
                for title, left, right, rows in sections
            ],
        },
        indent=2,
        ensure_ascii=False,
    )
