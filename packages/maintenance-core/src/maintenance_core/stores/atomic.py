"""Put a file in the place of another so that a reader, or a crash, finds the one or the other."""

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from maintenance_core.exceptions import StoreError
from maintenance_core.stores.ownership import (
    carry_over,
    give_to_directory_owner,
    mode_of_new_file,
)

__all__ = ["put_in_place", "sweep"]

_NO_DIRECTORY_SYNC = (errno.EINVAL, errno.ENOTSUP)


def sweep(target: Path) -> None:
    """Remove what killed writers left behind. Only for the holder of the lock."""
    prefix = _prefix(target)
    with suppress(OSError), os.scandir(target.parent) as entries:
        for entry in entries:
            if entry.name.startswith(prefix) and entry.name.endswith(".tmp"):
                with suppress(OSError):
                    os.unlink(entry.path)


@contextmanager
def put_in_place(target: Path, data: bytes, previous: os.stat_result | None) -> Iterator[None]:
    """Make ``target`` a file with ``data``, on disk, as long as the body does not raise.

    ``previous`` is the file that is there now, whose owner and permissions are kept, or None if
    there is none. If anything fails, in here or in the body, what was there is put back. Raises
    OSError, or StoreError from the ownership rules.
    """
    new = _write_temporary(target, data, previous)
    try:
        old = _second_name(target) if previous is not None else None
        try:
            os.rename(new, target)
            try:
                _sync_directory(target.parent)
                yield
            except BaseException:
                _put_back(target, old)
                raise
        finally:
            if old is not None:
                with suppress(OSError):
                    os.unlink(old)
    finally:
        with suppress(OSError):
            os.unlink(new)


def _put_back(target: Path, old: Path | None) -> None:
    try:
        if old is None:
            os.unlink(target)
        else:
            os.rename(old, target)
    except OSError as error:
        raise StoreError(
            str(target),
            "the change failed half-way and what was there could not be put back "
            f"({error.strerror}); look at the status before you go on.",
        ) from error
    with suppress(OSError):
        _sync_directory(target.parent)


def _prefix(target: Path) -> str:
    return f".{target.name}."


def _temporary_name(target: Path) -> Path:
    return target.with_name(f"{_prefix(target)}{os.getpid()}-{secrets.token_hex(6)}.tmp")


def _write_temporary(target: Path, data: bytes, previous: os.stat_result | None) -> Path:
    name = _temporary_name(target)
    mode = 0o600 if previous is not None else mode_of_new_file(target.parent)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(name, flags, mode)
    try:
        try:
            if previous is None:
                give_to_directory_owner(descriptor, target.parent)
            else:
                carry_over(previous, descriptor, str(target))
            _write_all(descriptor, data)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise
    return name


def _write_all(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _second_name(target: Path) -> Path:
    """Another name for the file at ``target``, from which it can be put back."""
    name = _temporary_name(target)
    try:
        os.link(target, name)
    except OSError:
        # No hard links on this file system: a copy does as well, with the same owner and mode.
        return _write_temporary(name, target.read_bytes(), os.stat(target))
    return name


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Some file systems keep no directory that could be synced.
        if error.errno not in _NO_DIRECTORY_SYNC:
            raise
    finally:
        os.close(descriptor)
