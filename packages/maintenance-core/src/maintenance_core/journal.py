"""The journal of a state: lines of JSON in a file beside it, only ever added to.

A file that is full gets the name ``….1``, the one that had it ``….2``, and so on.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path

from maintenance_core.codec import MAX_BYTES
from maintenance_core.exceptions import StoreError
from maintenance_core.journal_entry import Entry, History, decode_entry, encode_entry
from maintenance_core.journal_files import facts, open_file, read_files
from maintenance_core.stores.atomic import sync_directory, write_all
from maintenance_core.stores.ownership import carry_over, share_new_file

__all__ = ["Entry", "History", "Journal"]

_MAX_LINE = 4 * MAX_BYTES
"""No entry is longer: it tells of two states."""


class Journal:
    """The journal in the file at ``path``, which need not exist.

    Files have at most ``max_bytes``, unless one entry alone has more; ``keep`` full ones are kept.
    """

    def __init__(
        self, path: str | os.PathLike[str], *, max_bytes: int = MAX_BYTES, keep: int = 3
    ) -> None:
        self.path = Path(os.path.abspath(os.fspath(path)))
        self.max_bytes = max_bytes
        older = (f"{self.path.name}.{number}" for number in range(1, keep + 1))
        self._names = [self.path, *map(self.path.with_name, older)]

    def __repr__(self) -> str:
        return f"Journal({str(self.path)!r})"

    def history(self, limit: int | None = None) -> History:
        """The entries, or only the last ``limit`` ones. Never raises, writes, locks or waits."""
        contents, problem = read_files(self._names, max(self.max_bytes, _MAX_LINE))
        entries: list[Entry] = []
        damaged = 0
        for entry in chain.from_iterable(map(_newest_first, contents)):
            if len(entries) == limit:
                break
            if entry is None:
                damaged += 1
            else:
                entries.append(entry)
        return History(tuple(reversed(entries)), damaged, problem)

    def record(self, entry: Entry) -> None:
        """Add ``entry``; it is on disk when this returns.

        Only for the holder of the lock of the state, so that there is one writer at a time.
        Raises StoreError if it could not be added.
        """
        line = encode_entry(entry)
        try:
            if not self._append(line):
                self._begin(line)
        except StoreError:
            raise
        except OSError as error:
            raise StoreError(str(self.path), _why_not_recorded(error)) from error

    def _append(self, line: bytes) -> bool:
        """Add a line to the newest file, if there is one and it has room."""
        try:
            descriptor = open_file(self.path, os.O_RDWR | os.O_APPEND)
        except FileNotFoundError:
            return False
        try:
            info = os.fstat(descriptor)
            if _is_torn(descriptor, info.st_size):
                # What a killed writer has left stays a line of its own.
                line = b"\n" + line
            # With a second name it may be somebody else's file, or the copy in a backup.
            if info.st_nlink > 1 or info.st_size + len(line) > self.max_bytes:
                return False
            write_all(descriptor, line)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        return True

    def _begin(self, line: bytes) -> None:
        """Put a new file in the place of the newest one, which becomes an older one."""
        there = [facts(name) for name in self._names]
        new = self.path.with_name(f".{self.path.name}.tmp")
        _remove(new)
        try:
            self._create(new, line, next(filter(None, there), None))
            # A killed writer may have left a name free: what is older than that stays.
            free = there.index(None) if None in there else len(there) - 1
            for number in range(free, 0, -1):
                os.rename(self._names[number - 1], self._names[number])
            os.rename(new, self.path)
        except BaseException:
            _remove(new)
            raise
        sync_directory(self.path.parent)

    def _create(self, name: Path, line: bytes, newest: os.stat_result | None) -> None:
        descriptor = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            if newest is None:
                self._share(descriptor)
            else:
                carry_over(newest, descriptor, str(self.path))
            write_all(descriptor, line)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _share(self, descriptor: int) -> None:
        """Let those read it who may read the state, and those add to it who may replace that."""
        directory = self.path.parent
        share_new_file(descriptor, directory)
        there, ours = os.stat(directory), os.fstat(descriptor)
        writers = stat.S_IWOTH | (stat.S_IWGRP if ours.st_gid == there.st_gid else 0)
        if not there.st_mode & stat.S_ISVTX:
            os.fchmod(descriptor, stat.S_IMODE(ours.st_mode) | there.st_mode & writers)


def _newest_first(content: bytes) -> Iterator[Entry | None]:
    """The entries of a file; None stands for a line that is none."""
    *lines, end = content.split(b"\n")
    # The line without an end may be one that is being written.
    entry = decode_entry(end)
    if entry is not None:
        yield entry
    yield from map(decode_entry, filter(None, reversed(lines)))


def _is_torn(descriptor: int, size: int) -> bool:
    return size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"


def _remove(name: Path) -> None:
    with suppress(OSError):
        os.unlink(name)


def _why_not_recorded(error: OSError) -> str:
    sentence = f"the change could not be recorded ({error.strerror})"
    if isinstance(error, PermissionError):
        return f"{sentence}; make it writable for the user who runs this: chmod or chown."
    return f"{sentence}."
