"""A state in a file on a local file system, shared by every process of the host."""

import errno
import os
import stat
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from msgspec.structs import replace

from maintenance_core.codec import MAX_BYTES, decode, encode, salvage
from maintenance_core.exceptions import StoreError, UnreadableState
from maintenance_core.journal import Entry, History, Journal
from maintenance_core.state import State
from maintenance_core.stores.atomic import put_in_place, sweep
from maintenance_core.stores.base import Change, Fingerprint, Note, Problem, Reading, Store, Update
from maintenance_core.stores.lock import exclusive_lock
from maintenance_core.values import MAX_COUNT
from maintenance_core.window import MAX_WINDOWS

__all__ = ["FileStore"]

ABSENT = ()
"""The fingerprint of no file: no windows, off."""

_GRANULARITY_NS = 2_000_000_000
"""The coarsest time stamp of a file system: FAT counts in steps of two seconds."""

_OPEN_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY
_KINDS = {
    stat.S_IFDIR: "a directory that is not empty",
    stat.S_IFIFO: "a FIFO",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
_FORBIDDEN = (errno.EACCES, errno.EPERM)
_LOST_LINK = "a link that leads nowhere"
_REPAIR = "the next change replaces it and keeps a copy"


class FileStore(Store):
    """The state in the file at ``path``, which need not exist; its directory must.

    A change waits at most ``lock_timeout`` seconds for another one to end. A link at ``path`` is
    followed as long as it leads to a state: then the file that it names is replaced.
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
            descriptor = self._open()
        except (FileNotFoundError, NotADirectoryError):
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
                return self._read_no_file(info)
            data = _read_all(descriptor)
        except OSError as error:
            return _out_of_reach(error)
        finally:
            with suppress(OSError):
                os.close(descriptor)
        if len(data) > MAX_BYTES:
            return _no_state(f"larger than {MAX_BYTES:,} bytes", fingerprint)
        try:
            return Reading(decode(data), None, fingerprint)
        except UnreadableState as error:
            problem = Problem(f"{error}; {_REPAIR}.", of_content=True)
            return Reading(None, problem, fingerprint, data)

    def _open(self) -> int:
        """A descriptor of what is at the path. Raises OSError.

        While a link on the way is replaced, the directory that it has led to may be emptied under
        this reader, as container tools do. Thus nothing is there only if the path leads to the
        same place before and after.
        """
        place = None
        while True:
            try:
                return os.open(self.location, _OPEN_FLAGS)
            except (FileNotFoundError, NotADirectoryError):
                before, place = place, os.path.realpath(self.location)
                if place == before:
                    raise

    def _read_absent(self) -> Reading:
        if os.path.isdir(os.path.dirname(os.path.realpath(self.location))):
            return Reading(State(), None, ABSENT)
        if os.path.islink(self.location):
            return _no_state(_LOST_LINK, None)
        sentence = (
            f"there is no directory {self.path.parent}; "
            "create it, or name another path for the state."
        )
        return Reading(None, Problem(sentence, of_content=False), None)

    def _read_unopened(self, error: OSError) -> Reading:
        if error.errno == errno.ELOOP and os.path.islink(self.location):
            return _no_state(_LOST_LINK, None)
        try:
            info = os.stat(self.location)
        except OSError:
            return _out_of_reach(error)
        if stat.S_ISREG(info.st_mode) or error.errno in _FORBIDDEN:
            return _out_of_reach(error)
        return self._read_no_file(info)

    def _read_no_file(self, info: os.stat_result) -> Reading:
        """An empty directory is what container tools put where a file is missing.

        Everything else of the kind is there for a purpose, and not to be replaced.
        """
        try:
            replaceable = stat.S_ISDIR(info.st_mode) and not os.listdir(self.location)
        except OSError as error:
            return _out_of_reach(error)
        if replaceable:
            return _no_state("an empty directory", None)
        kind = _KINDS.get(stat.S_IFMT(info.st_mode), "not a file")
        sentence = f"it is {kind}; move it away, or name another path for the state."
        return Reading(None, Problem(sentence, of_content=False), None)

    def change(self, change: Change, note: Note | None = None) -> Update:
        return self._replace(change, note)

    def repair(self, note: Note | None = None) -> Update:
        return self._replace(lambda state: state, note)

    def history(self, limit: int | None = None) -> History:
        return _journal(Path(os.path.realpath(self.path))).history(limit)

    @property
    def gate_path(self) -> Path:
        # The same one for every worker, whichever link leads to the state.
        target = Path(os.path.realpath(self.path))
        return target.with_name(f".{target.name}.gate")

    def _replace(self, change: Change, note: Note | None) -> Update:
        try:
            while True:
                target = self._target(self._read_to_change())
                lock = target.with_name(f".{target.name}.lock")
                with exclusive_lock(lock, self.lock_timeout):
                    reading = self._read_to_change()
                    # Another writer may have replaced a link while this one waited: what the
                    # path means now may have another lock.
                    if self._target(reading) == target:
                        return self._replace_locked(target, reading, change, note)
        except StoreError as error:
            raise StoreError(self.location, error.reason) from error
        except OSError as error:
            raise StoreError(self.location, _why_not_written(error)) from error

    def _read_to_change(self) -> Reading:
        reading = self.read()
        if reading.problem is not None and not reading.problem.of_content:
            raise StoreError(self.location, f"{reading.problem} Nothing was changed.")
        return reading

    def _target(self, reading: Reading) -> Path:
        """The file to replace: the one that a link leads to if that is a state, or is yet to be.

        Everything else may be anybody's file: then the link itself is replaced.
        """
        if reading.state is not None:
            return Path(os.path.realpath(self.path))
        return Path(os.path.realpath(self.path.parent), self.path.name)

    def _replace_locked(
        self, target: Path, reading: Reading, change: Change, note: Note | None
    ) -> Update:
        before = reading.state or salvage(reading.content)
        wanted = change(before)
        if reading.state is not None and wanted == before:
            return Update(before, before)
        revision = max(before.revision, wanted.revision)
        after = replace(wanted, revision=revision % MAX_COUNT + 1)
        data = encode(after)
        if len(after.windows) > max(MAX_WINDOWS, len(before.windows)):
            raise StoreError(
                self.location,
                f"the state would have more than {MAX_WINDOWS:,} windows; nothing was changed. "
                "Drop windows that are planned: maintenance off --all",
            )
        if len(data) > MAX_BYTES:
            raise StoreError(
                self.location,
                f"the state would be larger than {MAX_BYTES:,} bytes; nothing was changed. "
                "Drop windows that are planned: maintenance off --all",
            )
        kept = None if reading.problem is None else _name_to_keep(target)
        sweep(target)
        with put_in_place(target, data, kept):
            self._confirm(after)
        unrecorded = None
        if note is not None:
            unrecorded = self._record(target, note, before, after)
            _offer_gate(self.gate_path)
        return Update(before, after, None if kept is None else str(kept), unrecorded=unrecorded)

    def _record(self, target: Path, note: Note, before: State, after: State) -> str | None:
        """Write it down; why that could not be done, if so."""
        entry = Entry.of(before, after, note.action, note.actor, datetime.now(UTC))
        try:
            _journal(target).record(entry)
        except OSError as error:
            return str(error)
        return None

    def _confirm(self, wanted: State) -> None:
        reading = self.read()
        if reading.state != wanted:
            reason = reading.problem or "it holds something else."
            raise StoreError(self.location, f"it could not be read back: {reason}")


def _offer_gate(path: Path) -> None:
    """Make the file for the workers: who may switch may write here, they may perhaps not."""
    from maintenance_core.gate_file import create_gate_file  # noqa: PLC0415  # it needs this package

    with suppress(OSError):
        create_gate_file(path)


def _journal(target: Path) -> Journal:
    return Journal(target.with_name(f"{target.name}.journal"))


def _fingerprint(info: os.stat_result) -> Fingerprint:
    return (info.st_dev, info.st_ino, info.st_size, info.st_mtime_ns, info.st_ctime_ns)


def _read_all(descriptor: int) -> bytes:
    chunks = []
    left = MAX_BYTES + 1
    while left and (chunk := os.read(descriptor, left)):
        chunks.append(chunk)
        left -= len(chunk)
    return b"".join(chunks)


def _no_state(what: str, fingerprint: Fingerprint | None) -> Reading:
    return Reading(None, Problem(f"it is {what}; {_REPAIR}.", of_content=True), fingerprint)


def _out_of_reach(error: OSError) -> Reading:
    way_out = "try again, or name another path for the state"
    if error.errno in _FORBIDDEN:
        way_out = "make it readable for the user who runs this: chmod or chown"
    sentence = f"it cannot be read ({error.strerror}); {way_out}."
    return Reading(None, Problem(sentence, of_content=False), None)


def _name_to_keep(target: Path) -> Path:
    """Where what is no state is kept."""
    moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    return target.with_name(f"{target.name}.unreadable-{moment}-{os.urandom(4).hex()}")


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
