"""Ours beside django-maintenance-mode, off and on, in both kinds of handler."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from measuring.effort import Effort
from measuring.figures import Figure, Row, differences, ratios
from measuring.processes import Worker, sample_in_turns, workers
from measuring.states import States
from measuring.variant import Variant

__all__ = ["compare_off", "compare_on"]


class _Site:
    """The contenders of one site, each in its process."""

    def __init__(self, group: dict[str, Worker]) -> None:
        self._workers = group

    def added(
        self, what: str, probe: str, effort: tuple[int, int], budget: float | None = None
    ) -> Row:
        """What each adds to the time of a no-op middleware."""
        rounds, count = effort
        samples = sample_in_turns(self._workers, probe, rounds=rounds, count=count)
        dmm = differences(samples["dmm"], samples["noop"])
        ours = differences(samples["ours"], samples["noop"])
        return Row(
            what=what,
            base=Figure.of(samples["noop"]),
            left=Figure.of(dmm),
            right=Figure.of(ours),
            share=ratios(ours, dmm),
            budget=budget,
        )

    def whole(
        self,
        what: str,
        probe: str,
        effort: tuple[int, int],
        budget: float | None = None,
        *,
        per_second: bool = False,
    ) -> Row:
        """The whole time of each; the view is not reached."""
        rounds, count = effort
        samples = sample_in_turns(self._workers, probe, rounds=rounds, count=count)
        return Row(
            what=what,
            left=Figure.of(samples["dmm"]),
            right=Figure.of(samples["ours"]),
            share=ratios(samples["ours"], samples["dmm"]),
            budget=budget,
            per_second=per_second,
        )


@contextmanager
def _open(states: States, *, absent: bool = False, **settings: Any) -> Iterator[_Site]:
    variants = {
        name: Variant(contender=name, state=states.absent(name), **settings)
        if absent
        else Variant(contender=name, state=states.of(name, on=False), **settings)
        for name in ("noop", "dmm", "ours")
    }
    with workers(variants) as group:
        yield _Site(group)


@contextmanager
def _closed(states: States, **settings: Any) -> Iterator[_Site]:
    variants = {
        name: Variant(contender=name, state=states.of(name, on=True), on=True, **settings)
        for name in ("dmm", "ours")
    }
    with workers(variants) as group:
        yield _Site(group)


def compare_off(states: States, effort: Effort) -> Iterator[Row]:
    """What is added to each request while the site is open."""
    if effort.extras:
        with _open(states, absent=True) as site:
            yield site.added(
                "middleware alone, no state file", "middleware", effort.alone, budget=1 / 18
            )
    with _open(states) as site:
        yield site.added(
            "middleware alone, state file exists", "middleware", effort.alone, budget=1 / 18
        )
        yield site.added("WSGI handler", "wsgi", effort.wsgi)
        yield site.added(
            "middleware alone, adapted as for ASGI",
            "async_middleware",
            effort.alone,
            budget=1 / 50,
        )
        yield site.added(
            "ASGI handler, async view, last middleware", "asgi_async_view", effort.asgi
        )
        if effort.extras:
            yield site.added("ASGI handler, sync view, last middleware", "asgi", effort.asgi)
    if effort.extras:
        with _open(states, place="first") as site:
            yield site.added(
                "ASGI handler, async view, first middleware", "asgi_async_view", effort.asgi
            )
    with _open(states, place="only") as site:
        yield site.added(
            "ASGI handler, async view, only middleware",
            "asgi_async_view",
            effort.asgi,
            budget=1 / 50,
        )


def compare_on(states: States, effort: Effort, *, with_pack: bool) -> Iterator[Row]:
    """The time of the answer while the site is closed."""
    for page, name in (("plain", "plain page"), ("pack", "page of the pack")):
        if page == "pack" and not with_pack:
            continue
        with _closed(states, page=page) as site:
            yield site.whole(
                f"{name}, middleware alone", "middleware", effort.alone, budget=1 / 12
            )
            yield site.whole(
                f"{name}, WSGI handler", "wsgi", effort.wsgi, budget=1 / 4, per_second=True
            )
            yield site.whole(f"{name}, ASGI handler", "asgi", effort.asgi, per_second=True)
    if effort.extras:
        yield from _more(states, effort)


def _more(states: States, effort: Effort) -> Iterator[Row]:
    """No budget depends on these."""
    with _closed(states, place="first") as site:
        what = "plain page, first middleware, {} handler"
        yield site.whole(what.format("WSGI"), "wsgi", effort.wsgi, per_second=True)
        yield site.whole(what.format("ASGI"), "asgi", effort.asgi, per_second=True)
    with _closed(states, superusers=True) as site:
        yield site.whole(
            "plain page, superusers exempt, middleware alone", "middleware", effort.alone
        )
    with _closed(states, page="own") as site:
        yield site.whole("template of the project, middleware alone", "middleware", effort.alone)
