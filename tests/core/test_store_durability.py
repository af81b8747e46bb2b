"""What a change does on the disk, in which order, and what it leaves behind."""

import errno
import os

import pytest

from maintenance_core import FileStore, State, StoreError, switch_off
from maintenance_core.codec import encode
from tests.core.helpers import (
    NOW,
    close_windows,
    kept_copies,
    leftovers,
    open_window,
    planned,
)


@pytest.mark.parametrize("length", [1, 7, 10**6])
def test_a_short_write_is_gone_on_with(store, path, monkeypatch, length):
    real = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: real(descriptor, data[:length]))
    update = open_window(store, message="x" * 100)
    assert store.read().state == update.after


def test_a_disk_that_is_full_in_the_middle_leaves_the_old_state(store, path, monkeypatch):
    open_window(store)
    before, real, left = path.read_bytes(), os.write, [20]

    def write(descriptor, data):
        if not left[0]:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written = real(descriptor, data[: left[0]])
        left[0] -= written
        return written

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", write)
        with pytest.raises(StoreError, match="No space left on device"):
            switch_off(store, now=NOW)
    assert path.read_bytes() == before
    assert leftovers(path.parent) == []


@pytest.mark.parametrize("content", [b"1", b"broken"])
def test_a_file_system_without_hard_links_never_shows_a_moment_without_a_file(
    path, content, monkeypatch
):
    path.write_bytes(content)
    seen, rename = [], os.rename

    def link(*arguments, **options):
        raise PermissionError(errno.EPERM, "Operation not permitted")

    def watched(*arguments):
        seen.append(path.exists())
        rename(*arguments)
        seen.append(path.exists())

    monkeypatch.setattr(os, "link", link)
    monkeypatch.setattr(os, "rename", watched)
    update = close_windows(FileStore(path))
    assert seen == [True, True]
    assert [name.read_bytes() for name in kept_copies(path)] == ([content] * (content != b"1"))
    assert FileStore(path).read().state == update.after
    assert leftovers(path.parent) == []


def test_the_file_is_on_disk_before_it_has_its_name_and_the_name_before_it_is_told(
    store, path, monkeypatch
):
    done = []

    def record(name, kind):
        real = getattr(os, name)

        def call(*arguments, **options):
            done.append(kind(*arguments))
            return real(*arguments, **options)

        monkeypatch.setattr(os, name, call)

    def synced(descriptor):
        target = os.readlink(f"/proc/self/fd/{descriptor}")
        return "directory on disk" if target == str(path.parent) else "file on disk"

    open_window(store, reason="old")
    record("fsync", synced)
    record("rename", lambda *names: "renamed")
    record("open", lambda name, *rest: "opened" if str(name) == str(path) else None)
    open_window(store)
    order = [step for step in done if step]
    assert order == [
        "opened", "opened", "file on disk", "renamed", "directory on disk", "opened",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "damage", [b"", b"broken", b"1", encode(State(revision=2, windows=(planned(),)))]
)
def test_a_change_that_cannot_be_read_back_is_taken_back(store, path, monkeypatch, damage):
    open_window(store, reason="old")
    before, rename = path.read_bytes(), os.rename

    def damaged(old, new):
        rename(old, new)
        if not damages:
            damages.append(path.write_bytes(damage))

    damages = []
    monkeypatch.setattr(os, "rename", damaged)
    with pytest.raises(StoreError, match="it could not be read back: it "):
        switch_off(store, now=NOW)
    assert path.read_bytes() == before


def test_leftovers_of_killed_writers_are_swept_and_those_of_other_states_stay(store, path):
    swept = path.with_name(".state.json.17-0123456789ab.tmp")
    others = [
        path.with_name(name)
        for name in (
            ".state.json.bak.17-0123456789ab.tmp",
            ".state.json.notes.tmp",
            "state.json.17-0123456789ab.tmp",
            ".other.17-0123456789ab.tmp",
        )
    ]
    for name in (swept, *others):
        name.touch()
    open_window(store)
    assert not swept.exists()
    assert all(name.exists() for name in others)


def test_what_somebody_else_put_there_meanwhile_is_not_taken_away(store, path, monkeypatch):
    """An editor knows nothing of the lock."""

    def fsync(descriptor):
        path.write_text("1")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fsync)
        with pytest.raises(StoreError, match="No space left on device"):
            open_window(store)
    assert path.read_text() == "1"
    assert leftovers(path.parent) == []
