"""System calls that fail, the n-th one for every n, and what may be there before."""

import contextlib
import errno
import fcntl
import os
import threading

import pytest

from maintenance_core import FileStore, switch_on
from tests.core.child import STEPS
from tests.core.helpers import NOBODY, NOW

NUMBERS = (
    errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EINTR, errno.EXDEV, errno.EBUSY, errno.EPERM,
    errno.EACCES, errno.EMFILE, errno.ESTALE,
)  # fmt: skip
CALLS = (*STEPS, "stat", "lstat", "fstat", "scandir", "listdir", "pread", "flock")
"""Every system call of a change."""


class Faults:
    """Lets system calls fail: the ``nth`` one of ``calls``, or that one and all after it."""

    def __init__(self, nth, number, *, calls=STEPS, lasting=False):
        self.nth, self.number, self.calls, self.lasting = nth, number, calls, lasting
        self.count = 0
        self.thread = threading.get_ident()

    def error(self):
        return OSError(self.number, os.strerror(self.number))

    @property
    def happened(self):
        return self.count >= self.nth

    @contextlib.contextmanager
    def injected(self):
        with pytest.MonkeyPatch.context() as patch:
            for name in self.calls:
                module = fcntl if name == "flock" else os
                patch.setattr(module, name, self.failing(name, getattr(module, name)))
            yield self

    def failing(self, name, real):
        def call(*arguments, **options):
            if threading.get_ident() != self.thread:
                return real(*arguments, **options)
            self.count += 1
            if self.count == self.nth or (self.lasting and self.count > self.nth):
                if name == "close":
                    real(*arguments)  # As in Linux: it fails, and the descriptor is gone.
                raise self.error()
            return real(*arguments, **options)

        return call

    def __str__(self):
        often = " and all after it" if self.lasting else ""
        return f"call {self.nth} of {'-'.join(self.calls)}{often}: {os.strerror(self.number)}"


class Interrupts(Faults):
    """A signal comes instead, and what handles it raises."""

    def error(self):
        return KeyboardInterrupt()

    def __str__(self):
        return f"interrupted at call {self.nth} of {'-'.join(self.calls)}"


def every_nth(number, *, kind=Faults, **options):
    """A fault at the first call, at the second, and so on until one comes too late to happen."""
    for nth in range(1, 200):
        faults = kind(nth, number, **options)
        yield faults
        if not faults.happened:
            return
    raise AssertionError("there are more and more system calls")


def open_descriptors():
    return len(os.listdir("/proc/self/fd"))


def nothing(path):
    pass


def state(path):
    switch_on(FileStore(path), now=NOW, reason="old")
    if os.geteuid() == 0:
        os.chown(path, NOBODY, NOBODY)


def old_one(path):
    path.write_text("1")


def corrupt(path):
    path.write_text("broken")


def linked(path):
    real = path.with_name("real.json")
    real.write_text("1")
    path.symlink_to(real)


def foreign(path):
    real = path.with_name("foreign")
    real.write_text("foreign")
    path.symlink_to(real)


def content(path):
    """What is at ``path``, in words that do not change when it is put back."""
    if path.is_symlink():
        return path.readlink(), path.exists() and path.resolve().read_bytes()
    if path.is_dir():
        return sorted(name.name for name in path.iterdir())
    if path.is_file():
        return path.read_bytes()
    return os.lstat(path).st_mode if os.path.lexists(path) else None
