"""Links, directories that are missing, and users who may not."""

import errno
import fcntl
import json
import os

import pytest

from maintenance_core import (
    FileStore,
    LocationError,
    State,
    StoreError,
    open_store,
    switch_off,
    switch_on,
)
from tests.core.helpers import (
    NOBODY,
    NOW,
    in_time,
    kept_copies,
    leftovers,
    needs_root,
    run_child,
    snapshot,
)


@pytest.fixture
def elsewhere(tmp_path):
    directory = tmp_path / "elsewhere"
    directory.mkdir()
    return directory


def switch_all(store):
    yield switch_on(store, now=NOW)
    yield switch_off(store, now=NOW)
    switch_on(store, now=NOW)
    yield switch_off(store, now=NOW, everything=True)


@pytest.mark.parametrize("content", [b"1", None])
def test_a_link_to_a_state_is_followed_and_stays(store, path, elsewhere, content):
    real = elsewhere / "shared.json"
    if content is not None:
        real.write_bytes(content)
    path.symlink_to(real)
    for update in switch_all(store):
        assert FileStore(real).read().state == store.read().state == update.after
    assert path.is_symlink()
    assert kept_copies(path) == []
    assert leftovers(elsewhere) == []


def test_writers_by_link_and_by_name_share_one_lock(store, path, elsewhere):
    real = elsewhere / "shared.json"
    path.symlink_to(real)
    switch_on(store, now=NOW)
    switch_off(FileStore(real), now=NOW)
    assert sorted(name.name for name in elsewhere.iterdir() if name != real) == [
        ".shared.json.gate",
        ".shared.json.lock",
        "shared.json.journal",
    ]
    assert not (path.parent / ".state.json.lock").exists()


@pytest.mark.parametrize("action", ["on", "off", "everything"])
def test_a_file_of_somebody_else_behind_a_link_is_left_alone(store, path, elsewhere, action):
    foreign = elsewhere / "passwd"
    foreign.write_bytes(b"root:x:0:0\n")
    path.symlink_to(foreign)
    before = snapshot(elsewhere)
    if action == "on":
        update = switch_on(store, now=NOW)
    else:
        update = switch_off(store, now=NOW, everything=action == "everything")
    assert (
        snapshot(elsewhere).items()
        >= {name: facts for name, facts in before.items() if name == str(foreign)}.items()
    )
    assert sorted(elsewhere.iterdir()) == [foreign], "not even a lock file is made there"
    assert not path.is_symlink()
    assert store.read().state == update.after
    (kept,) = kept_copies(path)
    assert os.readlink(kept) == str(foreign)


@pytest.mark.parametrize("content", [b"0", b"broken"])
def test_a_writer_that_waited_while_the_link_was_replaced_leaves_its_old_file_alone(
    store, path, elsewhere, monkeypatch, content
):
    real = elsewhere / "shared.json"
    real.write_bytes(b"1")
    path.symlink_to(real)
    flock, swapped = fcntl.flock, []

    def replace_link_once(descriptor, operation):
        if not swapped:
            swapped.append(path.unlink())
            path.write_bytes(content)
        return flock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", replace_link_once)
    update = switch_on(store, now=NOW, reason="waited")
    assert real.read_bytes() == b"1"
    assert store.read().state == update.after
    assert [window.reason for window in update.after.windows] == ["waited"]


def test_a_link_to_an_empty_directory_is_replaced_and_the_directory_stays(store, path, elsewhere):
    path.symlink_to(elsewhere)
    assert "an empty directory" in str(store.read().problem)
    kept = switch_on(store, now=NOW).kept
    assert os.readlink(kept) == str(elsewhere)
    assert list(elsewhere.iterdir()) == []
    assert store.read().state.phase(NOW) == "on"


@pytest.mark.parametrize("kind", ["loop", "lost"])
def test_a_link_that_leads_nowhere_is_told_and_replaced(store, path, kind):
    target = path if kind == "loop" else path.parent / "missing" / "state.json"
    path.symlink_to(target)
    assert "a link that leads nowhere" in str(in_time(store.read).problem)
    update = switch_on(store, now=NOW)
    assert store.read().state.phase(NOW) == "on"
    assert os.readlink(update.kept) == str(target)


