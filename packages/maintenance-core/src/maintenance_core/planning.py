"""A new window from what a person gives, after a look at every field."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from maintenance_core.changes import new_id
from maintenance_core.exceptions import InvalidInput
from maintenance_core.recurrence import Recurrence
from maintenance_core.values import MAX_SECONDS
from maintenance_core.when import MAX_DURATION, as_utc, quote
from maintenance_core.window import Mode, Window

__all__ = ["checked_seconds", "new_window"]

MAX_TEXT = 4000
"""The longest message or reason, in characters."""

_MAX_PATH = 1000
_MAX_PATHS = 100
_ENCODED = re.compile("%[0-9A-Fa-f]{2}")
_MODES = ("block", "read-only")


def new_window(
    *,
    now: datetime,
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
    created_by: str = "",
) -> Window:
    """A window with a new id. Times are aware; ``start`` None is ``now``, ``end`` None is open.

    Raises InvalidInput, which names the field.
    """
    if not isinstance(recurrence, Recurrence | None):
        raise InvalidInput("recurrence", f"it is {recurrence!r}; give a Recurrence.")
    begin = now if start is None else as_utc(start, None, "start")
    finish = None if end is None else as_utc(end, None, "end")
    if lease is not None:
        if finish is not None or begin > now or recurrence is not None:
            raise InvalidInput(
                "lease", "it begins at once and ends by itself; leave out start, end and cron."
            )
        finish = now + timedelta(seconds=checked_seconds("lease", lease))
    if finish is not None and finish <= now:
        raise InvalidInput("end", "it is in the past; give a later end.")
    if finish is not None and finish <= begin:
        raise InvalidInput("end", "it is not after the start; give a later end.")
    if mode not in _MODES:
        raise InvalidInput("mode", f"it is {quote(str(mode))}; write block or read-only.")
    window = Window(
        id=new_id(),
        mode=mode,
        start=begin,
        end=finish,
        recurrence=recurrence,
        paths=_checked_paths(paths),
        message=_checked_text("message", message),
        reason=_checked_text("reason", reason),
        retry_after=None if retry_after is None else checked_seconds("retry_after", retry_after),
        announce=0 if announce is None else checked_seconds("announce", announce),
        lease=None if lease is None else checked_seconds("lease", lease),
        created_by=created_by,
        created_at=now,
    )
    if recurrence is not None:
        _check_series(window, recurrence, now)
    return window


def _check_series(window: Window, recurrence: Recurrence, now: datetime) -> None:
    if window.next_run(now) is None:
        raise InvalidInput("cron", "it never comes round in that time; give another one.")
    again = recurrence.overlapping_start(window.start)
    if again is not None:
        raise InvalidInput(
            "duration",
            f"the run of {again.astimezone(UTC):%Y-%m-%d %H:%M} UTC would begin when the one "
            "before it has just ended, or not yet; give a shorter one.",
        )


def checked_seconds(field: str, duration: timedelta) -> int:
    """``duration`` in whole seconds. Raises InvalidInput, which names ``field``."""
    if not isinstance(duration, timedelta):
        raise InvalidInput(field, f"it is {duration!r}; give a timedelta.")
    if not timedelta(seconds=1) <= duration <= MAX_DURATION:
        raise InvalidInput(field, "it is not between one second and ten years; give another one.")
    return min(int(duration.total_seconds()), MAX_SECONDS)


def _checked_paths(paths: Iterable[str]) -> tuple[str, ...]:
    if isinstance(paths, str):
        raise InvalidInput("paths", f"it is one text; give a list: [{quote(paths)}].")
    if not isinstance(paths, Iterable):
        raise InvalidInput("paths", f"it is {paths!r}; give a list.")
    checked = tuple(dict.fromkeys(_checked_path(path) for path in paths))
    if not checked:
        raise InvalidInput("paths", "there is none; give '/' for the whole site.")
    if len(checked) > _MAX_PATHS:
        raise InvalidInput("paths", f"there are more than {_MAX_PATHS}; give fewer.")
    return ("/",) if "/" in checked else checked


def _checked_path(path: str) -> str:
    if not isinstance(path, str):
        raise InvalidInput("paths", f"{path!r} is no text; write '/shop', say.")
    path = path.strip()
    if len(path) > _MAX_PATH:
        raise InvalidInput(
            "paths", f"one is longer than {_MAX_PATH} characters; give its beginning."
        )
    if not path.startswith("/"):
        raise InvalidInput(
            "paths", f"{quote(path)} does not begin with '/'; write {quote(f'/{path}')}."
        )
    if "?" in path or "#" in path:
        raise InvalidInput(
            "paths", f"{quote(path)} has more than a path; leave out '?', '#' and the rest."
        )
    if "*" in path:
        raise InvalidInput("paths", f"{quote(path)} is a pattern; write where it begins.")
    if {".", ".."} & {*path.split("/")}:
        raise InvalidInput("paths", f"{quote(path)} has dots as a segment; write the whole path.")
    if _ENCODED.search(path):
        raise InvalidInput("paths", f"{quote(path)} is encoded; write it as people read it.")
    _check_letters("paths", path)
    return "/" + "/".join(segment for segment in path.split("/") if segment)


def _checked_text(field: str, text: str) -> str:
    if not isinstance(text, str):
        raise InvalidInput(field, f"it is {text!r}; give a text.")
    # A browser sends the lines of a text field with CR LF.
    text = text.replace("\r\n", "\n").strip()
    if len(text) > MAX_TEXT:
        raise InvalidInput(
            field, f"it has {len(text):,} characters; at most {MAX_TEXT:,} are possible."
        )
    _check_letters(field, text, but_not="\n\t")
    return text


def _check_letters(field: str, text: str, *, but_not: str = "") -> None:
    categories = {unicodedata.category(letter) for letter in text if letter not in but_not}
    if "Cs" in categories:
        raise InvalidInput(field, "it is not UTF-8; write it in that encoding.")
    if "Cc" in categories:
        raise InvalidInput(field, "it holds a control character; leave that out.")
