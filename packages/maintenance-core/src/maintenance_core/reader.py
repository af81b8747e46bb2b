"""A store as a worker sees it: cheap, cached, and never failing."""

import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count

from maintenance_core.coverage import Coverage
from maintenance_core.state import Phase, State
from maintenance_core.stores.base import Fingerprint, Problem, Store
from maintenance_core.window import Window

__all__ = ["Reader", "View"]

_CLOCK_TOLERANCE = 300.0
"""A clock that is set back by no more seconds than this takes nothing back."""

NOTHING = Coverage()

logger = logging.getLogger("maintenance_core")


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What a reader makes of the state, valid until the state or a window changes."""

    on: bool
    """Is the whole site blocked?"""
    window: Window | None
    """The active window that decides for the whole site, if there is one."""
    state: State
    problem: Problem | None = None
    """Why this is the last known good state, or the fallback, and not the stored one."""
    fingerprint: Fingerprint | None = None
    since: float = -math.inf
    """The view is valid from here (seconds since the epoch) …"""
    until: float = math.inf
    """… to here."""
    phase: Phase = "off"
    active: tuple[Window, ...] = ()
    """The windows that interrupt the site or a part of it."""
    coverage: Coverage = NOTHING

    @classmethod
    def of_state(
        cls,
        state: State,
        now: float,
        problem: Problem | None = None,
        fingerprint: Fingerprint | None = None,
    ) -> "View":
        """What ``state`` means at ``now`` (seconds since the epoch), and until when."""
        moment = datetime.fromtimestamp(now, UTC)
        active = state.active(moment)
        coverage = Coverage(active)
        window = coverage.at("/")
        change = state.next_change(moment)
        return cls(
            on=window is not None and window.mode == "block",
            window=window,
            state=state,
            problem=problem,
            fingerprint=fingerprint,
            since=now - _CLOCK_TOLERANCE,
            until=math.inf if change is None else change.timestamp(),
            phase=state.phase(moment),
            active=active,
            coverage=coverage,
        )

    @classmethod
    def without_state(
        cls, on: bool, problem: Problem | None = None, fingerprint: Fingerprint | None = None
    ) -> "View":
        """The view where something other than a state says whether the site is blocked."""
        return cls(on, None, State(), problem, fingerprint, phase="on" if on else "off")

    @property
    def is_open(self) -> bool:
        """Does every request pass, whatever it is?"""
        return not (self.on or self.active)

    def window_at(self, path: str) -> Window | None:
        """The active window that decides for ``path``, which is decoded and below the root."""
        return self.coverage.at(path)


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
        self._looks = count()
        self._last_look = -1

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
        look = next(self._looks)
        reading = self.store.read()
        state = reading.state
        if state is None or state == self._good:
            state = self._good
        view = self._view_of(state, reading.problem, reading.fingerprint)
        # What this thread has read goes with its fingerprint, whatever others do meanwhile; one
        # that has looked later knows better.
        if look > self._last_look:
            self._last_look = look
            self._good = state
            _tell(self.store.location, self._view, view)
            self._view = view
        return view

    def _view_of(
        self, state: State | None, problem: Problem | None, fingerprint: Fingerprint | None
    ) -> View:
        now, view = self._clock(), self._view
        if state is None:
            return View.without_state(self._fallback, problem, fingerprint)
        if view is not None and view.state is state and view.since <= now < view.until:
            return replace(view, problem=problem, fingerprint=fingerprint)
        try:
            return View.of_state(state, now, problem, fingerprint)
        except Exception as error:  # noqa: BLE001  # a request must be answered, whatever time zones and clocks do
            failed = Problem(
                f"it cannot be evaluated ({error!r}); look at its windows.", of_content=False
            )
            if view is None:
                return View.without_state(self._fallback, failed)
            return replace(view, problem=failed, fingerprint=None)


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