def test_a_link_to_a_file_that_is_yet_to_be_is_off(store, path, elsewhere):
    path.symlink_to(elsewhere / "new.json")
    assert store.read().state == State()
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize("kind", ["missing", "file", "lost link"])
def test_without_a_directory_reading_and_switching_say_what_to_do(tmp_path, kind):
    place = tmp_path / "place"
    if kind == "file":
        place.write_text("a file")
    if kind == "lost link":
        place.symlink_to(tmp_path / "gone")
    store = FileStore(place / "state.json")
    sentence = f"there is no directory {place}; create it, or name another path for the state."
    assert str(store.read().problem) == sentence
    assert not store.read().problem.of_content
    for switch in (switch_on, switch_off):
        with pytest.raises(StoreError) as failed:
            switch(store, now=NOW)
        assert failed.value.reason == f"{sentence} Nothing was changed."
        assert failed.value.location == store.location


def test_a_directory_that_is_a_link_loop_is_told(tmp_path):
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    store = FileStore(tmp_path / "loop" / "state.json")
    assert "it cannot be read (" in str(store.read().problem)
    with pytest.raises(StoreError, match="Nothing was changed"):
        switch_on(store, now=NOW)


@pytest.mark.parametrize("name", ["x" * 250, "x" * 5000])
def test_a_name_that_is_too_long_is_told(tmp_path, name):
    store = FileStore(tmp_path / name)
    reading = store.read()
    assert reading.state == State() or "File name too long" in str(reading.problem)
    with pytest.raises(StoreError, match="File name too long"):
        switch_on(store, now=NOW)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["état ☕.json", "a b", "-x", os.fsdecode(b"\xff"), "new\nline"])
def test_any_name_will_do(tmp_path, name):
    store = FileStore(tmp_path / name)
    switch_on(store, now=NOW)
    assert FileStore(tmp_path / name).read().state.phase(NOW) == "on"
    assert sorted(os.listdir(tmp_path)) == sorted(
        [name, f".{name}.gate", f".{name}.lock", f"{name}.journal"]
    )


def test_a_relative_path_means_the_directory_at_that_moment(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    store = FileStore("state.json")
    monkeypatch.chdir("/")
    switch_on(store, now=NOW)
    assert (tmp_path / "state.json").exists()


@pytest.mark.parametrize("location", ["", "a\0b", "\ud800"])
def test_what_cannot_be_a_path_is_refused(location):
    with pytest.raises(LocationError, match=r"is not the path of a state; name a file\."):
        open_store(location)


@pytest.mark.parametrize("location", ["redis://host/0", "file:///srv/state", "HTTPS://x"])
def test_a_store_of_another_kind_is_refused(location):
    with pytest.raises(LocationError, match="is not known here; name the path of a file"):
        open_store(location)


def test_a_path_opens_a_file_store_and_touches_nothing(tmp_path):
    assert open_store(tmp_path / "x").location == str(tmp_path / "x")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [errno.EMFILE, errno.EIO, errno.ESTALE])
@pytest.mark.parametrize("call", ["open", "read"])
def test_a_file_out_of_reach_is_told_and_not_trusted_next_time(
    store, path, monkeypatch, number, call
):
    path.write_text("1")

    def fails(*arguments, **options):
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(os, call, fails)
        reading = store.read()
        with pytest.raises(StoreError, match="Nothing was changed"):
            switch_off(store, now=NOW)
    assert reading.state is None
    assert reading.fingerprint is None
    assert str(reading.problem) == (
        f"it cannot be read ({os.strerror(number)}); "
        "try again, or name another path for the state."
    )
    assert store.read().state.phase(NOW) == "on"


def test_no_fingerprint_is_had_of_what_cannot_be_looked_at(store, monkeypatch):
    def fails(*arguments, **options):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "stat", fails)
    assert store.fingerprint() is None


@needs_root
def test_an_unreadable_file_is_told_and_not_replaced(open_directory):
    open_directory.chmod(0o777)
    path = open_directory / "state.json"
    path.write_text("1")
    path.chmod(0o600)
    read, on, off = map(
        json.loads,
        run_child("as_somebody", NOBODY, NOBODY, "022", path, "read", "on", "off").splitlines(),
    )
    assert "make it readable for the user who runs this" in read
    assert on == off == f"{path}: {read} Nothing was changed."
    assert path.read_text() == "1"


@needs_root
def test_an_unreadable_directory_is_told(open_directory):
    place = open_directory / "place"
    place.mkdir(mode=0o700)
    told = run_child("as_somebody", NOBODY, NOBODY, "022", place / "x", "read", "on").splitlines()
    assert all("Permission denied" in line for line in told)
    assert list(place.iterdir()) == []
