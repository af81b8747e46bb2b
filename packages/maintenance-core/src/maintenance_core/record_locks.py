"""Read locks on single bytes of a file, and who holds some; nobody ever waits for one."""

import fcntl
import os
import struct
import sys

__all__ = ["SUPPORTED", "ByteLock", "held"]

# These locks belong to one opening of the file. Those of a process are lost as soon as any code
# in it closes any descriptor of the same file.
SUPPORTED = sys.platform == "linux" and hasattr(fcntl, "F_OFD_SETLK")

_FLOCK = struct.Struct("@hhqqi0q")
"""Type, whence, start, length and process of a ``struct flock``, with the padding of C."""


def _flock(kind: int, start: int, length: int) -> bytes:
    return _FLOCK.pack(kind, os.SEEK_SET, start, length, 0)


class ByteLock:
    """A read lock on the byte at ``offset``, there until it is released or ``descriptor`` closed.

    The byte need not exist. Both methods raise OSError.
    """

    def __init__(self, descriptor: int, offset: int) -> None:
        self._descriptor = descriptor
        self._take = _flock(fcntl.F_RDLCK, offset, 1)
        self._release = _flock(fcntl.F_UNLCK, offset, 1)

    def take(self) -> None:
        """Take the lock, which others may hold as well."""
        fcntl.fcntl(self._descriptor, fcntl.F_OFD_SETLK, self._take)

    def release(self) -> None:
        """Give it back, for every copy of the descriptor in every process."""
        fcntl.fcntl(self._descriptor, fcntl.F_OFD_SETLK, self._release)


def held(descriptor: int, area: range) -> list[range]:
    """What others than ``descriptor`` have locked of ``area``, in no order. Raises OSError.

    An empty list is the answer of one moment; more than that is put together from several.
    """
    found = []
    unknown = [area]
    while unknown:
        part = unknown.pop()
        locked = _any_held(descriptor, part) if part else None
        if locked is not None:
            found.append(locked)
            unknown += range(part.start, locked.start), range(locked.stop, part.stop)
    return found


def _any_held(descriptor: int, part: range) -> range | None:
    """One lock in ``part``: the kernel does not say the first of them, but any."""
    # What a lock for writing would be refused for, without taking it.
    question = _flock(fcntl.F_WRLCK, part.start, part.stop - part.start)
    answer = fcntl.fcntl(descriptor, fcntl.F_OFD_GETLK, question)
    kind, _, start, length, _ = _FLOCK.unpack(answer)
    if kind == fcntl.F_UNLCK:
        return None
    # A length of zero: to the end, however far that is.
    stop = start + length if length else part.stop
    return range(max(start, part.start), min(stop, part.stop))
