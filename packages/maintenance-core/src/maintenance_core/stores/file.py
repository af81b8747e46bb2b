"""A state in a file on a local file system, shared by every process of the host."""

import errno
import os
import secrets
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from msgspec.structs import replace

from maintenance_core.codec import MAX_BYTES, decode, encode
from maintenance_core.exceptions import StoreError, UnreadableState
from maintenance_core.state import State
from maintenance_core.stores.atomic import put_in_place, sweep
from maintenance_core.stores.base import Change, Fingerprint, Problem, Reading, Store, Update
from maintenance_core.stores.lock import exclusive_lock

__all__ = ["FileStore"]

ABSENT = ()
"""The fingerprint of no file: no windows, off."""

_GRANULARITY_NS = 2_000_000_000
"""The coarsest time stamp of a file system: FAT counts in steps of two seconds."""

_OPEN_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
_KINDS = {
    stat.S_IFDIR: "a directory",
    stat.S_IFIFO: "a FIFO",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
_FORBIDDEN = (errno.EACCES, errno.EPERM)
_REPAIR = "the next change replaces it and keeps a copy"


class FileStore(Store):
    """The state in the file at ``path``, which need not exist; its directory must.

    A change waits at most ``lock_timeout`` seconds for another one to end. A link at ``path`` is
    followed; the file that it names is replaced, not the link.
    """

    def __init__(self, path: str | os.PathLike[str], *, lock_timeout: float = 10.0) -> None:
        self.path = Path(os.path.abspath(os.fspath(path)))
        self.location = str(self.path)
        self.lock_timeout = lock_timeout

    def __repr__(self) -> str:
        return f"FileStore({self.location!r})"

    def fingerprint(self) -> Fingerprint | None:
        try:
            return _fingerprint(os.stat(self.location))
        except FileNotFoundError:
            return ABSENT
        except OSError:
            return None

    def read(self) -> Reading:
        began = time.time_ns()
        try:
            descriptor = os.open(self.location, _OPEN_FLAGS)
        except FileNotFoundError:
            return self._read_absent()
        except OSError as error:
            return self._read_unopened(error)
        try:
            info = os.fstat(descriptor)
            # A file changed twice within one tick of the clock can look unchanged: what is that
            # young is not trusted, and read again next time.
            young = info.st_ctime_ns > began - _GRANULARITY_NS
            fingerprint = None if young else _fingerprint(info)
            if not stat.S_ISREG(info.st_mode):
                return _no_state(_kind(info), fingerprint)
            data = _read_all(descriptor)
        except OSError as error:
            return _out_of_reach(error)
        finally:
            os.close(descriptor)
        if len(data) > MAX_BYTES:
            return _no_state(f"larger than {MAX_BYTES:,} bytes", fingerprint)
        try:
            return Reading(decode(data), None, fingerprint)
        except UnreadableState as error:
            return Reading(None, Problem(f"{error}; {_REPAIR}.", of_content=True), fingerprint)

    def _read_absent(self) -> Reading:
        target = _target(self.path)
        if target.parent.is_dir():
            return Reading(State(), None, ABSENT)
        return Reading(
            None,
            Problem(_no_directory(target.parent), of_content=False),
            None,
        )

    def _read_unopened(self, error: OSError) -> Reading:
        if error.errno == errno.ELOOP:
            return _no_state("a link that leads nowhere", None)
        try:
            info = os.stat(self.location)
        except OSError:
            return _out_of_reach(error)
        if stat.S_ISREG(info.st_mode) or error.errno in _FORBIDDEN:
            return _out_of_reach(error)
        return _no_state(_kind(info), None)

    def change(self, change: Change) -> Update:
        target = _target(self.path)
        if not target.parent.is_dir():
            raise StoreError(self.location, _no_directory(target.parent))
        try:
            with exclusive_lock(target.with_name(f".{target.name}.lock"), self.lock_timeout):
                return self._change_locked(target, change)
        except StoreError as error:
            raise StoreError(self.location, error.reason) from error
        except OSError as error:
            raise StoreError(self.location, _why_not_written(error)) from error

    def _change_locked(self, target: Path, change: Change) -> Update:
        reading = self.read()
        problem = reading.problem
        if problem is not None and not problem.of_content:
            raise StoreError(self.location, f"{problem} Nothing was changed.")
        before = reading.state or State()
        wanted = change(before)
        if reading.state is not None and wanted == before:
            return Update(before, before)
        after = replace(wanted, revision=before.revision + 1)
        data = encode(after)
        if problem is not None:
            # What a link leads to may be anybody's file: unless it is a state, only the link
            # itself is replaced.
            target = _own_name(self.path)
        sweep(target)
        with _put_aside(target, problem) as kept:
            with put_in_place(target, data, _stat_of_file(kept or target)):
                self._confirm(after)
        return Update(before, after, None if kept is None else str(kept))

    def _confirm(self, wanted: State) -> None:
        reading = self.read()
        if reading.state != wanted:
            reason = reading.problem or "it holds something else."
            raise StoreError(self.location, f"it could not be read back: {reason}")


def _fingerprint(info: os.stat_result) -> Fingerprint:
    return (info.st_dev, info.st_ino, info.st_size, info.st_mtime_ns, info.st_ctime_ns)


def _read_all(descriptor: int) -> bytes:
    chunks = []
    left = MAX_BYTES + 1
    while left and (chunk := os.read(descriptor, left)):
        chunks.append(chunk)
        left -= len(chunk)
    return b"".join(chunks)


def _kind(info: os.stat_result) -> str:
    return _KINDS.get(stat.S_IFMT(info.st_mode), "not a file")


def _no_state(what: str, fingerprint: Fingerprint | None) -> Reading:
    return Reading(None, Problem(f"it is {what}; {_REPAIR}.", of_content=True), fingerprint)


def _out_of_reach(error: OSError) -> Reading:
    sentence = f"it cannot be read ({error.strerror})"
    if error.errno in _FORBIDDEN:
        sentence += "; run as its owner, or make it readable for the user who runs this"
    return Reading(None, Problem(f"{sentence}.", of_content=False), None)


def _no_directory(directory: Path) -> str:
    return (
        f"the directory {directory} does not exist; create it, or name another path for the state."
    )


def _own_name(path: Path) -> Path:
    """``path`` itself, not what it leads to if it is a link."""
    return path.parent.resolve() / path.name


def _target(path: Path) -> Path:
    """The file that holds the state, or would: where a link leads, if a file can be there."""
    real = Path(os.path.realpath(path))
    try:
        usable = stat.S_ISREG(os.stat(real).st_mode)
    except FileNotFoundError:
        usable = real.parent.is_dir()
    except OSError:
        usable = False
    return real if usable else _own_name(path)


def _stat_of_file(name: Path) -> os.stat_result | None:
    """The facts of the regular file at ``name``; None if there is none."""
    try:
        info = os.lstat(name)
    except FileNotFoundError:
        return None
    return info if stat.S_ISREG(info.st_mode) else None


@contextmanager
def _put_aside(target: Path, problem: Problem | None) -> Iterator[Path | None]:
    """Give what is no state a name of its own, which it loses again if the body raises."""
    if problem is None:
        yield None
        return
    moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    aside = target.with_name(f"{target.name}.unreadable-{moment}-{secrets.token_hex(2)}")
    try:
        # A second name leaves no moment without a file, which readers would take for "off".
        os.link(target, aside, follow_symlinks=False)
    except OSError:
        os.rename(target, aside)
    try:
        yield aside
    except BaseException:
        os.rename(aside, target)
        # Renaming one name of a file to another name of it does nothing.
        with suppress(FileNotFoundError):
            os.unlink(aside)
        raise


def _why_not_written(error: OSError) -> str:
    if error.errno == errno.EBUSY:
        return (
            "it is a mount point and cannot be replaced; nothing was changed. "
            "Mount its directory instead of the file."
        )
    if error.errno in (*_FORBIDDEN, errno.EROFS):
        return (
            f"its directory cannot be written ({error.strerror}); nothing was changed. "
            "Run as the owner of the directory, or name another path for the state."
        )
    return f"it could not be written ({error.strerror}); the old state stands."
