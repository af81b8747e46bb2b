"""Who may read a state: after a change the same users as before."""

import errno
import grp
import os
import pwd
from types import SimpleNamespace

import pytest

from maintenance_core import FileStore, StoreError, switch_off, switch_on
from tests.core.helpers import (
    NOBODY,
    NOW,
    OTHER,
    as_user,
    kept_copies,
    leftovers,
    mode,
    needs_root,
    owner,
)


@pytest.mark.parametrize("bits", [0o600, 0o640, 0o644, 0o660, 0o664, 0o666])
def test_the_permissions_of_a_file_are_kept(store, path, bits):
    path.write_text("0")
    path.chmod(bits)
    switch_on(store, now=NOW)
    assert mode(path) == bits
    switch_off(store, now=NOW)
    assert mode(path) == bits


def test_a_state_is_never_made_executable(store, path):
    path.write_text("0")
    path.chmod(0o4755)
    switch_on(store, now=NOW)
    assert not mode(path) & 0o7000


@pytest.mark.parametrize("umask", [0o077, 0], indirect=True)
def test_the_umask_does_not_matter_for_a_file_that_is_there(store, path, umask):
    path.write_text("0")
    path.chmod(0o664)
    switch_on(store, now=NOW)
    assert mode(path) == 0o664


@needs_root
def test_what_root_switches_stays_with_its_owner(store, path):
    path.write_text("0")
    path.chmod(0o600)
    os.chown(path, NOBODY, OTHER)
    switch_on(store, now=NOW)
    assert (owner(path), mode(path)) == ((NOBODY, OTHER), 0o600)


@needs_root
def test_the_copy_of_what_was_no_state_stays_with_its_owner(store, path):
    path.write_text("broken")
    path.chmod(0o600)
    os.chown(path, NOBODY, OTHER)
    switch_on(store, now=NOW)
    assert owner(path) == owner(*kept_copies(path)) == (NOBODY, OTHER)


@needs_root
def test_what_another_user_may_read_stays_readable_for_the_owner(open_directory):
    path = open_directory / "state.json"
    path.write_text("0")
    open_directory.chmod(0o777)
    path.chmod(0o644)
    assert as_user(NOBODY, NOBODY, path, "on", "read") == [None, "on"]
    assert (owner(path)[0], mode(path)) == (NOBODY, 0o644)


@needs_root
@pytest.mark.parametrize("bits", [0o640, 0o660])
def test_a_member_of_the_group_keeps_the_group_if_the_owner_is_in_it(open_directory, bits):
    path = open_directory / "state.json"
    path.write_text("0")
    open_directory.chmod(0o777)
    os.chown(path, 0, pwd.getpwuid(0).pw_gid)
    path.chmod(bits)
    assert as_user(NOBODY, pwd.getpwuid(0).pw_gid, path, "on") == [None]
    assert (owner(path), mode(path)) == ((NOBODY, pwd.getpwuid(0).pw_gid), bits)


@needs_root
@pytest.mark.parametrize("bits", [0o640, 0o660])
@pytest.mark.parametrize("user", [0, OTHER])
def test_a_file_whose_owner_is_not_in_its_group_is_not_replaced_by_its_group(
    open_directory, bits, user
):
    path = open_directory / "state.json"
    path.write_text("0")
    open_directory.chmod(0o777)
    os.chown(path, user, NOBODY)
    path.chmod(bits)
    (told,) = as_user(NOBODY, NOBODY, path, "on")
    assert f"it belongs to user {user}, who could not read it after this change; nothing" in told
    assert (owner(path), mode(path), path.read_text()) == ((user, NOBODY), bits, "0")
    assert leftovers(open_directory) == []


@needs_root
@pytest.mark.parametrize(("group", "bits"), [(OTHER, 0o604), (NOBODY, 0o604)])
def test_a_file_that_others_may_read_can_be_replaced_by_them(open_directory, group, bits):
    path = open_directory / "state.json"
    path.write_text("0")
    open_directory.chmod(0o777)
    path.chmod(bits)
    assert as_user(NOBODY, group, path, "on") == [None]
    assert mode(path) == bits


