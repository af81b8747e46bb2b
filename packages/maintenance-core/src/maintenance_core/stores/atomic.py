"""Put a file in the place of another so that a reader, or a crash, finds the one or the other."""

import errno
import os
import re
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from maintenance_core.exceptions import StoreError
from maintenance_core.stores.ownership import carry_over, share_new_file

__all__ = ["put_in_place", "sweep", "sync_directory", "write_all"]

_NO_DIRECTORY_SYNC = (errno.EINVAL, errno.ENOTSUP)
_CHUNK = 1024 * 1024


def sweep(target: Path) -> None:
    """Remove what killed writers left behind. Only for the holder of the lock."""
    # The whole name counts: a file beside this one, whose name begins alike, has its own lock.
    leftover = re.compile(rf"\.{re.escape(target.name)}\.\d+-[0-9a-f]{{12}}\.tmp", re.ASCII)
    with suppress(OSError), os.scandir(target.parent) as entries:
        for entry in entries:
            if leftover.fullmatch(entry.name):
                _remove(Path(entry.path))


@contextmanager
def put_in_place(target: Path, data: bytes, keep: Path | None) -> Iterator[None]:
    """Make ``target`` a file with ``data``, on disk, as long as the body does not raise.

    The owner and permissions of a file that is there are kept. What is there gets the name
    ``keep`` (None: it goes). If anything fails, in here or in the body, it is put back. Raises
    OSError, or StoreError from the ownership rules or if it could not be put back.
    """
    previous = _facts(target)
    new = _temporary_name(target)
    old = None if previous is None else keep or _temporary_name(target)
    _write(new, (data,), previous)
    try:
        if previous is not None and old is not None:
            _give_second_name(target, previous, old)
        os.rename(new, target)
        sync_directory(target.parent)
        yield
    except BaseException:
        _put_back(target, previous, old, new)
        raise
    if old is not None and keep is None:
        _remove(old)


def _put_back(target: Path, previous: os.stat_result | None, old: Path | None, new: Path) -> None:
    try:
        if os.path.lexists(new):
            _remove(new)
            if old is None or os.path.lexists(target):
                _remove(old)
                return
        elif previous is None or stat.S_ISDIR(previous.st_mode):
            # A directory cannot take the place of a file.
            os.unlink(target)
        if old is not None:
            os.rename(old, target)
    except OSError as error:
        raise StoreError(
            str(target),
            "the change failed half-way and what was there could not be put back "
            f"({error.strerror}); look at the status before you go on.",
        ) from error
    with suppress(OSError):
        sync_directory(target.parent)


def _facts(name: Path) -> os.stat_result | None:
    try:
        return os.lstat(name)
    except FileNotFoundError:
        return None


def _remove(name: Path | None) -> None:
    if name is not None:
        with suppress(OSError):
            os.unlink(name)


def _temporary_name(target: Path) -> Path:
    return target.with_name(f".{target.name}.{os.getpid()}-{os.urandom(6).hex()}.tmp")


def _write(name: Path, chunks: Iterable[bytes], previous: os.stat_result | None) -> None:
    """Make a file, on disk; if ``previous`` was a file, with its owner and permissions."""
    if previous is not None and not stat.S_ISREG(previous.st_mode):
        previous = None
    # For nobody else as long as it is not complete, and not anybody's who has put a link here.
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    descriptor = os.open(name, flags, 0o600)
    try:
        try:
            if previous is None:
                share_new_file(descriptor, name.parent)
            else:
                carry_over(previous, descriptor, str(name))
            for chunk in chunks:
                write_all(descriptor, chunk)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except BaseException:
        _remove(name)
        raise


def write_all(descriptor: int, data: bytes) -> None:
    """Write ``data`` however often that takes. Raises OSError."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _give_second_name(target: Path, info: os.stat_result, name: Path) -> None:
    """Another name for what is at ``target``, from which it can be put back.

    ``target`` stays in its place: a moment without it would be "off" for readers.
    """
    try:
        os.link(target, name, follow_symlinks=False)
    except OSError:
        if stat.S_ISREG(info.st_mode):
            # No hard links on this file system, or not for this user: a copy does as well.
            _write(name, _chunks(target), info)
        else:
            # A directory can have no second name. It was no state for readers before either.
            os.rename(target, name)


def _chunks(name: Path) -> Iterator[bytes]:
    with name.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk


def sync_directory(directory: Path) -> None:
    """Make the names in ``directory`` outlast a loss of power. Raises OSError."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Some file systems keep no directory that could be synced.
        if error.errno not in _NO_DIRECTORY_SYNC:
            raise
    finally:
        os.close(descriptor)
