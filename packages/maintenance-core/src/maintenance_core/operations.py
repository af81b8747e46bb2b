"""What people do with a maintenance mode: the one place behind every command, page and call."""

import getpass
import os
import unicodedata
from datetime import datetime

from maintenance_core.exceptions import InvalidInput
from maintenance_core.state import Window, cleared, closed, new_id, only, opened
from maintenance_core.stores.base import Store, Update
from maintenance_core.when import as_utc

__all__ = ["new_window", "set_mode", "switch_off", "switch_on", "whoami"]

MAX_TEXT = 4000
"""The longest message or reason, in characters."""

MAX_NAME = 200
"""The longest name of who switched."""


def switch_on(
    store: Store,
    *,
    now: datetime,
    start: datetime | None = None,
    end: datetime | None = None,
    message: str = "",
    reason: str = "",
    created_by: str = "",
) -> Update:
    """Add a window: from ``start`` (None: at once) to ``end`` (None: until somebody ends it).

    Times are aware. ``message`` is for visitors, ``reason`` for colleagues. Already on for the
    same time with the same words is no change. Raises InvalidInput or StoreError, and then
    nothing was written.
    """
    window = new_window(
        now=now, start=start, end=end, message=message, reason=reason, created_by=created_by
    )
    return store.change(lambda state: opened(state, window, now))


def switch_off(store: Store, *, now: datetime, everything: bool = False) -> Update:
    """End what is active ``now``; with ``everything``, drop what is planned as well.

    Raises StoreError, and then nothing was written.
    """
    return store.change(cleared if everything else lambda state: closed(state, now))


def set_mode(
    store: Store,
    value: bool,
    *,
    now: datetime,
    start: datetime | None = None,
    end: datetime | None = None,
    created_by: str = "",
) -> Update:
    """Make the state exactly this and nothing else: the last write wins.

    Raises InvalidInput or StoreError, and then nothing was written.
    """
    if not value:
        return store.change(cleared)
    window = new_window(now=now, start=start, end=end, created_by=created_by)
    return store.change(lambda state: only(state, window, now))


def new_window(
    *,
    now: datetime,
    start: datetime | None = None,
    end: datetime | None = None,
    message: str = "",
    reason: str = "",
    lease: int | None = None,
    created_by: str = "",
) -> Window:
    """A window with a new id, after a look at every field.

    Raises InvalidInput, which names the field.
    """
    begin = now if start is None else as_utc(start, None, "start")
    finish = None if end is None else as_utc(end, None, "end")
    if finish is not None and finish <= now:
        raise InvalidInput("end", "it is in the past; give a later end.")
    if finish is not None and finish <= begin:
        raise InvalidInput("end", "it is not after the start; give a later end.")
    return Window(
        id=new_id(),
        start=begin,
        end=finish,
        message=_checked_text("message", message),
        reason=_checked_text("reason", reason),
        lease=lease,
        created_by=_printable(created_by),
        created_at=now,
    )


def _checked_text(field: str, text: str) -> str:
    # A browser sends the lines of a text field with CR LF.
    text = text.replace("\r\n", "\n").strip()
    if len(text) > MAX_TEXT:
        raise InvalidInput(
            field, f"it has {len(text):,} characters; at most {MAX_TEXT:,} are possible."
        )
    if any(unicodedata.category(letter) == "Cs" for letter in text):
        raise InvalidInput(field, "it is not UTF-8; write it in that encoding.")
    if any(unicodedata.category(letter) == "Cc" and letter not in "\n\t" for letter in text):
        raise InvalidInput(field, "it holds a control character; leave that out.")
    return text


def _printable(name: str) -> str:
    """``name`` for the record: what cannot be written or shown is no reason to refuse a switch."""
    return "".join(letter if letter.isprintable() else "?" for letter in name[:MAX_NAME])


def whoami() -> str:
    """``user@host`` of this process, for the record; under sudo, who has called it."""
    try:
        user = os.environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError, ImportError):
        user = "unknown"
    return f"{user}@{os.uname().nodename}"
