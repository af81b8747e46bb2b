"""Worker processes, and samples from them in turns."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from typing import Self

from measuring.variant import VARIABLE, Variant

__all__ = ["BenchmarkError", "Samples", "Worker", "environment", "sample_in_turns", "workers"]

PASSED_ON = ("PATH", "HOME", "PYTHONPATH")
BENCHMARKS = Path(__file__).parent.parent

Samples = dict[str, list[float]]
"""Seconds per request by contender; the items with one index are of one round."""


class BenchmarkError(Exception):
    """Something could not be run at all."""


def environment() -> dict[str, str]:
    """What measured processes see of the environment: nothing that configures a contender."""
    return {name: os.environ[name] for name in PASSED_ON if name in os.environ}


class Worker:
    """One contender in a process of its own."""

    def __init__(self, variant: Variant) -> None:
        self.variant = variant
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", str(BENCHMARKS / "measuring" / "worker.py")],
            env=environment()
            | {VARIABLE: variant.dump(), "DJANGO_SETTINGS_MODULE": "benchsite.settings"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, probe: str, count: int) -> None:
        """Have a sample taken; :meth:`answer` waits for it."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(f"{probe} {count}\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise BenchmarkError(f"the process of {self.variant} has ended") from None

    def answer(self) -> float:
        """Seconds per request of the sample that was asked for."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise BenchmarkError(f"the process of {self.variant} has ended")
        return float(line)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *args: object) -> None:
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        self._process.wait()


@contextmanager
def workers(variants: Mapping[str, Variant]) -> Iterator[dict[str, Worker]]:
    """A worker for each variant, all of them alive together."""
    with ExitStack() as stack:
        yield {name: stack.enter_context(Worker(v)) for name, v in variants.items()}


def sample_in_turns(
    group: Mapping[str, Worker], probe: str, *, rounds: int, count: int
) -> Samples:
    """``rounds`` times one sample of ``count`` requests from each, one after the other.

    Only one process works at a time, and each round has another order, so that whatever else the
    machine does meanwhile, and what one leaves to the next, hits all alike.
    """
    for worker in group.values():  # warm up, all at once
        worker.ask(probe, count)
    for worker in group.values():
        worker.answer()
    names = list(group)
    samples: Samples = {name: [] for name in names}
    order = Random(1)
    for _ in range(rounds):
        for name in order.sample(names, len(names)):
            group[name].ask(probe, count)
            samples[name].append(group[name].answer())
    return samples
