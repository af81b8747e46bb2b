"""The file beside a state in which worker processes show that they are there, and busy."""

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path

from maintenance_core.exceptions import StoreError
from maintenance_core.record_locks import SUPPORTED, ByteLock
from maintenance_core.stores.ownership import share_new_file

__all__ = ["BUSY", "PRESENT", "Place", "create_gate_file", "open_gate_file", "process_of"]

PRESENT = range(2**60)
"""Every process has a byte here, and locks it as long as it lives."""
BUSY = range(2**60, 2**61)
"""The byte at the same distance from this start is locked while a request is in flight."""

_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
_NOT_A_FILE = (errno.ELOOP, errno.ENXIO)
"""What opening a link, or a socket, ends with."""
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)
_TO_OPEN = dict.fromkeys(_FORBIDDEN, "make it readable for the user who runs this: chmod or chown")
_TO_CREATE = {errno.ENOENT: "create its directory"} | dict.fromkeys(
    _FORBIDDEN,
    "let the user who runs this write its directory, or create an empty file there that they "
    "can read",
)


def process_of(number: int) -> int:
    """The id of the process whose byte has ``number`` in its area."""
    return number >> 32


def open_gate_file(path: Path) -> int | None:
    """A descriptor to lock and to look at, or None if there is no file. Raises StoreError."""
    try:
        descriptor = os.open(path, _FLAGS)
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno in _NOT_A_FILE:
            raise _not_a_file(path) from error
        raise _failed(path, "opened", error, _TO_OPEN) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise _not_a_file(path)
    return descriptor


def _not_a_file(path: Path) -> StoreError:
    return StoreError(str(path), "the gate is not a regular file; remove it.")


def _failed(path: Path, done: str, error: OSError, ways_out: dict[int, str]) -> StoreError:
    way_out = ways_out.get(error.errno or 0, "try again")
    return StoreError(str(path), f"the gate cannot be {done} ({error.strerror}); {way_out}.")


def _create_or_open(path: Path) -> int:
    # Never removed after use: a second file of the same name would be a second gate.
    while (descriptor := open_gate_file(path)) is None:
        with suppress(FileExistsError):
            return _create(path)
    return descriptor


def create_gate_file(path: Path) -> None:
    """Make the file if it is missing. Raises OSError."""
    with suppress(FileExistsError):
        os.close(_create(path))


def _create(path: Path) -> int:
    try:
        descriptor = os.open(path, _FLAGS | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise
    except OSError as error:
        raise _failed(path, "created", error, _TO_CREATE) from error
    try:
        share_new_file(descriptor, path.parent)
    except BaseException as error:
        # Also if a signal comes meanwhile.
        os.close(descriptor)
        if isinstance(error, OSError):
            raise _failed(path, "created", error, _TO_CREATE) from error
        raise
    return descriptor


class Place:
    """The place of this process in the gate file at ``path``, until it is closed.

    Raises StoreError if there is none to be had; the file is created if it is missing.
    """

    def __init__(self, path: Path) -> None:
        self._descriptor = -1
        if not SUPPORTED:
            raise StoreError(
                str(path), "this system lacks the locks that a gate needs; run on Linux."
            )
        self._path = path
        self._descriptor = _create_or_open(path)
        # Process ids are not unique: each container counts its own.
        number = os.getpid() << 32 | int.from_bytes(os.urandom(4))
        self._busy_lock = ByteLock(self._descriptor, BUSY.start + number)
        self.is_busy = False
        try:
            ByteLock(self._descriptor, PRESENT.start + number).take()
        except OSError as error:
            raise self._not_locked(error) from error

    def set_busy(self) -> None:
        """Show that a request is in flight. Raises StoreError."""
        try:
            self._busy_lock.take()
        except OSError as error:
            raise self._not_locked(error) from error
        self.is_busy = True

    def set_idle(self) -> None:
        """Show that none is. Raises StoreError."""
        self.is_busy = False
        try:
            self._busy_lock.release()
        except OSError as error:
            raise self._not_locked(error) from error

    def is_seen(self) -> bool:
        """False once the file was removed or replaced: a drain does not look at this one then."""
        try:
            return os.path.samestat(os.fstat(self._descriptor), os.lstat(self._path))
        except OSError:
            return False

    def close(self) -> None:
        """Leave the place, but for what other processes with a copy of the descriptor do."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor != -1:
            with suppress(OSError):
                os.close(descriptor)

    __del__ = close

    def _not_locked(self, error: OSError) -> StoreError:
        return StoreError(
            str(self._path),
            f"the gate cannot be locked ({error.strerror}); "
            "keep the state on a local file system, and let no other program lock this file.",
        )
