"""The files of a journal: opened without harm, and read in order while they are rotated."""

import errno
import os
import stat
from collections.abc import Iterable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

from maintenance_core.exceptions import StoreError

__all__ = ["facts", "open_file", "read_files"]

_SAFELY = os.O_NOFOLLOW | os.O_NONBLOCK
_NOT_A_FILE = (errno.ELOOP, errno.ENXIO, errno.EISDIR)
"""What opening a link, a socket, or a directory ends with."""


def facts(name: Path) -> os.stat_result | None:
    """What is known of the file; None if there is none. Raises StoreError if it is no file."""
    try:
        info = os.lstat(name)
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(info.st_mode):
        raise _not_a_file(name)
    return info


def open_file(name: Path, flags: int) -> int:
    """A descriptor of a regular file. Raises OSError, or StoreError if it is something else."""
    try:
        descriptor = os.open(name, flags | _SAFELY)
    except OSError as error:
        if error.errno in _NOT_A_FILE:
            raise _not_a_file(name) from error
        raise
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise _not_a_file(name)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


@dataclass(frozen=True, slots=True)
class _File:
    device: int
    inode: int
    descriptor: int = field(compare=False)
    content: bytes = field(compare=False)


def read_files(names: Iterable[Path], most: int) -> tuple[list[bytes], str | None]:
    """The contents of the files, and in a sentence why that may not be all. Never raises.

    ``names`` begins with the newest file, and so do the contents. A missing file is passed
    over. Of one with more than ``most`` bytes only the last lines are read.
    """
    files, problems = [], []
    with ExitStack() as opened:
        for name in names:
            try:
                descriptor = open_file(name, os.O_RDONLY)
                # Open to the end, so that no new file can get the inode of one that was read.
                opened.callback(_close, descriptor)
                info = os.fstat(descriptor)
                content = _last_lines(descriptor, info.st_size, most)
            except (FileNotFoundError, NotADirectoryError):
                continue
            except OSError as error:
                problems.append(_why_not_read(name, error))
                continue
            if info.st_size > most:
                problems.append(f"{name}: only its end was read; it has {info.st_size:,} bytes.")
            files.append(_File(info.st_dev, info.st_ino, descriptor, content))
        contents = [file.content for file in _in_order(files)]
    return contents, next(iter(problems), None)


def _in_order(files: Iterable[_File]) -> list[_File]:
    """The files as they were when the first one was opened, though they got other names since.

    Files only ever get the name of the next older one. Thus none is missed, but one that was
    found can be met again; then those in between are newer, and not of that moment.
    """
    ordered: list[_File] = []
    for file in files:
        if file in ordered:
            del ordered[ordered.index(file) + 1 :]
        else:
            ordered.append(file)
    with suppress(OSError):
        if not ordered or os.fstat(ordered[0].descriptor).st_nlink:
            return ordered
    # The first one has had all names and is gone: any of the others may be newer.
    return ordered[:1]


def _last_lines(descriptor: int, size: int, most: int) -> bytes:
    if size <= most:
        return _read(descriptor, most)
    os.lseek(descriptor, size - most, os.SEEK_SET)
    return _read(descriptor, most).partition(b"\n")[2]


def _read(descriptor: int, most: int) -> bytes:
    chunks = []
    while most and (chunk := os.read(descriptor, most)):
        chunks.append(chunk)
        most -= len(chunk)
    return b"".join(chunks)


def _close(descriptor: int) -> None:
    with suppress(OSError):
        os.close(descriptor)


def _why_not_read(name: Path, error: OSError) -> str:
    if isinstance(error, StoreError):
        return str(error)
    way_out = "try again"
    if isinstance(error, PermissionError):
        way_out = "make it readable for the user who runs this: chmod or chown"
    return f"{name}: it cannot be read ({error.strerror}); {way_out}."


def _not_a_file(name: Path) -> StoreError:
    return StoreError(str(name), "it is not a regular file; move it away.")
