"""Maintenance for as long as some code runs, and the opposite."""

import logging
import threading
from datetime import UTC, datetime, timedelta
from functools import partial
from types import TracebackType

from maintenance_core.exceptions import InvalidInput, MaintenanceError
from maintenance_core.operations import new_window
from maintenance_core.state import Window, closed, extended, opened, removed, restored
from maintenance_core.stores.base import Store
from maintenance_core.when import MAX_DURATION

__all__ = ["DEFAULT_LEASE", "Lease", "Pause"]

logger = logging.getLogger("maintenance_core")

DEFAULT_LEASE = timedelta(minutes=5)
_RENEWALS_PER_LEASE = 5


def _now() -> datetime:
    return datetime.now(UTC)


class Lease:
    """The site is in maintenance while the ``with`` block runs, and not much longer.

    A thread renews the window, so that a process which is killed leaves the site on for at most
    ``duration``. With ``duration=None`` the window does not end by itself: choose that where a
    half-done job must not be opened to visitors. Only the own window is ended at the end, and
    it is never put back once a person has switched maintenance off.

    Raises InvalidInput or StoreError on entering, and StoreError on leaving if the window could
    not be ended (a lease then still runs out).
    """

    def __init__(
        self,
        store: Store,
        *,
        duration: timedelta | None = DEFAULT_LEASE,
        message: str = "",
        reason: str = "",
        created_by: str = "",
    ) -> None:
        if not isinstance(duration, timedelta | None):
            raise InvalidInput("lease", f"it is {duration!r}; give a timedelta, or None.")
        if duration is not None and not timedelta(seconds=1) <= duration <= MAX_DURATION:
            raise InvalidInput(
                "lease", "it is not between one second and ten years; give another one, or None."
            )
        self._store = store
        self._duration = duration
        self._new_window = partial(
            new_window, message=message, reason=reason, created_by=created_by
        )
        self._window_id = ""
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> None:
        now = _now()
        if self._duration is None:
            window = self._new_window(now=now)
        else:
            seconds = int(self._duration.total_seconds())
            window = self._new_window(now=now, end=now + self._duration, lease=seconds)
        # The id may be changed if another window has it, so what was added is looked up.
        update = self._store.change(lambda state: opened(state, window, now, repeat=True))
        self._window_id = update.after.windows[-1].id
        if self._duration is not None:
            self._stop.clear()
            self._thread = threading.Thread(
                target=self._keep_renewing,
                args=(self._window_id, self._duration),
                name="maintenance lease",
                daemon=True,
            )
            self._thread.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        self._store.change(lambda state: removed(state, self._window_id))

    def _keep_renewing(self, window_id: str, duration: timedelta) -> None:
        pause = duration.total_seconds() / _RENEWALS_PER_LEASE
        while not self._stop.wait(pause):
            end = _now() + duration
            try:
                self._store.change(lambda state: extended(state, window_id, end))  # noqa: B023
            except MaintenanceError as error:
                logger.warning("The maintenance lease %s was not renewed: %s", window_id, error)


class Pause:
    """The site is open while the ``with`` block runs; what was active before is active again then.

    What others plan, switch on or end meanwhile stands; what is paused cannot be ended. Raises
    StoreError on entering or leaving.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._windows: tuple[Window, ...] = ()

    def __enter__(self) -> None:
        now = _now()
        self._windows = self._store.change(lambda state: closed(state, now)).before.active(now)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        now = _now()
        self._store.change(lambda state: restored(state, self._windows, now))
