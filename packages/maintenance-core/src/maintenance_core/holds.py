"""Maintenance for as long as some code runs, and the opposite."""

import logging
import os
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from types import TracebackType
from typing import Self

from msgspec.structs import replace

from maintenance_core.actor import Actor
from maintenance_core.changes import closed, opened, removed, restored
from maintenance_core.exceptions import InvalidInput, MaintenanceError
from maintenance_core.operations import renew_lease
from maintenance_core.planning import new_window
from maintenance_core.stores.base import Change, Note, Store, Update
from maintenance_core.when import MAX_DURATION
from maintenance_core.window import HELD, Mode

__all__ = ["DEFAULT_LEASE", "Hold", "Lease", "Pause"]

logger = logging.getLogger("maintenance_core")

End = Callable[[BaseException | None], object]

DEFAULT_LEASE = timedelta(minutes=5)
_RENEWALS_PER_LEASE = 5


def _now() -> datetime:
    return datetime.now(UTC)


def _change(store: Store, change: Change, note: Note) -> Update:
    update = store.change(change, note)
    if update.unrecorded is not None:
        logger.warning("The journal does not have this switch: %s", update.unrecorded)
    return update


class Hold(ABC):
    """Something that lasts for a block: for ``with`` and ``async with``, nested, by any thread.

    In an event loop a thread begins and ends it. A child that is forked inside the block holds
    nothing, and ends nothing.
    """

    def __init__(self) -> None:
        self._held: list[tuple[int, End]] = []

    @abstractmethod
    def begin(self) -> End:
        """Begin once; what is returned ends that, and is told what the block has raised."""

    def __enter__(self) -> Self:
        self._held.append((os.getpid(), self.begin()))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        process, end = self._held.pop()
        if process == os.getpid():
            end(error)

    async def __aenter__(self) -> Self:
        await _in_a_thread(self.__enter__, undo=partial(self.__exit__, None, None, None))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await _in_a_thread(partial(self.__exit__, kind, error, traceback))


async def _in_a_thread(
    work: Callable[[], object], *, undo: Callable[[], object] | None = None
) -> None:
    """Run ``work`` to its end, however often it is cancelled: a thread cannot be stopped.

    If it was cancelled, ``undo`` is run as well, and the cancellation is raised after all.
    """
    import asyncio  # noqa: PLC0415  # whoever comes here has it; to load it takes long

    # Not a task: a loop that ends cancels all of those, also one that no thread has begun yet.
    running = asyncio.get_running_loop().run_in_executor(None, copy_context().run, work)
    cancelled = None
    while not running.done():
        try:
            await asyncio.wait([running])
        except asyncio.CancelledError as error:
            cancelled = error
    running.result()
    if cancelled is not None:
        if undo is not None:
            await _in_a_thread(undo)
        raise cancelled


class Lease(Hold):
    """The site is in maintenance while the block runs, and not much longer.

    A thread renews the window, so that a process which is killed leaves the site on for at most
    ``duration``. With ``duration=None`` only the end of the block ends it: if that fails or the
    process is killed, the site stays in maintenance until a person ends it. Choose that where a
    half-done job must not be opened to visitors. ``mode`` and ``paths`` are
    those of ``switch_on``. Only the own window is ended at the end, and it is never put back once
    a person has switched maintenance off.

    Raises InvalidInput or StoreError on entering, and StoreError on leaving if the window could
    not be ended (a lease then still runs out).
    """

    def __init__(
        self,
        store: Store,
        *,
        duration: timedelta | None = DEFAULT_LEASE,
        mode: Mode = "block",
        paths: Iterable[str] = ("/",),
        message: str = "",
        reason: str = "",
        by: Actor | None = None,
    ) -> None:
        super().__init__()
        if not isinstance(duration, timedelta | None):
            raise InvalidInput("lease", f"it is {duration!r}; give a timedelta, or None.")
        if duration is not None and not timedelta(seconds=1) <= duration <= MAX_DURATION:
            raise InvalidInput(
                "lease", "it is not between one second and ten years; give another one, or None."
            )
        self._store = store
        self._by = by
        self._duration = duration
        self._mode = mode
        self._paths = paths if isinstance(paths, str) else tuple(paths)
        self._message = message
        self._reason = reason

    def begin(self) -> End:
        now, by = _now(), self._by or Actor.here()
        window = new_window(
            now=now,
            lease=self._duration,
            mode=self._mode,
            paths=self._paths,
            message=self._message,
            reason=self._reason,
            created_by=str(by),
        )
        if self._duration is None:
            window = replace(window, lease=HELD)
        update = _change(
            self._store, lambda state: opened(state, window, now, repeat=True), Note("on", by)
        )
        window_id = update.opened[-1].id
        renewing = None
        if self._duration is not None:
            renewing = _Renewing(self._store, window_id, self._duration)
            renewing.start()

        def end(error: BaseException | None) -> None:
            if renewing is not None:
                renewing.stop()
            elif error is not None:
                logger.error(
                    "What maintenance %s was for has failed (%r); the site stays in maintenance "
                    "until somebody ends it: maintenance off",
                    window_id,
                    error,
                )
                return
            _change(self._store, lambda state: removed(state, window_id), Note("off", by))

        return end


@dataclass
class _Renewing:
    """A thread that renews a lease until it is stopped."""

    store: Store
    window_id: str
    duration: timedelta
    _stop: threading.Event = field(default_factory=threading.Event)
    _told: bool = False

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="maintenance lease", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        pause = self.duration.total_seconds() / _RENEWALS_PER_LEASE
        while not self._stop.wait(pause):
            try:
                renew_lease(self.store, self.window_id, lease=self.duration)
            except InvalidInput:
                # Tried again all the same: somebody may have paused it.
                self._tell_once()
            except MaintenanceError as error:
                logger.warning(
                    "The maintenance lease %s was not renewed: %s", self.window_id, error
                )

    def _tell_once(self) -> None:
        if not self._told:
            self._told = True
            logger.warning(
                "The maintenance lease %s is gone: somebody has ended or paused it, or it had run "
                "out; the site may be open.",
                self.window_id,
            )


class Pause(Hold):
    """The site is open while the block runs; what was active before is active again then.

    What others plan, switch on or end meanwhile stands; what is paused cannot be ended. It is put
    back by this process alone: if that is killed inside, the site stays open. Raises StoreError
    on entering or leaving.
    """

    def __init__(self, store: Store, *, by: Actor | None = None) -> None:
        super().__init__()
        self._store = store
        self._by = by

    def begin(self) -> End:
        now, by = _now(), self._by or Actor.here()
        update = _change(self._store, lambda state: closed(state, now), Note("pause", by))
        active = (window for window in update.before.windows if window.is_active(now))
        paused = [(window, update.after.find(window.id)) for window in active]

        def end(error: BaseException | None) -> None:
            _change(self._store, lambda state: restored(state, paused, _now()), Note("resume", by))

        return end
