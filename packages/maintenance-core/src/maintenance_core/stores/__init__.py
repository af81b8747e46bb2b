"""Where a state can live. :func:`open_store` chooses by path or URL."""

import os
import re

from maintenance_core.exceptions import LocationError
from maintenance_core.stores.base import Change, Fingerprint, Note, Problem, Reading, Store, Update
from maintenance_core.stores.file import FileStore

__all__ = [
    "Change",
    "FileStore",
    "Fingerprint",
    "Note",
    "Problem",
    "Reading",
    "Store",
    "Update",
    "open_store",
]

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*)://", re.IGNORECASE | re.ASCII)


def open_store(location: str | os.PathLike[str]) -> Store:
    """The store at ``location``: the path of a file, which need not exist.

    Nothing is opened or created yet. Raises LocationError for a location that is empty or
    of a kind that this version does not have.
    """
    text = os.fspath(location)
    if not _can_be_a_path(text):
        raise LocationError(f"{text!r} is not the path of a state; name a file.")
    if match := _SCHEME.match(text):
        raise LocationError(
            f"{text}: a state of kind {match[1]!r} is not known here; name the path of a file."
        )
    return FileStore(text)


def _can_be_a_path(text: str) -> bool:
    try:
        return bool(text) and b"\0" not in os.fsencode(text)
    except UnicodeEncodeError:
        return False
