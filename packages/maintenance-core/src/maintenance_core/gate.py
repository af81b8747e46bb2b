"""The requests of a worker process that are in flight, where a drain can see that there are."""

import logging
import math
import os
import threading
import time
import weakref
from pathlib import Path
from types import TracebackType

from maintenance_core.exceptions import StoreError
from maintenance_core.gate_file import Place

__all__ = ["Gate", "Visit"]

_SECONDS_PER_LOOK = 1.0
"""How often the file is looked for: to count at last, or after it was removed."""

logger = logging.getLogger("maintenance_core")


class Gate:
    """Counts the requests in flight of this process, in the gate file at ``path``.

    Every worker process keeps one; threads and tasks share it, and a forked child starts anew.
    Enter before the state is read: then no request that saw "off" is running any more once a
    change to "on" was committed and a drain has found nobody busy. ``Entrance`` does it in this
    order.

    Nothing here raises or waits. If requests cannot be counted they are served all the same;
    ``problem`` says why, and what to do about it. It is tried again every second.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._forget()
        _gates.add(self)

    def _forget(self) -> None:
        self.problem: str | None = None
        self._told: str | None = None
        # A finalizer can leave in the middle of an enter or a leave of the same thread.
        self._mutex = threading.RLock()
        self._visits: set[int] = set()
        self._place: Place | None = None
        self._next_look = -math.inf

    def start_anew(self) -> None:
        """Count from nothing, as a child does after a fork; not while other threads use this."""
        # Closing its copy of the descriptor changes nothing for a parent. To unlock would.
        self._give_up_place()
        # Another thread of the parent may have held the mutex, and is not here to give it back.
        self._forget()

    def visit(self) -> "Visit":
        """A new visit, not counted yet."""
        return Visit(self)

    def enter(self, visit: "Visit") -> None:
        """Count ``visit`` until it leaves; once, however often it enters."""
        with self._mutex:
            self._visits.add(id(visit))
            now = time.monotonic()
            if now >= self._next_look:
                self._next_look = now + _SECONDS_PER_LOOK
                self._look_for_place()
            place = self._place
            if place is not None and not place.is_busy:
                try:
                    place.set_busy()
                except StoreError as error:
                    self._lose_place(error)
        if self.problem != self._told:
            self._tell()

    def leave(self, visit: "Visit") -> None:
        """Count ``visit`` no longer; nothing if it is not counted."""
        # Each one comes again as nobody refers to it any more: that should cost nothing.
        if id(visit) not in self._visits:
            return
        with self._mutex:
            self._visits.discard(id(visit))
            place = self._place
            if place is not None and not self._visits:
                try:
                    place.set_idle()
                except StoreError as error:
                    self._lose_place(error)

    def _look_for_place(self) -> None:
        if self._place is not None and self._place.is_seen():
            return
        self._give_up_place()
        try:
            self._place = Place(self.path)
            self.problem = None
        except StoreError as error:
            self._lose_place(error)

    def _lose_place(self, error: StoreError) -> None:
        self._give_up_place()
        self.problem = f"{error} Until then no drain waits for the requests of this process."

    def _give_up_place(self) -> None:
        if self._place is not None:
            self._place.close()
            self._place = None

    def _tell(self) -> None:
        """One line in the log when counting fails, for another reason, or works again."""
        # Not under the mutex: a handler of the log waits for locks of its own.
        problem = self._told = self.problem
        if problem is None:
            logger.info("%s: requests are counted again.", self.path)
        else:
            logger.warning("%s", problem)


class Visit:
    """One request, which is in flight from ``enter`` to ``leave``.

    Both can be called any number of times, from any thread; a visit that nobody refers to any
    more has left. As a context manager, it is in flight while the block runs.
    """

    __slots__ = ("_gate",)

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def enter(self) -> None:
        """Be counted from now on."""
        self._gate.enter(self)

    def leave(self) -> None:
        """Be counted no longer."""
        self._gate.leave(self)

    __del__ = leave

    def __enter__(self) -> None:
        self._gate.enter(self)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._gate.leave(self)


_gates: weakref.WeakSet[Gate] = weakref.WeakSet()
os.register_at_fork(after_in_child=lambda: list(map(Gate.start_anew, _gates)))
