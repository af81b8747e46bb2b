"""What a view costs, and when it may be kept."""

import errno
import json
import os
import subprocess
import sys

import pytest

from maintenance_core import FileStore, Reader, switch_off, switch_on
from tests.core.helpers import NOW, PATIENCE, ROOT


@pytest.fixture
def reader(store):
    return Reader(store, clock=NOW.timestamp)


@pytest.fixture
def calls(monkeypatch):
    """The system calls that are made, by name."""
    made = []

    def count(name):
        real = getattr(os, name)

        def call(*arguments, **options):
            made.append(name)
            return real(*arguments, **options)

        monkeypatch.setattr(os, name, call)

    for name in ("stat", "lstat", "open", "read", "fstat", "scandir", "readlink", "close"):
        count(name)
    return made


def test_off_costs_one_stat(path, an_hour_later, calls):
    reader = Reader(FileStore(path))
    reader.current()
    calls.clear()
    for _ in range(3):
        assert not reader.current().on
    assert calls == ["stat"] * 3


@pytest.mark.parametrize("content", [b"1", b"0", b"broken"])
def test_what_does_not_change_costs_one_stat(path, an_hour_later, calls, content):
    path.write_bytes(content)
    reader = Reader(FileStore(path))
    first = reader.current()
    calls.clear()
    for _ in range(3):
        assert reader.current() is first
    assert calls == ["stat"] * 3


def test_a_thousand_windows_cost_one_stat(reader, store, an_hour_later, calls):
    for number in range(3):
        switch_on(store, now=NOW, reason=str(number))
    reader.current()
    calls.clear()
    reader.current()
    assert calls == ["stat"]


class Coarse:
    """The facts of a file on a file system that counts time in steps of two seconds."""

    def __init__(self, facts):
        self._facts = facts

    def __getattr__(self, name):
        value = getattr(self._facts, name)
        return 1_000_000_000_000 * 2 if name in {"st_mtime_ns", "st_ctime_ns"} else value


@pytest.fixture
def one_tick(monkeypatch):
    """Everything happens within one tick of the clock of the file system."""
    stat, fstat = os.stat, os.fstat
    monkeypatch.setattr("time.time_ns", lambda: 2_001 * 1_000_000_000)
    monkeypatch.setattr(os, "stat", lambda *name, **how: Coarse(stat(*name, **how)))
    monkeypatch.setattr(os, "fstat", lambda descriptor: Coarse(fstat(descriptor)))


@pytest.mark.parametrize("fact", ["st_dev", "st_ino", "st_size", "st_mtime_ns", "st_ctime_ns"])
def test_a_change_that_shows_in_one_fact_only_is_seen(
    store, path, an_hour_later, monkeypatch, fact
):
    class Changed:
        def __init__(self, facts):
            self._facts = facts

        def __getattr__(self, name):
            return getattr(self._facts, name) + (name == fact)

    path.write_text("1")
    before, real = store.fingerprint(), os.stat
    assert before == store.read().fingerprint == store.fingerprint()
    monkeypatch.setattr(os, "stat", lambda *name, **how: Changed(real(*name, **how)))
    assert store.fingerprint() != before


def rewrite_in_place(path, content):
    """Another content with the same size, inode and time stamps."""
    before = os.stat(path)
    with path.open("r+b") as file:
        file.write(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert os.stat(path).st_size == before.st_size
    assert os.stat(path).st_ino == before.st_ino


def test_a_change_that_leaves_no_sign_is_seen(reader, path, one_tick):
    path.write_text("0")
    for content, on in [(b"1", True), (b"0", False), (b"1", True)]:
        rewrite_in_place(path, content)
        assert reader.current().on is on


def test_a_change_in_place_with_the_old_time_stamp_is_seen(reader, path):
    path.write_text("0")
    for content, on in [(b"1", True), (b"0", False)] * 50:
        rewrite_in_place(path, content)
        assert reader.current().on is on


def test_a_change_that_keeps_everything_but_the_time_of_the_inode_is_seen(
    reader, path, an_hour_later
):
    path.write_text("0")
    os.utime(path, ns=(0, 0))
    assert not reader.current().on
    before = os.stat(path).st_ctime_ns
    while os.stat(path).st_ctime_ns == before:
        rewrite_in_place(path, b"1")
    assert reader.current().on


def test_another_file_of_the_same_size_and_age_is_seen(reader, path, an_hour_later):
    other = path.with_name("other")
    path.write_text("0")
    other.write_text("1")
    for name in (path, other):
        os.utime(name, ns=(0, 0))
    assert not reader.current().on
    other.rename(path)
    assert reader.current().on


def test_a_link_that_leads_elsewhere_is_seen(reader, path, an_hour_later):
    for name, content in [("one", "0"), ("two", "1")]:
        path.with_name(name).write_text(content)
    path.symlink_to("one")
    assert not reader.current().on
    new = path.with_name("new")
    new.symlink_to("two")
    new.rename(path)
    assert reader.current().on


@pytest.mark.parametrize("call", ["open", "read", "fstat"])
def test_a_passing_failure_is_not_kept(reader, path, monkeypatch, an_hour_later, call):
    path.write_text("1")

    def fails(*arguments, **options):
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    with monkeypatch.context() as patch:
        patch.setattr(os, call, fails)
        assert reader.current().problem is not None
    view = reader.current()
    assert (view.on, view.problem) == (True, None)


def test_a_store_without_a_fingerprint_is_read_every_time(
    reader, path, monkeypatch, an_hour_later
):
    path.write_text("1")
    reader.current()
    path.write_text("0\n")

    def fails(*arguments, **options):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "stat", fails)
    assert not reader.current().on


FORKING = """
import json, os, sys
from maintenance_core import FileStore, Reader, switch_off, switch_on
from tests.core.helpers import NOW

store = FileStore(sys.argv[1])
reader = Reader(store)
seen = []
for step in range(4):
    switch_off(store, now=NOW) if step % 2 else switch_on(store, now=NOW)
    children = []
    for _ in range(4):
        child = os.fork()
        if child == 0:
            os._exit(reader.current().on)
        children.append(child)
    seen.append([os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children])
    if step == 1:
        reader.current()
print(json.dumps(seen))
"""


def test_a_view_that_a_child_inherits_is_checked_there(path):
    """Also where it is older than the state, as in a server that was loaded before it forked."""
    told = subprocess.run(
        [sys.executable, "-c", FORKING, str(path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        timeout=PATIENCE,
        check=True,
    ).stdout
    assert json.loads(told) == [[1] * 4, [0] * 4, [1] * 4, [0] * 4]


def test_a_change_is_seen_although_the_view_was_kept(reader, store, an_hour_later, calls):
    switch_on(store, now=NOW)
    assert reader.current() is reader.current()
    switch_off(store, now=NOW)
    assert not reader.current().on
