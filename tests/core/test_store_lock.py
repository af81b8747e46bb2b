"""One writer at a time, and none that waits for ever."""

import errno
import fcntl
import os
import socket
import subprocess
import sys
import threading
import time

import pytest

from maintenance_core import FileStore, StoreError, switch_off, switch_on
from tests.core.helpers import (
    NOW,
    PATIENCE,
    ROOT,
    in_time,
    in_time_or_raise,
    needs_root,
    open_window,
)


@pytest.fixture
def lock(path):
    return path.with_name(".state.json.lock")


@pytest.fixture
def locked(lock):
    """Another process holds the lock."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.core.child", "hold_lock", lock],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout.readline() == b'"locked"\n'
        yield process
        process.kill()


def test_a_lock_that_is_not_to_be_had_is_told_with_its_name(path, lock, locked):
    with pytest.raises(StoreError) as failed:
        in_time_or_raise(lambda: switch_on(FileStore(path, lock_timeout=0.05), now=NOW))
    assert str(failed.value) == (
        f"{path}: another process has held the lock for 0.05 s; nothing was changed. "
        f"Find it with: fuser {lock}"
    )
    assert not path.exists()


def test_reading_does_not_wait_for_a_writer(store, path, locked):
    path.write_text("1")
    assert in_time(store.read).state.phase(NOW) == "on"


def test_a_writer_that_is_killed_frees_the_lock(path, locked):
    done = threading.Event()

    def switch():
        switch_on(FileStore(path, lock_timeout=PATIENCE), now=NOW)
        done.set()

    thread = threading.Thread(target=switch, daemon=True)
    thread.start()
    locked.kill()
    assert done.wait(PATIENCE)
    thread.join()


def test_a_path_with_spaces_can_be_pasted(tmp_path):
    path = tmp_path / "a b"
    with (tmp_path / ".a b.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(StoreError, match=r"fuser '/.*/\.a b\.lock'"):
            switch_on(FileStore(path, lock_timeout=0), now=NOW)


@pytest.mark.parametrize("kind", ["link", "lost link", "directory", "fifo", "socket"])
def test_a_lock_file_that_is_none_is_told_and_left_alone(store, path, lock, tmp_path, kind):
    foreign = tmp_path / "foreign"
    foreign.write_text("foreign")
    if kind == "link":
        lock.symlink_to(foreign)
    elif kind == "lost link":
        lock.symlink_to(tmp_path / "missing")
    elif kind == "directory":
        lock.mkdir()
    elif kind == "fifo":
        os.mkfifo(lock)
    else:
        with socket.socket(socket.AF_UNIX) as listener, pytest.MonkeyPatch.context() as patch:
            patch.chdir(tmp_path)
            listener.bind(lock.name)
    before = os.lstat(lock), os.lstat(foreign)
    with pytest.raises(StoreError, match=r"lock is not a regular file; nothing was changed\. Rem"):
        in_time_or_raise(lambda: switch_on(store, now=NOW))
    assert (os.lstat(lock), os.lstat(foreign)) == before
    assert not (tmp_path / "missing").exists()
    assert not path.exists()


@needs_root
def test_a_lock_file_that_is_a_second_name_of_a_foreign_file_is_not_given_away(
    open_directory, tmp_path
):
    foreign = open_directory / "foreign"
    foreign.write_text("foreign")
    os.link(foreign, open_directory / ".state.json.lock")
    os.chown(open_directory, 65534, 65534)
    switch_on(FileStore(open_directory / "state.json"), now=NOW)
    assert (foreign.stat().st_uid, foreign.read_text()) == (os.getuid(), "foreign")


def test_a_lock_file_that_may_only_be_read_can_be_locked(store, lock):
    lock.touch(mode=0o440)
    assert switch_on(store, now=NOW).changed


def test_the_content_of_a_lock_file_does_not_matter_and_stays(store, lock):
    lock.write_text("mine")
    switch_on(store, now=NOW)
    assert lock.read_text() == "mine"


def test_a_lock_file_that_is_replaced_while_a_writer_waits_is_no_lock(path, lock, monkeypatch):
    """The old file and the new one would be two locks, and so let in two writers."""
    real, replaced = fcntl.flock, []

    def replace_once(descriptor, operation):
        if operation & fcntl.LOCK_EX and not replaced:
            replaced.append(True)
            lock.rename(lock.with_name("old lock"))
            lock.touch()
        return real(descriptor, operation)

    held = []
    monkeypatch.setattr(fcntl, "flock", replace_once)
    FileStore(path).change(lambda state: held.append(is_locked(lock)) or state)
    assert held == [True]


def test_a_lock_file_that_is_removed_while_a_writer_waits_is_made_anew(path, lock, monkeypatch):
    real, removed = fcntl.flock, []

    def remove_once(descriptor, operation):
        if operation & fcntl.LOCK_EX and not removed:
            removed.append(True)
            lock.unlink()
        return real(descriptor, operation)

    held = []
    monkeypatch.setattr(fcntl, "flock", remove_once)
    FileStore(path).change(lambda state: held.append(is_locked(lock)) or state)
    assert held == [True]


def is_locked(lock):
    with lock.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


@pytest.mark.parametrize("unlock_fails", [True, False])
def test_a_lock_that_cannot_be_freed_does_not_undo_the_change(store, monkeypatch, unlock_fails):
    real = fcntl.flock

    def flock(descriptor, operation):
        if operation == fcntl.LOCK_UN and unlock_fails:
            raise OSError(errno.EIO, "Input/output error")
        return real(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", flock)
    assert switch_on(store, now=NOW).changed
    assert switch_off(store, now=NOW).changed


def test_a_file_system_without_locks_is_told(store, path, monkeypatch):
    def flock(descriptor, operation):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", flock)
    with pytest.raises(StoreError, match=r"cannot be locked \(No locks available\); nothing was"):
        switch_on(store, now=NOW)
    assert not path.exists()


@pytest.mark.parametrize(("module", "call"), [(fcntl, "flock"), (os, "fstat"), (time, "sleep")])
def test_a_signal_that_ends_the_waiting_leaves_the_lock_free(
    store, lock, monkeypatch, module, call
):
    """As a server does that is told to end: what handles the signal raises."""
    real, descriptors = getattr(module, call), len(os.listdir("/proc/self/fd"))

    def interrupted(*arguments):
        real(*arguments)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, lock.open("w") as file:
        if call == "sleep":
            fcntl.flock(file, fcntl.LOCK_EX)
        patch.setattr(module, call, interrupted)
        with pytest.raises(KeyboardInterrupt):
            switch_on(store, now=NOW)
    assert len(os.listdir("/proc/self/fd")) == descriptors
    assert not is_locked(lock)
    assert switch_on(store, now=NOW).changed


@pytest.mark.parametrize("call", ["fchown", "fchmod"])
def test_a_lock_file_that_cannot_be_shared_is_told(open_directory, monkeypatch, call):
    def fails(*arguments):
        raise OSError(errno.EIO, "Input/output error")

    seems_to_be_somebody_elses(open_directory, monkeypatch)
    monkeypatch.setattr(os, call, fails)
    descriptors = len(os.listdir("/proc/self/fd"))
    with pytest.raises(StoreError, match=r"cannot be opened \(Input/output error\)"):
        switch_on(FileStore(open_directory / "state.json"), now=NOW)
    assert len(os.listdir("/proc/self/fd")) == descriptors


def test_what_may_not_be_given_to_the_owner_of_the_directory_is_no_error(
    open_directory, monkeypatch
):
    asked = []

    def fchown(descriptor, uid, gid):
        asked.append(uid)
        raise PermissionError(errno.EPERM, "Operation not permitted")

    directory = seems_to_be_somebody_elses(open_directory, monkeypatch)
    monkeypatch.setattr(os, "fchown", fchown)
    assert open_window(FileStore(open_directory / "state.json")).changed
    assert asked == [directory.st_uid] * 2, "of the lock file and of the state"


def seems_to_be_somebody_elses(open_directory, monkeypatch):
    """Root runs this, in a directory of another user, without a way to that user."""
    directory = os.stat(open_directory)

    class Other:
        st_uid, st_gid = directory.st_uid + 1, directory.st_gid

        def __getattr__(self, name):
            return getattr(directory, name)

    real = os.stat
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(
        os, "stat", lambda name, **how: Other() if name == open_directory else real(name, **how)
    )
    monkeypatch.setattr(os, "fchown", lambda *arguments: None)
    return Other


def test_a_lock_is_free_after_a_change_even_if_a_child_still_has_its_descriptor(store, lock):
    copies = []

    def fork_alike(state):
        (descriptor,) = [
            int(name)
            for name in os.listdir("/proc/self/fd")
            if os.path.exists(f"/proc/self/fd/{name}")
            and os.path.samefile(f"/proc/self/fd/{name}", lock)
        ]
        copies.append(os.dup(descriptor))
        return state

    store.change(fork_alike)
    assert not is_locked(lock)
    os.close(copies[0])


def test_waiting_ends_at_the_deadline(path, lock, locked, monkeypatch):
    moments = iter([0.0, 0.0, 5.0, 11.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(moments))
    with pytest.raises(StoreError, match="for 10 s"):
        switch_on(FileStore(path), now=NOW)
