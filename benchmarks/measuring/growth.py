"""How the time of ours grows with the site: one thing is made large, the rest stays small."""

from collections.abc import Iterator
from dataclasses import replace

from measuring.effort import Effort
from measuring.figures import Figure, Row, ratios
from measuring.processes import Samples, sample_in_turns, workers
from measuring.states import States
from measuring.variant import Variant

__all__ = ["NETWORKS", "URLS", "WINDOWS", "grow"]

URLS = 1_000
NETWORKS = 100_000
WINDOWS = 1_000
FLAT = 2.0


def grow(states: States, effort: Effort) -> Iterator[Row]:
    """Middleware alone, off and on: from 10 URL patterns, 10 networks and 1 window upwards."""
    for on in (False, True) if effort.extras else (True,):
        small = Variant(
            contender="ours", state=str(states.ours(on, 1)), on=on, urls=10, networks=10
        )
        large = {
            f"10 → {URLS:,} URL patterns": replace(small, urls=URLS),
            f"10 → {NETWORKS:,} exempt networks": replace(small, networks=NETWORKS),
            f"1 → {WINDOWS:,} windows": replace(small, state=str(states.ours(on, WINDOWS))),
        }
        yield from _rows("on" if on else "off", small, large, effort)
    if not effort.extras:
        return
    small = replace(small, decorated=True)
    what = f"10 → {URLS:,} URL patterns, one view decorated"
    yield from _rows("on", small, {what: replace(small, urls=URLS)}, effort)


def _rows(when: str, small: Variant, large: dict[str, Variant], effort: Effort) -> Iterator[Row]:
    rounds, count = effort.growth
    with workers({"small": small, **large}) as group:
        samples: Samples = sample_in_turns(group, "middleware", rounds=rounds, count=count)
    for what in large:
        yield Row(
            what=f"{when}: {what}",
            left=Figure.of(samples["small"]),
            right=Figure.of(samples[what]),
            share=ratios(samples[what], samples["small"]),
            budget=FLAT,
        )
