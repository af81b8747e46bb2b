"""Bytes to State and back: the stored document, and what django-maintenance-mode wrote."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Annotated, Any, TypeVar

import msgspec

from maintenance_core.bypass import Bypass
from maintenance_core.exceptions import UnreadableState
from maintenance_core.state import SCHEMA, State
from maintenance_core.values import EPOCH, Count, printable
from maintenance_core.window import Window

__all__ = ["MAX_BYTES", "decode", "encode", "salvage"]

T = TypeVar("T")

MAX_BYTES = 1024 * 1024
"""No store reads or writes a larger document."""

# What we write ourselves: a window begins with its id, and these are of the document alone.
_WINDOW = re.compile(r'\{\s*"id"\s*:')
_MEMBER = re.compile(r'"(schema|revision|bypass)"\s*:\s*')
_MAX_TORN = 20
"""More torn pieces than that are no accident, and not worth the time."""

_MAX_TOLD = 200

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
    """The stored document of ``state``: UTF-8 JSON with a final newline.

    It is indented for people, unless that makes it too large to be read.
    """
    compact = msgspec.json.encode(state)
    indented = msgspec.json.format(compact, indent=2)
    return (indented if len(indented) < MAX_BYTES else compact) + b"\n"


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
        told = printable(str(error), _MAX_TOLD)
        raise UnreadableState(f"it is not a maintenance state ({told})") from error
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
    members = list(islice(_MEMBER.finditer(text), _MAX_TORN))
    values = {member[1]: _value_at(text, member.end())[0] for member in members}
    return values | {"windows": list(_windows_in(text))}


def _windows_in(text: str) -> Iterator[object]:
    place, torn = 0, 0
    while torn < _MAX_TORN and (begin := _WINDOW.search(text, place)):
        value, place = _value_at(text, begin.start())
        if value is None:
            # To look on from within it may take as long as what was in vain.
            place, torn = begin.end(), torn + 1
        else:
            yield value


def _value_at(text: str, place: int) -> tuple[object, int]:
    """The value there and where it ends; None if it is torn."""
    try:
        end = _json.raw_decode(text, place)[1]
        # What Python takes for a text is not always one that can be written again.
        return msgspec.json.decode(text[place:end]), end
    except (ValueError, RecursionError):
        return None, place


def _converted(item: object, kind: type[T]) -> T | None:
    try:
        return msgspec.convert(item, kind)
    except msgspec.ValidationError:
        return None


def _refuse_newer(schema: object) -> None:
    if type(schema) is int and schema > SCHEMA:
        raise UnreadableState(
            f"it was written by a newer version (schema {printable(str(schema), 20)}, "
            f"this one knows {SCHEMA})"
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
