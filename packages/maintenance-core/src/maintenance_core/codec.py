"""Bytes to State and back: the stored document, and what django-maintenance-mode wrote."""

import json
import re
from datetime import datetime
from itertools import islice
from typing import Annotated, Any, TypeVar

import msgspec

from maintenance_core.bypass import Bypass
from maintenance_core.exceptions import UnreadableState
from maintenance_core.state import SCHEMA, State
from maintenance_core.values import EPOCH, Count
from maintenance_core.window import Window

__all__ = ["MAX_BYTES", "decode", "encode", "salvage"]

T = TypeVar("T")

MAX_BYTES = 1024 * 1024
"""No store reads or writes a larger document."""

# What we write ourselves: a window begins with its id, and these are of the document alone.
_WINDOW = re.compile(r'\{\s*"id"\s*:')
_MEMBER = re.compile(r'"(schema|revision|bypass)"\s*:\s*')
_MAX_TORN = 5000
"""No state of a size that can be read has more windows."""

_document = msgspec.json.Decoder(dict[str, Any])
_json = json.JSONDecoder()

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_OLD_TOOL = "django-maintenance-mode"


class _OldSchedule(msgspec.Struct, forbid_unknown_fields=True):
    start: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    end: Annotated[datetime, msgspec.Meta(tz=True)] | None = None


_state = msgspec.json.Decoder(State)
_old_schedule = msgspec.json.Decoder(_OldSchedule)


def encode(state: State) -> bytes:
    """The stored document of ``state``: UTF-8 JSON, indented for people, with a final newline."""
    return msgspec.json.format(msgspec.json.encode(state), indent=2) + b"\n"


def decode(data: bytes) -> State:
    """The state that ``data`` holds.

    Besides our own document these are the three contents of django-maintenance-mode: ``0``,
    ``1`` and ``{"start": …, "end": …}``. Raises UnreadableState for everything else.
    """
    data = data.removeprefix(_BYTE_ORDER_MARK)
    if not data.strip():
        raise UnreadableState("it is empty")
    try:
        document = msgspec.json.decode(data)
        if type(document) is int:
            return _from_old_flag(document)
        if type(document) is not dict:
            raise UnreadableState("it is not a maintenance state")
        if "schema" in document:
            _refuse_newer(document["schema"])
            return _state.decode(data)
        return _from_old_schedule(document, data)
    except msgspec.ValidationError as error:
        raise UnreadableState(f"it is not a maintenance state ({error})") from error
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise UnreadableState("it is not JSON, nor 0 or 1") from error


def salvage(data: bytes) -> State:
    """What can be understood of ``data``, which is no state: the windows that are whole in it.

    Never raises. Nothing is made of a document of a newer version, whose meaning is not known.
    """
    try:
        document = _whole_or_torn(data.removeprefix(_BYTE_ORDER_MARK))
        _refuse_newer(document.get("schema"))
    except UnreadableState:
        return State()
    windows = document.get("windows")
    items = windows if isinstance(windows, list) else []
    found = (_converted(item, Window) for item in items)
    revision = _converted(document.get("revision"), Count)
    return State(
        revision=revision or 0,
        windows=tuple(window for window in found if window is not None),
        bypass=_converted(document.get("bypass"), Bypass),
    )


def _whole_or_torn(data: bytes) -> dict[str, Any]:
    """The document, or as much of it as comes before and after what is no JSON."""
    try:
        return _document.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        text = data.decode(errors="replace")
    members = islice(_MEMBER.finditer(text), _MAX_TORN)
    windows = islice(_WINDOW.finditer(text), _MAX_TORN)
    return {
        **{member[1]: _value_at(text, member.end()) for member in members},
        "windows": [_value_at(text, window.start()) for window in windows],
    }


def _value_at(text: str, place: int) -> object:
    try:
        end = _json.raw_decode(text, place)[1]
        # What Python takes for a text is not always one that can be written again.
        return msgspec.json.decode(text[place:end])
    except (ValueError, RecursionError):
        return None


def _converted(item: object, kind: type[T]) -> T | None:
    try:
        return msgspec.convert(item, kind)
    except msgspec.ValidationError:
        return None


def _refuse_newer(schema: object) -> None:
    if type(schema) is int and schema > SCHEMA:
        raise UnreadableState(
            f"it was written by a newer version (schema {schema}, this one knows {SCHEMA})"
        )


def _from_old_flag(flag: int) -> State:
    if flag not in (0, 1):
        raise UnreadableState("it is a number, but neither 0 nor 1")
    return State(windows=(_old_window(EPOCH, None),) if flag else ())


def _from_old_schedule(document: dict[str, Any], data: bytes) -> State:
    if not any(document.get(key) for key in ("start", "end")):
        raise UnreadableState("it is not a maintenance state (no schema, no start or end)")
    schedule = _old_schedule.decode(data)
    return State(windows=(_old_window(schedule.start or EPOCH, schedule.end),))


def _old_window(start: datetime, end: datetime | None) -> Window:
    return Window(id="old", start=start, end=end, created_by=_OLD_TOOL, created_at=EPOCH)
