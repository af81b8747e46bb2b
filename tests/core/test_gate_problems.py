"""A worker that cannot be counted serves on, and says why."""

import errno
import fcntl
import os
import socket
import sys

import pytest

from maintenance_core import FileStore, StoreError, gate_file, switch_off, switch_on
from maintenance_core.draining import look
from maintenance_core.gate import Gate
from tests.core.gate_workers import open_descriptors, seen, worker
from tests.core.helpers import NOBODY, OTHER, in_time, mode, needs_root, owner

UNTIL_THEN = " Until then no drain waits for the requests of this process."


@pytest.fixture
def path(tmp_path):
    return tmp_path / ".state.json.gate"


def problem_at(path):
    """What a worker says in whose way there is something."""
    gate = Gate(path)
    visit = gate.visit()
    in_time(visit.enter)
    visit.leave()
    return gate.problem


@pytest.mark.parametrize("kind", ["link", "lost link", "directory", "fifo", "socket"])
def test_what_is_not_a_file_is_told_and_left_alone(path, tmp_path, kind):
    foreign = tmp_path / "foreign"
    foreign.write_text("foreign")
    if kind == "link":
        path.symlink_to(foreign)
    elif kind == "lost link":
        path.symlink_to(tmp_path / "missing")
    elif kind == "directory":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    else:
        with socket.socket(socket.AF_UNIX) as listener, pytest.MonkeyPatch.context() as patch:
            patch.chdir(tmp_path)
            listener.bind(path.name)
    before = os.lstat(path), os.lstat(foreign)
    reason = f"{path}: the gate is not a regular file; remove it."
    assert problem_at(path) == reason + UNTIL_THEN
    with pytest.raises(StoreError) as failed:
        look(path)
    assert str(failed.value) == reason
    assert (os.lstat(path), os.lstat(foreign)) == before
    assert not (tmp_path / "missing").exists()
    assert open_descriptors(path) == 0


def test_a_missing_directory_is_told(tmp_path):
    path = tmp_path / "missing" / "gate"
    assert problem_at(path) == (
        f"{path}: the gate cannot be created (No such file or directory); "
        f"create its directory.{UNTIL_THEN}"
    )
    assert seen(path) == (0, 0)


def test_a_file_in_the_place_of_the_directory_is_told(tmp_path):
    path = tmp_path / "file" / "gate"
    path.parent.touch()
    assert problem_at(path) == (
        f"{path}: the gate cannot be opened (Not a directory); try again.{UNTIL_THEN}"
    )


@needs_root
def test_a_directory_that_the_user_may_not_write_is_told(open_directory):
    path = open_directory / "gate"
    with worker("as_user", NOBODY, NOBODY, path) as process:
        assert process.ready == [
            f"{path}: the gate cannot be created (Permission denied); let the user who runs this "
            "write its directory, or create an empty file there that they can read." + UNTIL_THEN,
            0,
        ]
    assert not path.exists()


@needs_root
def test_an_empty_file_that_the_user_can_only_read_is_a_gate(open_directory):
    path = open_directory / "gate"
    path.touch(mode=0o444)
    with worker("as_user", NOBODY, NOBODY, path) as process:
        assert process.ready == [None, 1]


@needs_root
def test_a_file_that_the_user_cannot_read_is_told(open_directory):
    path = open_directory / "gate"
    path.touch(mode=0o600)
    reason = (
        f"{path}: the gate cannot be opened (Permission denied); "
        "make it readable for the user who runs this: chmod or chown."
    )
    with worker("as_user", NOBODY, NOBODY, path) as process:
        assert process.ready == [reason + UNTIL_THEN, reason]


@needs_root
def test_another_user_who_can_only_read_sees_who_is_busy(open_directory):
    path = open_directory / "gate"
    with Gate(path).visit(), worker("as_user", NOBODY, NOBODY, path) as process:
        assert process.ready == [None, 2]


@pytest.mark.parametrize("umask", [0, 0o077], indirect=True)
@pytest.mark.parametrize(("directory", "bits"), [(0o755, 0o644), (0o750, 0o640), (0o770, 0o640)])
def test_a_new_file_can_be_read_by_those_who_work_in_its_directory(path, umask, directory, bits):
    path.parent.chmod(directory)
    assert problem_at(path) is None
    assert mode(path) == bits


@needs_root
def test_a_new_file_of_root_belongs_to_the_owner_of_its_directory(path):
    os.chown(path.parent, NOBODY, OTHER)
    assert problem_at(path) is None
    assert owner(path) == (NOBODY, OTHER)


def test_what_is_in_the_file_does_not_matter_and_stays(path):
    path.write_text("mine")
    assert problem_at(path) is None
    assert path.read_text() == "mine"


def test_of_two_workers_that_create_the_file_both_are_there(path, monkeypatch):
    first, open_ = Gate(path), os.open

    def another_is_faster(name, flags, *arguments):
        if flags & os.O_CREAT:
            monkeypatch.undo()
            with first.visit():
                path.chmod(0o604)
        return open_(name, flags, *arguments)

    monkeypatch.setattr(os, "open", another_is_faster)
    second = Gate(path)
    with second.visit():
        assert seen(path) == (2, 1)
    assert mode(path) == 0o604, "what was not created here is not shared by us"


def test_a_file_that_cannot_be_shared_is_told(path, monkeypatch):
    def fails(*arguments):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fchmod", fails)
    assert problem_at(path) == (
        f"{path}: the gate cannot be created (Input/output error); try again.{UNTIL_THEN}"
    )
    assert open_descriptors(path) == 0


def test_a_file_system_without_locks_is_told(path, monkeypatch):
    path.touch()

    def fails(*arguments):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "fcntl", fails)
    assert problem_at(path) == (
        f"{path}: the gate cannot be locked (No locks available); keep the state on a local "
        f"file system, and let no other program lock this file.{UNTIL_THEN}"
    )
    with pytest.raises(StoreError) as failed:
        look(path)
    assert str(failed.value) == (
        f"{path}: the gate cannot be looked at (No locks available); "
        "keep the state on a local file system."
    )
    assert open_descriptors(path) == 0


def test_a_system_without_such_locks_is_told(path, monkeypatch):
    monkeypatch.setattr(gate_file, "SUPPORTED", False)
    monkeypatch.setattr(sys.modules["maintenance_core.draining"], "SUPPORTED", False)
    assert problem_at(path) == (
        f"{path}: this system lacks the locks that a gate needs; run on Linux.{UNTIL_THEN}"
    )
    assert look(path) is None
    assert not path.exists()


def test_whoever_switches_makes_the_file_for_workers_that_may_not(open_directory):
    store = FileStore(open_directory / "state.json")
    switch_on(store)
    assert mode(store.gate_path) == mode(store.path)
    there = store.gate_path.stat()
    switch_off(store)
    assert os.path.samestat(there, store.gate_path.stat())


def test_a_switch_makes_no_file_through_a_link_in_its_place(tmp_path):
    store = FileStore(tmp_path / "state.json")
    store.gate_path.symlink_to(tmp_path / "nowhere")
    assert switch_on(store).changed
    assert not (tmp_path / "nowhere").exists()
