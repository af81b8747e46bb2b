"""One writer at a time: an exclusive lock on a file of its own beside the state."""

import errno
import fcntl
import os
import shlex
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from maintenance_core.exceptions import StoreError
from maintenance_core.stores.ownership import share_lock

__all__ = ["exclusive_lock"]

_PAUSE = 0.005
_NOT_A_FILE = (errno.ELOOP, errno.ENXIO)
"""What opening a link, or a socket, ends with."""


@contextmanager
def exclusive_lock(path: Path, timeout: float) -> Iterator[None]:
    """Hold the lock at ``path``; the kernel frees it if the process dies.

    Waits at most ``timeout`` seconds. Raises StoreError if the file cannot be opened or the
    lock is not to be had.
    """
    descriptor = _acquire(path, time.monotonic() + timeout, timeout)
    try:
        yield
    finally:
        # A child forked meanwhile shares the lock through its copy of the descriptor, so that
        # closing ours would not free it. The change is made by now: nothing here undoes it.
        try:
            with suppress(OSError):
                fcntl.flock(descriptor, fcntl.LOCK_UN)
        finally:
            with suppress(OSError):
                os.close(descriptor)


def _acquire(path: Path, deadline: float, timeout: float) -> int:
    while True:
        descriptor = _open(path)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_still_at(path, descriptor):
                return descriptor
        except BlockingIOError:
            pass
        except BaseException as error:
            # Also if a signal ends the waiting: what stays open would hold the lock.
            os.close(descriptor)
            if not isinstance(error, OSError):
                raise
            raise StoreError(
                str(path),
                f"the lock file {path} cannot be locked ({error.strerror}); nothing was changed.",
            ) from error
        os.close(descriptor)
        if time.monotonic() >= deadline:
            raise StoreError(
                str(path),
                f"another process has held the lock for {timeout:g} s; nothing was changed. "
                f"Find it with: fuser {shlex.quote(str(path))}",
            )
        time.sleep(_PAUSE)


def _open(path: Path) -> int:
    # Never truncated, never removed after use: a second file of the same name would be a
    # second lock. Never through a link, which could point to something that must not be opened.
    try:
        descriptor = _create_or_open(path)
    except OSError as error:
        if error.errno in _NOT_A_FILE:
            raise _not_a_file(path) from error
        raise StoreError(
            str(path),
            f"the lock file {path} cannot be opened ({error.strerror}); nothing was changed. "
            "Run as the owner of its directory, or name another path for the state.",
        ) from error
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise _not_a_file(path)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _not_a_file(path: Path) -> StoreError:
    return StoreError(
        str(path), f"the lock file {path} is not a regular file; nothing was changed. Remove it."
    )


def _create_or_open(path: Path) -> int:
    flags = os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        descriptor = os.open(path, flags | os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        # Whoever may only read the lock file of another user can lock it as well.
        return os.open(path, flags | os.O_RDONLY)
    # Only what was created here is given away: a name found here may be a hard link to a file
    # that is somebody else's.
    try:
        share_lock(descriptor, path.parent)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _is_still_at(path: Path, descriptor: int) -> bool:
    ours = os.fstat(descriptor)
    try:
        there = os.stat(path, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return (ours.st_dev, ours.st_ino) == (there.st_dev, there.st_ino)
