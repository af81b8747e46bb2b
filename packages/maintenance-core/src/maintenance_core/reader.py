"""A store as a worker sees it: cheap, cached, and never failing."""

import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from maintenance_core.state import State, Window
from maintenance_core.stores.base import Fingerprint, Problem, Store

__all__ = ["Reader", "View"]

_CLOCK_TOLERANCE = 300.0
"""A clock that is set back by no more seconds than this takes nothing back."""

logger = logging.getLogger("maintenance_core")


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What a reader makes of the state, valid until the state or a window changes."""

    on: bool
    """Is the whole site blocked?"""
    window: Window | None
    """The active window that visitors are told about; None when off, or on without a state."""
    state: State
    problem: Problem | None = None
    """Why this is the last known good state, or the fallback, and not the stored one."""
    fingerprint: Fingerprint | None = None
    since: float = -math.inf
    """The view is valid from here (seconds since the epoch) …"""
    until: float = math.inf
    """… to here."""


class Reader:
    """A view of ``store`` that costs one ``stat`` as long as nothing changes.

    Every worker process keeps one; threads share it. If the store cannot be read, the last
    state that could be stands; before there was one, ``fallback`` tells if the site is on.
    ``clock`` returns seconds since the epoch.
    """

    def __init__(
        self, store: Store, *, fallback: bool = False, clock: Callable[[], float] = time.time
    ) -> None:
        self.store = store
        self._fallback = fallback
        self._clock = clock
        self._fingerprint = store.fingerprint
        self._view: View | None = None
        self._good: State | None = None

    def current(self) -> View:
        """The view now. Never raises, writes or waits."""
        view = self._view
        if (
            view is not None
            and view.fingerprint is not None
            and view.fingerprint == self._fingerprint()
            and view.since <= self._clock() < view.until
        ):
            return view
        return self._look()

    def _look(self) -> View:
        reading = self.store.read()
        now = self._clock()
        # What this thread has read goes with its fingerprint, whatever others do meanwhile.
        state = self._good if reading.state is None else reading.state
        self._good = state
        view = self._evaluate(state, now, reading.problem, reading.fingerprint)
        _tell(self.store.location, self._view, view)
        self._view = view
        return view

    def _evaluate(
        self,
        state: State | None,
        now: float,
        problem: Problem | None,
        fingerprint: Fingerprint | None,
    ) -> View:
        if state is None:
            return View(self._fallback, None, State(), problem, fingerprint)
        moment = datetime.fromtimestamp(now, UTC)
        window = state.deciding(moment)
        change = state.next_change(moment)
        return View(
            on=window is not None,
            window=window,
            state=state,
            problem=problem,
            fingerprint=fingerprint,
            since=now - _CLOCK_TOLERANCE,
            until=math.inf if change is None else change.timestamp(),
        )


def _tell(location: str, before: View | None, after: View) -> None:
    """One line in the log when the store becomes unreadable, for another reason, or readable."""
    known = None if before is None else before.problem
    if after.problem == known:
        return
    if after.problem is None:
        logger.info("%s: the maintenance state can be read again.", location)
    else:
        logger.warning(
            "%s: %s Until then maintenance mode stays %s.",
            location,
            after.problem,
            "on" if after.on else "off",
        )
