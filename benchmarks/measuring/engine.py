"""The core by itself: what grows with a site, what the gate adds, how soon a drain returns."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from gc import collect
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from time import monotonic, perf_counter

from msgspec.structs import replace

from maintenance_core import (
    Entrance,
    FileStore,
    Gate,
    Reader,
    Recurrence,
    State,
    View,
    Window,
    drain,
)
from maintenance_core.networks import NetworkSet, parse_address
from maintenance_core.planning import new_window
from maintenance_core.url_rules import UrlRules
from measuring.effort import Effort
from measuring.figures import Figure, Row, ratios
from measuring.processes import environment

__all__ = ["drain_after_requests", "grow_the_core", "pass_the_gate"]

FLAT = 2.0
AT_MOST = 0.05
"""Seconds from the end of the last request to the end of the drain."""

_LOOPS = 200
_BUSY = """
import sys, time
from pathlib import Path
from maintenance_core import Gate
visit = Gate(Path(sys.argv[1])).visit()
visit.enter()
print("in", flush=True)
sys.stdin.readline()
time.sleep(0.05)
visit.leave()
print(time.monotonic(), flush=True)
sys.stdin.readline()
"""


def pass_the_gate(state: Path, effort: Effort) -> Iterator[Row]:
    """Off: a look at the state, and the same from the gate in to the gate out."""
    store = FileStore(state)
    reader = Reader(store)
    entrance = Entrance(Gate(store.gate_path), reader)

    def go_in() -> None:
        visit = entrance.visit()
        for _ in entrance.views(visit):
            pass
        visit.leave()

    yield _compared("off: the state alone → with the gate", reader.current, go_in, effort, None)


def grow_the_core(effort: Effort) -> Iterator[Row]:
    """Each from a small site to a large one."""
    address = parse_address("203.0.113.7")
    sets = [
        NetworkSet(IPv4Network((0x0A000000 + 512 * number, 24)) for number in range(count))
        for count in (10, 100_000)
    ]
    yield _compared(
        "10 → 100,000 exempt IPv4 networks", *(_ask(each, address) for each in sets), effort, None
    )
    address = parse_address("2001:db8:ffff::1")
    sets = [
        NetworkSet(
            IPv6Network(((0x20010DB8 << 96) + (number << 65), 64)) for number in range(count)
        )
        for count in (10, 100_000)
    ]
    yield _compared(
        "10 → 100,000 exempt IPv6 networks", *(_ask(each, address) for each in sets), effort, None
    )
    rules = [
        UrlRules(re.compile(f"^/open/{number}/") for number in range(count))
        for count in (10, 100_000)
    ]
    yield _compared(
        "10 → 100,000 exempt URLs",
        *((lambda rule=rule: rule.match("/shop/cart/")) for rule in rules),
        effort,
        FLAT,
    )
    now = datetime.now(UTC)
    states = [
        State(windows=tuple(_partial(number, now) for number in range(count)))
        for count in (1, 1_000)
    ]
    views = [View.of_state(state, now.timestamp()) for state in states]
    yield _compared(
        "1 → 1,000 parts of a site",
        *((lambda view=view: view.window_at("/part/0/page/")) for view in views),
        effort,
        FLAT,
    )
    states = [
        State(windows=tuple(_recurring(number, now) for number in range(count)))
        for count in (1, 1_000)
    ]
    yield _compared(
        "1 → 1,000 recurring windows, when one changes",
        *((lambda state=state: View.of_state(state, now.timestamp())) for state in states),
        (max(3, effort.growth[0] // 5), 2),
        None,
    )


def drain_after_requests(directory: Path, effort: Effort) -> Iterator[Row]:
    """From the end of the last request, in another process, to the end of the drain."""
    gate = directory / "drained.gate"
    waited = [_drained_after(gate) for _ in range(max(3, effort.starts))]
    allowed = [AT_MOST] * len(waited)
    yield Row(
        what="in another process",
        left=Figure.of(allowed),
        right=Figure.of(waited),
        share=ratios(waited, allowed),
        budget=1.0,
    )


def _drained_after(gate: Path) -> float:
    with subprocess.Popen(
        [sys.executable, "-c", _BUSY, str(gate)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment(),
    ) as busy:
        assert busy.stdin is not None
        assert busy.stdout is not None
        busy.stdout.readline()
        busy.stdin.write("\n")
        busy.stdin.flush()
        drain(gate, 10)
        end = monotonic()
        # The clock is the same for all processes of a system.
        left = float(busy.stdout.readline())
        busy.stdin.close()
    return end - left


def _compared(
    what: str,
    small: Callable[[], object],
    large: Callable[[], object],
    effort: Effort | tuple[int, int],
    budget: float | None,
) -> Row:
    rounds, loops = (effort.growth[0], _LOOPS) if isinstance(effort, Effort) else effort
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for run, samples in zip((small, large), times, strict=True):
            samples.append(_time(run, loops))
    return Row(
        what=what,
        left=Figure.of(times[0]),
        right=Figure.of(times[1]),
        share=ratios(times[1], times[0]),
        budget=budget,
    )


def _time(run: Callable[[], object], loops: int) -> float:
    run()
    collect()
    began = perf_counter()
    for _ in range(loops):
        run()
    return (perf_counter() - began) / loops


def _ask(networks: NetworkSet, address: object) -> Callable[[], object]:
    return lambda: address in networks


def _partial(number: int, now: datetime) -> Window:
    return replace(new_window(now=now, paths=[f"/part/{number}"]), id=f"w{number}")


def _recurring(number: int, now: datetime) -> Window:
    series = Recurrence(
        cron=f"{number % 60} {number % 24} * * *", duration=600, zone="Europe/Berlin"
    )
    return replace(new_window(now=now, recurrence=series), id=f"r{number}")
