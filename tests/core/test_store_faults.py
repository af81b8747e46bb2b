"""The n-th system call of a change fails, for every n: the state is the old or the new one."""

import contextlib
import errno
import os
import threading

import pytest

from maintenance_core import FileStore, StoreError, switch_on
from tests.core.child import STEPS
from tests.core.helpers import NOBODY, NOW, kept_copies, leftovers
from tests.core.things import directory, empty_directory, fifo, unix_socket


class Faults:
    """Lets system calls fail: the ``nth`` one of ``calls``, or that one and all after it."""

    def __init__(self, nth, number, *, calls=STEPS, lasting=False):
        self.nth, self.number, self.calls, self.lasting = nth, number, calls, lasting
        self.count = 0
        self.thread = threading.get_ident()

    @property
    def happened(self):
        return self.count >= self.nth

    @contextlib.contextmanager
    def injected(self):
        with pytest.MonkeyPatch.context() as patch:
            for name in self.calls:
                patch.setattr(os, name, self.failing(name, getattr(os, name)))
            yield self

    def failing(self, name, real):
        def call(*arguments, **options):
            if threading.get_ident() != self.thread:
                return real(*arguments, **options)
            self.count += 1
            if self.count == self.nth or (self.lasting and self.count > self.nth):
                if name == "close":
                    real(*arguments)  # As in Linux: it fails, and the descriptor is gone.
                raise OSError(self.number, os.strerror(self.number))
            return real(*arguments, **options)

        return call


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


SCENES = [nothing, state, old_one, corrupt, linked, foreign, empty_directory]
REFUSED = [fifo, unix_socket, directory]


def content(path):
    """What is at ``path``, in words that do not change when it is put back."""
    if path.is_symlink():
        return path.readlink(), path.exists() and path.resolve().read_bytes()
    if path.is_dir():
        return sorted(name.name for name in path.iterdir())
    if path.is_file():
        return path.read_bytes()
    return os.lstat(path).st_mode if os.path.lexists(path) else None


@pytest.mark.parametrize("lasting", [False, True], ids=["once", "for good"])
@pytest.mark.parametrize("make", SCENES)
@pytest.mark.parametrize("calls", [STEPS, *[(name,) for name in STEPS]], ids="-".join)
def test_the_old_or_the_new_state_stands(tmp_path, make, lasting, calls, no_disk_sync):
    for number in (errno.ENOSPC, errno.EIO, errno.EPERM):
        for nth in range(1, 200):
            place = tmp_path / f"{number}-{nth}"
            place.mkdir()
            path = place / "state.json"
            make(path)
            faults = Faults(nth, number, calls=calls, lasting=lasting)
            check(path, faults)
            if not faults.happened:
                break
        else:
            raise AssertionError("the change makes more and more system calls")


def check(path, faults):
    store = FileStore(path)
    before, old = content(path), store.read()
    error = update = None
    with faults.injected():
        try:
            update = switch_on(store, now=NOW, reason="new")
        except StoreError as failed:
            error = failed
    told = f"call {faults.nth} of {faults.calls} failed, and the change said: {error}"
    if error is None:
        assert store.read().state == update.after, told
    elif "could not be put back" not in str(error):
        assert content(path) == before, told
        assert store.read().state == old.state, told
        # What can never be removed again stays as a second name of what is in its place.
        assert faults.lasting or kept_copies(path) == [], told
    else:
        assert faults.lasting, told
        assert_whole_after_a_failed_return(store, old, before, told)
    assert faults.happened or error is None, told
    assert_next_change_works(store, told)


def assert_whole_after_a_failed_return(store, old, before, told):
    """The new state stands, unconfirmed; or a directory has lost its place, but not its name."""
    state = store.read().state
    if isinstance(before, list):
        assert [content(name) for name in kept_copies(store.path)] == [before], told
    else:
        assert state is not None, told
        assert state.windows[-1].reason == "new", told
        assert old.state is not None or before in map(content, kept_copies(store.path)), told


def assert_next_change_works(store, told):
    switch_on(store, now=NOW, reason="next")
    assert store.read().state.windows[-1].reason == "next", told
    assert leftovers(store.path.parent) == [], told


@pytest.mark.parametrize("make", SCENES + REFUSED)
@pytest.mark.parametrize("name", ["open", "read", "close", "fstat", "stat", "lstat", "listdir"])
@pytest.mark.parametrize("lasting", [False, True], ids=["once", "for good"])
def test_reading_never_raises(path, make, name, lasting):
    make(path)
    for nth in range(1, 50):
        faults = Faults(nth, errno.EIO, calls=(name,), lasting=lasting)
        with faults.injected():
            reading = FileStore(path).read()
            FileStore(path).fingerprint()
        assert (reading.state is None) != (reading.problem is None)
        if not faults.happened:
            return
    raise AssertionError("reading makes more and more system calls")
