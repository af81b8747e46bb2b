"""What the journal says of one change: who made it, when, and what became of the windows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from maintenance_core.actor import Actor
from maintenance_core.state import State
from maintenance_core.values import AwareDatetime, Count
from maintenance_core.window import Window

__all__ = ["Entry", "History", "decode_entry", "encode_entry"]

_UNREADABLE = (msgspec.DecodeError, RecursionError, UnicodeDecodeError)

_line = msgspec.json.Decoder(dict[str, Any])


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One change of a state. The secret link is no part of it, nor is its digest."""

    time: AwareDatetime
    action: str
    """In one word: ``on``, ``off``, ``plan``, …"""
    revision: Count
    """The one of the state after the change."""
    user: str = ""
    host: str = ""
    pid: int = 0
    tool: str = ""
    opened: tuple[Window, ...] = ()
    """The windows that are new, and those that have become others, as they are now."""
    ended: tuple[str, ...] = ()
    """The ids of the windows that are gone."""

    @classmethod
    def of(cls, before: State, after: State, action: str, actor: Actor, now: datetime) -> "Entry":
        """The entry of a change that ``actor`` has made at ``now``, which is aware."""
        known = {window.id: window for window in before.windows}
        left = {window.id for window in after.windows}
        return cls(
            time=now.astimezone(UTC),
            action=action,
            revision=after.revision,
            user=actor.user,
            host=actor.host,
            pid=actor.pid,
            tool=actor.tool,
            opened=tuple(window for window in after.windows if known.get(window.id) != window),
            ended=tuple(window_id for window_id in known if window_id not in left),
        )


@dataclass(frozen=True, slots=True)
class History:
    """What a look at the journal found; without a problem and entries there is no record."""

    entries: tuple[Entry, ...] = ()
    """The oldest one first."""
    damaged: int = 0
    """How many lines were met that are no entries."""
    problem: str | None = None
    """Why there may be more than was found, as one sentence."""


def encode_entry(entry: Entry) -> bytes:
    """``entry`` as one line of UTF-8 JSON, with the newline."""
    return msgspec.json.encode(entry) + b"\n"


def decode_entry(line: bytes) -> Entry | None:
    """The entry in ``line``, or None if there is none.

    Another version may have written it: what is not known here is passed over, and a window
    that makes no sense here is left out.
    """
    try:
        fields = _line.decode(line)
        windows = msgspec.convert(fields.get("opened", ()), list[dict[str, Any]])
        return msgspec.convert(fields | {"opened": [*_understood(windows)]}, Entry)
    except _UNREADABLE:
        return None


def _understood(windows: list[dict[str, Any]]) -> Iterator[Window]:
    for window in windows:
        known = {name: window[name] for name in Window.__struct_fields__ if name in window}
        try:
            yield msgspec.convert(known, Window)
        except msgspec.ValidationError:
            continue