@pytest.fixture
def of_somebody_else(path, monkeypatch):
    """The file at ``path`` seems to be somebody else's, and cannot be given away."""
    path.write_text("0")
    real_lstat, real_fchown = os.lstat, os.fchown

    class Facts:
        def __init__(self, facts):
            self.facts = facts

        def __getattr__(self, name):
            return getattr(self.facts, name) + (name == "st_uid")

    def fchown(descriptor, uid, gid):
        if uid != -1 or path.name in refused:
            raise PermissionError(errno.EPERM, "Operation not permitted")
        real_fchown(descriptor, uid, gid)

    refused = set()
    monkeypatch.setattr(
        os, "lstat", lambda name: (Facts if name == path else lambda it: it)(real_lstat(name))
    )
    monkeypatch.setattr(os, "fchown", fchown)
    return path, refused


@pytest.fixture
def people(monkeypatch):
    """Let the user of a number be known, with a group of their own and members of the other."""

    def known(next_uid, next_gid, members):
        user = SimpleNamespace(pw_name="deploy", pw_gid=os.getgid() + next_gid)
        monkeypatch.setattr(pwd, "getpwuid", {os.getuid() + next_uid: user}.__getitem__)
        groups = {os.getgid(): SimpleNamespace(gr_mem=members)}
        monkeypatch.setattr(grp, "getgrgid", groups.__getitem__)

    return known


@pytest.mark.parametrize(
    ("bits", "user"),
    [
        (0o640, (1, 0, [])),
        (0o660, (1, 1, ["web", "deploy"])),
        (0o604, (1, 1, [])),
        (0o644, (1, 1, [])),
    ],
)
def test_a_file_that_its_owner_can_still_read_through_the_group_or_as_another_is_replaced(
    of_somebody_else, people, bits, user
):
    path, _ = of_somebody_else
    people(*user)
    path.chmod(bits)
    assert switch_on(FileStore(path), now=NOW).changed
    assert mode(path) == bits


@pytest.mark.parametrize(
    ("bits", "user", "may_chgrp"),
    [
        (0o600, (1, 0, ["deploy"]), True),  # no group may read
        (0o620, (1, 0, ["deploy"]), True),  # the group may write only
        (0o640, (1, 1, ["web", "deployer"]), True),  # the owner is not in the group
        (0o640, (2, 0, ["deploy"]), True),  # nobody knows the owner
        (0o640, (1, 0, ["deploy"]), False),  # who runs this is not in the group
    ],
)
def test_a_change_that_would_shut_the_owner_out_is_refused(
    of_somebody_else, people, bits, user, may_chgrp
):
    path, refused = of_somebody_else
    people(*user)
    path.chmod(bits)
    if not may_chgrp:
        refused.add(path.name)
    with pytest.raises(StoreError, match="who could not read it after this change"):
        switch_on(FileStore(path), now=NOW)
    assert path.read_text() == "0"
    assert leftovers(path.parent) == []


@needs_root
def test_a_directory_that_may_not_be_written_is_told(open_directory):
    path = open_directory / "state.json"
    switch_on(FileStore(path), now=NOW)
    (open_directory / ".state.json.lock").chmod(0o666)
    before = path.read_bytes()
    (told,) = as_user(NOBODY, NOBODY, path, "off")
    assert "its directory cannot be written (Permission denied); nothing was changed." in told
    assert path.read_bytes() == before


@needs_root
def test_a_read_only_file_in_a_directory_of_ours_can_be_switched(open_directory):
    path = open_directory / "state.json"
    os.chown(open_directory, NOBODY, NOBODY)
    path.write_text("1")
    os.chown(path, NOBODY, NOBODY)
    path.chmod(0o444)
    assert as_user(NOBODY, NOBODY, path, "off", "read") == [None, "off"]
    assert mode(path) == 0o444


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.EBUSY, "it is a mount point and cannot be replaced; nothing was changed."),
        (errno.EROFS, "its directory cannot be written (Read-only file system)"),
        (errno.ENOSPC, "it could not be written (No space left on device); the old state stands."),
    ],
)
def test_why_it_was_not_written_is_told(store, path, monkeypatch, number, sentence):
    path.write_text("1")

    def fails(*arguments, **options):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "rename", fails)
    with pytest.raises(StoreError) as failed:
        switch_off(store, now=NOW)
    assert sentence in str(failed.value)
    assert path.read_text() == "1"
    assert leftovers(path.parent) == []
