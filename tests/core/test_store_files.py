"""The files that a change makes and removes beside the state: how, and whose."""

import errno
import os
import stat

import pytest

from maintenance_core import FileStore, StoreError
from tests.core.helpers import close_windows, kept_copies, leftovers, open_window


@pytest.fixture
def opened(monkeypatch):
    """The flags and permissions with which temporary files are opened."""
    real, found = os.open, []

    def call(name, flags, *permissions, **options):
        if str(name).endswith(".tmp"):
            found.append((flags, permissions))
        return real(name, flags, *permissions, **options)

    monkeypatch.setattr(os, "open", call)
    return found


def test_a_state_is_opened_without_waiting_and_without_taking_a_terminal(store, path, monkeypatch):
    real, found = os.open, []

    def call(name, flags, *permissions):
        found.append(flags)
        return real(name, flags, *permissions)

    path.write_text("1")
    monkeypatch.setattr(os, "open", call)
    store.read()
    assert found == [os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY]


def without_hard_links(monkeypatch):
    def link(*names, **options):
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", link)


def test_a_temporary_file_is_made_anew_never_through_a_link_and_for_nobody_else(
    store, path, opened, monkeypatch
):
    without_hard_links(monkeypatch)
    path.write_text("1")
    close_windows(store)
    assert len(opened) == 2, "the new state and a copy of the old one"
    for flags, permissions in opened:
        assert flags & os.O_CREAT
        assert flags & os.O_EXCL
        assert flags & os.O_NOFOLLOW
        assert permissions == (0o600,)


@pytest.mark.parametrize("kind", ["file", "link"])
def test_what_somebody_has_put_at_the_name_of_a_temporary_file_is_not_written_to(
    store, path, monkeypatch, kind
):
    path.write_text("1")
    foreign = path.with_name("foreign")
    foreign.write_text("foreign")
    real = os.urandom

    def guessed(size):
        data = real(size)
        name = path.with_name(f".{path.name}.{os.getpid()}-{data.hex()}.tmp")
        os.link(foreign, name) if kind == "file" else name.symlink_to(foreign)
        return data

    with monkeypatch.context() as patch:
        patch.setattr(os, "urandom", guessed)
        with pytest.raises(StoreError, match="it could not be written"):
            store.change(lambda state: type(state)())
    assert (foreign.read_text(), path.read_text()) == ("foreign", "1")


@pytest.mark.parametrize("umask", [0], indirect=True)
@pytest.mark.parametrize("there", [True, False])
def test_a_new_file_is_nobody_elses_until_it_is_given_away(store, path, umask, monkeypatch, there):
    path.parent.chmod(0o777)
    if there:
        path.write_text("1")
        path.chmod(0o666)
    real, found = os.fchmod, []

    def fchmod(descriptor, bits):
        info = os.fstat(descriptor)
        name = os.readlink(f"/proc/self/fd/{descriptor}")
        if name.endswith(".tmp"):
            found.append((stat.S_IMODE(info.st_mode), info.st_size))
        real(descriptor, bits)

    monkeypatch.setattr(os, "fchmod", fchmod)
    open_window(store, message="new")
    assert found == [(0o600, 0)]


def test_the_second_name_is_asked_of_a_link_itself(store, path, monkeypatch):
    """Where the system follows links on its own, another file would get that name."""
    path.symlink_to("foreign")
    path.with_name("foreign").write_text("foreign")
    real, asked = os.link, []

    def link(*names, **options):
        asked.append(options)
        real(*names, **options)

    monkeypatch.setattr(os, "link", link)
    open_window(store)
    assert asked == [{"follow_symlinks": False}]
    assert [name.is_symlink() for name in kept_copies(path)] == [True]


@pytest.mark.parametrize(
    ("state", "left", "goes"),
    [
        ("state.json", ".state.json.17-0123456789ab.tmp", True),
        ("a+b", ".a+b.17-0123456789ab.tmp", True),
        ("a(b", ".a(b.17-0123456789ab.tmp", True),
        ("state.json", ".stateXjson.17-0123456789ab.tmp", False),
        ("a+b", ".aab.17-0123456789ab.tmp", False),
        ("state.json", ".state.json.17-0123456789ab.tmp.bak", False),
        ("state.json", ".state.json.17-0123456789ab.tmp\n", False),
        ("state.json", ".my.state.json.17-0123456789ab.tmp", False),
        ("state.json", ".state.json.17-0123456789abc.tmp", False),
        ("state.json", ".state.json.१७-0123456789ab.tmp", False),
    ],
)
def test_only_what_writers_of_this_state_left_is_swept(tmp_path, state, left, goes):
    (tmp_path / left).touch()
    open_window(FileStore(tmp_path / state))
    assert (tmp_path / left).exists() is not goes


def test_a_directory_that_cannot_be_listed_can_be_written_all_the_same(store, monkeypatch):
    def scandir(name):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(os, "scandir", scandir)
    assert open_window(store).changed


def is_directory(descriptor):
    return stat.S_ISDIR(os.fstat(descriptor).st_mode)


@pytest.mark.parametrize("content", [None, b"1", b"broken"])
@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC])
def test_a_directory_whose_change_does_not_reach_the_disk_is_an_error(
    store, path, monkeypatch, content, number
):
    if content is not None:
        path.write_bytes(content)
    real = os.fsync

    def fsync(descriptor):
        if is_directory(descriptor):
            raise OSError(number, os.strerror(number))
        real(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fsync)
        with pytest.raises(StoreError, match=rf"could not be written \({os.strerror(number)}\)"):
            open_window(store, message="new")
    assert (path.read_bytes() if path.exists() else None) == content
    assert kept_copies(path) == []
    assert leftovers(path.parent) == []


@pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOTSUP])
def test_a_file_system_whose_directories_cannot_be_synced_is_no_error(store, monkeypatch, number):
    real = os.fsync

    def fsync(descriptor):
        if is_directory(descriptor):
            raise OSError(number, os.strerror(number))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    assert open_window(store).changed


@pytest.mark.parametrize("content", [None, b"1"])
def test_what_is_put_back_is_on_disk_as_well(store, path, monkeypatch, content):
    if content is not None:
        path.write_bytes(content)
    done = []

    def record(name, step):
        real = getattr(os, name)

        def call(*arguments, **options):
            done.append(step(*arguments))
            return real(*arguments, **options)

        monkeypatch.setattr(os, name, call)

    def refuse(store, wanted):
        done.append("refused")
        raise StoreError(store.location, "refused")

    record("fsync", lambda descriptor: "directory on disk" if is_directory(descriptor) else "")
    record("rename", lambda *names: "renamed")
    record("unlink", lambda *names: "removed")
    monkeypatch.setattr(FileStore, "_confirm", refuse)
    with pytest.raises(StoreError, match="refused"):
        open_window(store, message="new")
    back = "renamed" if content else "removed"
    assert [step for step in done if step][-3:] == ["refused", back, "directory on disk"]
