"""Wait until no request is in flight, as far as that can be known."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from maintenance_core.exceptions import InvalidInput, StoreError
from maintenance_core.gate_file import BUSY, PRESENT, open_gate_file, process_of
from maintenance_core.record_locks import SUPPORTED, held

__all__ = ["Drained", "Occupancy", "drain", "look"]

Outcome = Literal["drained", "busy", "no-workers", "unknown"]

_PAUSE = 0.01
"""Between two looks: a request that has ended is seen to have ended well within 50 ms."""


@dataclass(frozen=True, slots=True)
class Occupancy:
    """The processes that use a gate, at one moment."""

    workers: int = 0
    """How many are there. One that has not had its first request yet is not."""
    busy: int = 0
    """How many of them have a request in flight."""
    busy_pids: tuple[int, ...] = ()
    """Which ones, by their own counting: in a container they have other ids than outside."""


@dataclass(frozen=True, slots=True)
class Drained:
    """How a drain ended.

    ``drained``: there are workers, and none of them had a request in flight. ``busy``: the time
    was over. ``no-workers``: nobody uses this gate, so that nothing is known about requests.
    ``unknown``: this system has no locks to look at.
    """

    outcome: Outcome
    workers: int
    busy: int
    busy_pids: tuple[int, ...]
    waited: float
    """Seconds."""

    @property
    def sentence(self) -> str:
        """What that means and what to do, for people."""
        processes = "1 worker process" if self.workers == 1 else f"{self.workers} worker processes"
        if self.outcome == "drained":
            return f"No request is in flight in {processes}."
        if self.outcome == "busy":
            pids = ", ".join(map(str, self.busy_pids)) or "unknown"
            return (
                f"After {round(self.waited, 1):g} s there are requests in flight in {self.busy} "
                f"of {processes} (process ids: {pids}); wait longer, or see what they do."
            )
        if self.outcome == "no-workers":
            return (
                "No worker process is known, so requests may be in flight; see that the site "
                "runs, uses this state, and has had a request since it was started."
            )
        return (
            "This system lacks the locks that a gate needs, so requests may be in flight; "
            "run on Linux, or stop the workers to be sure."
        )


def look(path: Path) -> Occupancy | None:
    """Who uses the gate file at ``path`` now; None if this system cannot tell.

    This needs to read the file, and changes nothing. Nobody uses one that is missing. Raises
    StoreError if it cannot be opened.
    """
    if not SUPPORTED:
        return None
    descriptor = open_gate_file(path)
    if descriptor is None:
        return Occupancy()
    try:
        busy = {lock.start - BUSY.start for lock in held(descriptor, BUSY)}
        present = {lock.start - PRESENT.start for lock in held(descriptor, PRESENT)}
    except OSError as error:
        raise StoreError(
            str(path),
            f"the gate cannot be looked at ({error.strerror}); "
            "keep the state on a local file system.",
        ) from error
    finally:
        os.close(descriptor)
    # The lock of another program, on more than a byte, counts but has no process id in it.
    pids = sorted(pid for pid in map(process_of, busy) if pid)
    # One that was busy may be gone by the second question.
    return Occupancy(len(busy | present), len(busy), tuple(pids))


def _is_a_time(seconds: object) -> bool:
    return isinstance(seconds, int | float) and seconds >= 0


def drain(
    path: Path,
    timeout: float | None,
    *,
    on_progress: Callable[[Occupancy], None] | None = None,
) -> Drained:
    """Wait until no worker has a request in flight, at most ``timeout`` seconds (None: for ever).

    It only looks at the gate file at ``path`` and holds up nobody. ``on_progress`` is told what
    is waited for, at first and after each change. Raises InvalidInput for a ``timeout`` that is
    not zero or more, and StoreError if the file cannot be opened.
    """
    if timeout is not None and not _is_a_time(timeout):
        raise InvalidInput("timeout", f"it is {timeout!r}; give a number of seconds, 0 or more.")
    begin = time.monotonic()
    told = None
    while True:
        seen = look(path)
        waited = time.monotonic() - begin
        if seen is None:
            return Drained("unknown", 0, 0, (), waited)
        if not seen.busy:
            outcome: Outcome = "drained" if seen.workers else "no-workers"
            return Drained(outcome, seen.workers, 0, (), waited)
        if timeout is not None and waited >= timeout:
            return Drained("busy", seen.workers, seen.busy, seen.busy_pids, waited)
        if on_progress is not None and seen != told:
            on_progress(seen)
            told = seen
        time.sleep(_PAUSE if timeout is None else min(_PAUSE, timeout - waited))
