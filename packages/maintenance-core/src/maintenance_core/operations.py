"""What people do with a maintenance mode: the one place behind every command, page and call.

Each is one change of a store, made by ``by`` (None: this process), and recorded in the journal.
``now`` is the present, for programs that have looked at the clock already. A time without a zone
means the system's. Each raises StoreError if the change could not be made; then, and when it
raises InvalidInput, nothing was written.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches

from msgspec.structs import replace

from maintenance_core.actor import Actor
from maintenance_core.bypass import bypass_for, new_secret
from maintenance_core.changes import cleared, closed, extended, only, opened, removed, skipped
from maintenance_core.exceptions import InvalidInput
from maintenance_core.planning import checked_seconds, new_window
from maintenance_core.recurrence import Recurrence
from maintenance_core.state import State
from maintenance_core.stores.base import Note, Store, Update
from maintenance_core.when import as_utc
from maintenance_core.window import Mode, Window

__all__ = [
    "issue_bypass",
    "remove_window",
    "renew_lease",
    "repair",
    "revoke_bypass",
    "set_mode",
    "skip_run",
    "switch_off",
    "switch_on",
]


def switch_on(
    store: Store,
    *,
    now: datetime | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    recurrence: Recurrence | None = None,
    mode: Mode = "block",
    paths: Iterable[str] = ("/",),
    message: str = "",
    reason: str = "",
    retry_after: timedelta | None = None,
    announce: timedelta | None = None,
    lease: timedelta | None = None,
    by: Actor | None = None,
) -> Update:
    """Add a window: from ``start`` (None: at once) to ``end`` (None: until somebody ends it).

    ``recurrence`` makes it a series between the two. ``mode`` and ``paths`` say what is
    interrupted. ``message`` is for visitors, ``reason`` for colleagues. ``retry_after`` is what
    clients are told where no end is known, ``announce`` how long before each start visitors
    are told of it, and ``lease`` after what time the window ends unless it is renewed. On for the
    same time with the same words already is no change, but for a lease. ``window`` of the update
    is the one that was asked for. Raises InvalidInput.
    """
    now = _moment(now)
    by = _actor(by)
    window = new_window(
        now=now,
        start=start,
        end=end,
        recurrence=recurrence,
        mode=mode,
        paths=paths,
        message=message,
        reason=reason,
        retry_after=retry_after,
        announce=announce,
        lease=lease,
        created_by=str(by),
    )
    action = "on" if window.is_active(now) else "plan"
    repeat = lease is not None
    update = store.change(
        lambda state: opened(state, window, now, repeat=repeat), Note(action, by)
    )
    return update.asked_for(window)


def switch_off(
    store: Store,
    window_id: str | None = None,
    *,
    now: datetime | None = None,
    everything: bool = False,
    by: Actor | None = None,
) -> Update:
    """End what is active, or only the window that is named; what is planned stays planned.

    Of a recurring window, only the run that is under way ends. With ``everything``, what is
    planned goes as well. Raises InvalidInput for an id that there is not.
    """
    moment = _moment(now)
    if everything and window_id is not None:
        raise InvalidInput("window", "everything is to go; leave out the id, or everything.")

    def end(state: State) -> State:
        if everything:
            return cleared(state)
        return closed(state, moment, window_id and _named(state, window_id).id)

    return store.change(end, Note("off", _actor(by)))


def skip_run(
    store: Store, window_id: str, *, now: datetime | None = None, by: Actor | None = None
) -> Update:
    """Leave out one run of a recurring window: the one that is under way, or else the next.

    Raises InvalidInput for an id that there is not, and for a window that does not recur.
    """
    moment = _moment(now)

    def skip(state: State) -> State:
        if _named(state, window_id).recurrence is None:
            raise InvalidInput("window", f"{window_id} does not recur; end or remove it.")
        return skipped(state, window_id, moment)

    return store.change(skip, Note("skip", _actor(by)))


def remove_window(store: Store, window_id: str, *, by: Actor | None = None) -> Update:
    """Remove a window, with every run that it would still have. Raises InvalidInput."""

    def remove(state: State) -> State:
        return removed(state, _named(state, window_id).id)

    return store.change(remove, Note("remove", _actor(by)))


def renew_lease(
    store: Store, window_id: str, *, lease: timedelta | None = None, now: datetime | None = None
) -> Update:
    """Let a lease end ``lease`` from ``now`` (None: its own time once more).

    Raises InvalidInput if there is no such window any more, which is then somebody's will, or
    if it is no lease. It is not recorded in the journal.
    """
    moment = _moment(now)
    seconds = None if lease is None else checked_seconds("lease", lease)

    def renew(state: State) -> State:
        window = _named(state, window_id)
        if not window.lease:
            raise InvalidInput("window", f"{window_id} is not a lease; it need not be renewed.")
        left = timedelta(seconds=window.lease if seconds is None else seconds)
        return extended(state, window_id, moment + left)

    return store.change(renew)


def set_mode(
    store: Store,
    value: bool,
    *,
    now: datetime | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    by: Actor | None = None,
) -> Update:
    """Make the state exactly this and nothing else: the last write wins. Raises InvalidInput."""
    if not isinstance(value, bool):
        raise InvalidInput("value", f"it is {value!r}; give True or False.")
    moment = _moment(now)
    by = _actor(by)
    if not value:
        return store.change(cleared, Note("off", by))
    window = new_window(now=moment, start=start, end=end, created_by=str(by))
    action = "on" if window.is_active(moment) else "plan"
    return store.change(lambda state: only(state, window, moment), Note(action, by))


def issue_bypass(
    store: Store,
    *,
    expires: datetime | None = None,
    now: datetime | None = None,
    by: Actor | None = None,
) -> tuple[str, Update]:
    """A new secret for people who must get in; the one before it is worth nothing any more.

    The secret is returned here and kept nowhere. ``expires`` None: until it is revoked. Raises
    InvalidInput for an end in the past.
    """
    end = None if expires is None else as_utc(expires, None, "expires")
    if end is not None and end <= _moment(now):
        raise InvalidInput("expires", "it is in the past; give a later time.")
    secret = new_secret()
    bypass = bypass_for(secret, end)
    note = Note("bypass", _actor(by))
    return secret, store.change(lambda state: replace(state, bypass=bypass), note)


def revoke_bypass(store: Store, *, by: Actor | None = None) -> Update:
    """Let nobody in by the secret link, nor by the passes that it has given."""
    note = Note("revoke", _actor(by))
    return store.change(lambda state: replace(state, bypass=None), note)


def repair(store: Store, *, by: Actor | None = None) -> Update:
    """Put a valid state in the place of what is none, with all windows that can be understood.

    What was there is kept beside it (``kept`` of the update). A state that can be read is left
    as it is.
    """
    return store.repair(Note("repair", _actor(by)))


def _moment(now: datetime | None) -> datetime:
    return datetime.now(UTC) if now is None else as_utc(now, None, "now")


def _actor(by: Actor | None) -> Actor:
    if not isinstance(by, Actor | None):
        raise InvalidInput("by", f"it is {by!r}; give an Actor, or None for this process.")
    return by or Actor.here()


def _named(state: State, window_id: str) -> Window:
    window = state.find(window_id)
    window_id = str(window_id)
    if window is not None:
        return window
    near = get_close_matches(window_id, [known.id for known in state.windows], 1)
    hint = f"did you mean {near[0]}?" if near else "look at the status for the ids."
    raise InvalidInput("window", f"there is none with the id {window_id[:40]!r}; {hint}")
