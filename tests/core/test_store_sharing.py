"""Who may read and change a new state: those who work in its directory, whatever the umask."""

import os

import pytest

from maintenance_core import FileStore, switch_on
from tests.core.helpers import NOBODY, NOW, OTHER, as_user, mode, needs_root, owner

GROUP = 65532


def lock_of(path):
    return path.with_name(f".{path.name}.lock")


@pytest.mark.parametrize("umask", [0, 0o022, 0o027, 0o077, 0o777], indirect=True)
@pytest.mark.parametrize(
    ("directory", "bits"),
    [
        (0o755, 0o644),
        (0o775, 0o644),
        (0o777, 0o644),
        (0o705, 0o644),
        (0o750, 0o640),
        (0o770, 0o640),
        (0o700, 0o640),
        (0o711, 0o640),
        (0o754, 0o640),
        (0o752, 0o640),
    ],
)
def test_a_new_state_is_as_open_as_its_directory_to_readers(store, path, umask, directory, bits):
    path.parent.chmod(directory)
    switch_on(store, now=NOW)
    assert mode(path) == bits


@pytest.mark.parametrize("umask", [0, 0o027, 0o077], indirect=True)
@pytest.mark.parametrize(
    ("directory", "bits"),
    [
        (0o755, 0o600),
        (0o700, 0o600),
        (0o750, 0o600),
        (0o770, 0o660),
        (0o775, 0o660),
        (0o777, 0o666),
        (0o757, 0o606),
    ],
)
def test_a_new_lock_file_is_for_those_who_may_change_the_directory(
    store, path, umask, directory, bits
):
    path.parent.chmod(directory)
    switch_on(store, now=NOW)
    assert mode(lock_of(path)) == bits


def test_a_state_that_takes_the_place_of_what_was_no_file_is_a_new_one(store, path):
    path.parent.chmod(0o755)
    path.mkdir(mode=0o700)
    switch_on(store, now=NOW)
    assert mode(path) == 0o644


@pytest.fixture
def place(open_directory):
    """A function that makes the directory of a state; the path of the state."""

    def make(uid, gid, bits):
        os.chown(open_directory, uid, gid)
        open_directory.chmod(bits)
        return open_directory / "state.json"

    return make


@needs_root
def test_what_root_creates_belongs_to_the_owner_of_the_directory(place):
    path = place(NOBODY, OTHER, 0o755)
    switch_on(FileStore(path), now=NOW)
    assert owner(path) == owner(lock_of(path)) == (NOBODY, OTHER)
    assert as_user(NOBODY, OTHER, path, "read", "off", "read") == ["on", None, "off"]


@needs_root
def test_what_root_switches_under_a_strict_umask_is_seen_by_the_web_server(place):
    path = place(0, 0, 0o755)
    assert as_user(0, 0, path, "on", umask="077") == [None]
    assert (owner(path), mode(path)) == ((0, 0), 0o644)
    assert as_user(OTHER, OTHER, path, "read") == ["on"]


@needs_root
@pytest.mark.parametrize("umask", ["027", "077"])
def test_what_a_user_switches_in_a_directory_open_to_all_is_seen_by_another(place, umask):
    path = place(NOBODY, NOBODY, 0o755)
    assert as_user(NOBODY, NOBODY, path, "on", umask=umask) == [None]
    assert (owner(path), mode(path)) == ((NOBODY, NOBODY), 0o644)
    assert as_user(OTHER, OTHER, path, "read") == ["on"]


@needs_root
@pytest.mark.parametrize(
    ("user", "bits"), [(NOBODY, 0o750), (NOBODY, 0o2750), (NOBODY, 0o770), (0, 0o770)]
)
@pytest.mark.parametrize("umask", ["022", "077"])
def test_what_a_user_switches_in_a_directory_of_the_group_of_the_web_server_is_seen_by_it(
    place, user, bits, umask
):
    path = place(user, OTHER, bits)
    told = as_user(NOBODY, NOBODY, path, "on", umask=umask, groups=[OTHER])
    assert told == [None]
    assert (owner(path), mode(path)) == ((NOBODY, OTHER), 0o640)
    assert owner(lock_of(path)) == (NOBODY, OTHER)
    assert as_user(OTHER, OTHER, path, "read") == ["on"]


@needs_root
def test_a_user_who_is_not_in_the_group_of_the_directory_can_switch_all_the_same(place):
    path = place(0, OTHER, 0o777)
    assert as_user(NOBODY, NOBODY, path, "on", umask="077") == [None]
    assert owner(path) == owner(lock_of(path)) == (NOBODY, NOBODY)
    assert as_user(OTHER, OTHER, path, "read") == ["on"]


@needs_root
@pytest.mark.parametrize("bits", [0o775, 0o2775])
def test_in_a_shared_directory_one_switches_on_and_the_other_off(place, bits):
    path = place(NOBODY, GROUP, bits)
    deploy = {"uid": NOBODY, "gid": NOBODY, "path": path, "umask": "077", "groups": [GROUP]}
    web = deploy | {"uid": OTHER, "gid": OTHER}
    for one, other in [(deploy, web), (web, deploy)]:
        assert switched(one, "on", "read") == [None, "on"]
        assert switched(other, "read", "off", "read") == ["on", None, "off"]
        assert (owner(path), mode(path)) == ((other["uid"], GROUP), 0o644)
        assert (owner(lock_of(path)), mode(lock_of(path))) == ((NOBODY, GROUP), 0o660)


def switched(user, *actions):
    options = dict(user)
    return as_user(
        options.pop("uid"), options.pop("gid"), options.pop("path"), *actions, **options
    )


@needs_root
def test_a_state_of_the_web_server_is_not_taken_from_it(place):
    """Its file has the group of the deploying user, which the web server is not in."""
    path = place(0, 0, 0o777)
    path.write_text("0")
    os.chown(path, OTHER, NOBODY)
    path.chmod(0o640)
    (told,) = as_user(NOBODY, NOBODY, path, "on")
    assert f"it belongs to user {OTHER}, who could not read it after this change" in told
    assert (owner(path), mode(path)) == ((OTHER, NOBODY), 0o640)
    assert as_user(OTHER, OTHER, path, "read") == ["off"]


@needs_root
def test_what_a_normal_user_creates_is_not_given_to_another_user(place):
    path = place(OTHER, NOBODY, 0o777)
    assert as_user(NOBODY, NOBODY, path, "on") == [None]
    assert owner(path) == owner(lock_of(path)) == (NOBODY, NOBODY)
