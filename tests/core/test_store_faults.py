"""The n-th system call of a change fails, for every n: the state is the old or the new one."""

import errno

import pytest

from maintenance_core import FileStore, StoreError, repair, switch_on
from tests.core.child import STEPS
from tests.core.faults import (
    CALLS,
    NUMBERS,
    content,
    corrupt,
    every_nth,
    foreign,
    linked,
    nothing,
    old_one,
    open_descriptors,
    state,
)
from tests.core.helpers import NOW, kept_copies, leftovers
from tests.core.things import directory, empty_directory, fifo, unix_socket

SCENES = [nothing, state, old_one, corrupt, linked, foreign, empty_directory]
REFUSED = [fifo, unix_socket, directory]

once_and_for_good = pytest.mark.parametrize("lasting", [False, True], ids=["once", "for good"])


@once_and_for_good
@pytest.mark.parametrize("make", SCENES)
@pytest.mark.parametrize("calls", [STEPS, *[(name,) for name in CALLS]], ids="-".join)
def test_the_old_or_the_new_state_stands(tmp_path, make, lasting, calls, no_disk_sync):
    for number in (errno.ENOSPC, errno.EIO, errno.EPERM):
        for faults in every_nth(number, calls=calls, lasting=lasting):
            place = tmp_path / f"{number}-{faults.nth}"
            place.mkdir()
            make(place / "state.json")
            check(place / "state.json", faults, on)


@once_and_for_good
@pytest.mark.parametrize("number", NUMBERS, ids=errno.errorcode.get)
def test_it_does_not_matter_why_a_call_fails(tmp_path, lasting, number, no_disk_sync):
    for name in CALLS:
        for faults in every_nth(number, calls=(name,), lasting=lasting):
            place = tmp_path / f"{name}-{faults.nth}"
            place.mkdir()
            state(place / "state.json")
            check(place / "state.json", faults, on)


@once_and_for_good
@pytest.mark.parametrize("make", [corrupt, foreign, empty_directory])
@pytest.mark.parametrize("name", CALLS)
def test_a_repair_that_fails_leaves_what_was_there(tmp_path, make, lasting, name, no_disk_sync):
    for faults in every_nth(errno.EIO, calls=(name,), lasting=lasting):
        place = tmp_path / f"{faults.nth}"
        place.mkdir()
        make(place / "state.json")
        check(place / "state.json", faults, repair)


def on(store):
    return switch_on(store, now=NOW, reason="new")


def check(path, faults, change):
    store = FileStore(path)
    before, old, descriptors = content(path), store.read(), open_descriptors()
    error = update = None
    with faults.injected():
        try:
            update = change(store)
        except StoreError as failed:
            error = failed
    told = f"{faults}; the change said: {error}"
    assert open_descriptors() == descriptors, told
    assert faults.happened or error is None, told
    if error is None:
        assert store.read().state == update.after, told
        assert_recorded_or_told(store, update, told)
    else:
        assert_is_told_in_a_line(store, error)
        assert_failed_without_harm(store, old, before, faults, error)
    assert_next_change_works(store, told)


def assert_is_told_in_a_line(store, error):
    assert str(error).startswith(f"{store.location}: ")
    assert str(error).endswith(".")
    assert "\n" not in str(error)
    assert "Errno" not in str(error)


def assert_recorded_or_told(store, update, told):
    revisions = [entry.revision for entry in store.history().entries]
    if update.unrecorded is None:
        assert revisions[-1:] == [update.after.revision], told
    else:
        journal, _, reason = update.unrecorded.partition(": ")
        assert journal == str(store.path.resolve()) + ".journal", told
        assert reason.endswith("."), told


def assert_failed_without_harm(store, old, before, faults, error):
    told = f"{faults}; the change said: {error}"
    if "could not be put back" in str(error):
        assert faults.lasting, told
        assert_whole_after_a_failed_return(store, old, before, told)
        return
    assert content(store.path) == before, told
    assert store.read().state == old.state, told
    # What can never be removed again stays as a second name of what is in its place.
    assert faults.lasting or kept_copies(store.path) == [], told


def assert_whole_after_a_failed_return(store, old, before, told):
    """The new state stands, unconfirmed; or a directory has lost its place, but not its name."""
    there = store.read().state
    if isinstance(before, list):
        assert [content(name) for name in kept_copies(store.path)] == [before], told
    else:
        assert there is not None, told
        assert there != old.state, told
        assert old.state is not None or before in map(content, kept_copies(store.path)), told


def assert_next_change_works(store, told):
    switch_on(store, now=NOW, reason="next")
    assert store.read().state.windows[-1].reason == "next", told
    assert leftovers(store.path.parent) == [], told


@once_and_for_good
@pytest.mark.parametrize("make", SCENES + REFUSED)
@pytest.mark.parametrize(
    "name", ["open", "read", "close", "fstat", "stat", "lstat", "listdir", "readlink"]
)
def test_reading_never_raises(path, make, name, lasting):
    make(path)
    descriptors = open_descriptors()
    for number in (errno.EIO, errno.EACCES, errno.ENOENT):
        for faults in every_nth(number, calls=(name,), lasting=lasting):
            with faults.injected():
                reading = FileStore(path).read()
                FileStore(path).fingerprint()
            assert (reading.state is None) != (reading.problem is None), faults
            assert open_descriptors() == descriptors, faults
