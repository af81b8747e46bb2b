"""What is there for a purpose, and no file, is never replaced: every switch says so."""

import errno
import fcntl
import json
import os

import pytest

from maintenance_core import StoreError, open_store, switch_on
from tests.core.helpers import (
    NOBODY,
    NOW,
    in_time,
    in_time_or_raise,
    needs_root,
    run_child,
    snapshot,
)
from tests.core.things import FOR_A_PURPOSE, switch

for_a_purpose = pytest.mark.parametrize("make", FOR_A_PURPOSE, ids=lambda make: make.__name__)


@pytest.fixture(params=["itself", "behind a link"])
def place(request, path):
    """Where something that is no file is put, so that ``path`` leads to it."""
    if request.param == "itself":
        return path
    path.symlink_to("elsewhere")
    return path.with_name("elsewhere")


@for_a_purpose
def test_what_is_there_for_a_purpose_is_told_with_another_way_out(store, place, make):
    make(place)
    reading = in_time(store.read)
    assert reading.state is None
    assert str(reading.problem) == (
        f"it is {FOR_A_PURPOSE[make]}; move it away, or name another path for the state."
    )
    assert not reading.problem.of_content
    assert reading.fingerprint is None


@for_a_purpose
@pytest.mark.parametrize("action", ["on", "off", "everything"])
def test_what_is_there_for_a_purpose_is_never_replaced(store, path, place, make, action):
    make(place)
    before = snapshot(path.parent)
    with pytest.raises(StoreError) as refused:
        in_time_or_raise(lambda: switch(store, action))
    assert snapshot(path.parent) == before, "not even a lock file is made"
    assert str(refused.value) == (
        f"{path}: it is {FOR_A_PURPOSE[make]}; move it away, or name another path for the state. "
        "Nothing was changed."
    )


@for_a_purpose
def test_what_came_there_while_a_writer_waited_is_not_replaced(store, path, make, monkeypatch):
    path.write_text("0")
    flock, came = fcntl.flock, []

    def put_it_there_once(descriptor, operation):
        if not came:
            path.unlink()
            make(path)
            came.append(os.lstat(path))
        return flock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", put_it_there_once)
    with pytest.raises(StoreError, match=FOR_A_PURPOSE[make]):
        in_time_or_raise(lambda: switch_on(store, now=NOW))
    assert os.path.samestat(os.lstat(path), *came)
    assert sorted(os.listdir(path.parent)) == [".state.json.lock", "state.json"]


def test_the_folder_that_a_command_runs_in_is_never_moved(tmp_path, monkeypatch):
    """As with ``--state .`` and the like, also by root."""
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path)
    before = snapshot(tmp_path)
    for location in (".", str(tmp_path), "./", "project/.."):
        for action in ("on", "off", "everything"):
            with pytest.raises(StoreError, match="it is a directory that is not empty; move it"):
                switch(open_store(location), action)
    assert snapshot(tmp_path) == before


@needs_root
def test_what_may_not_be_opened_is_told_as_such_whatever_it_is(open_directory):
    path = open_directory / "state.json"
    os.mkfifo(path, 0o600)
    (told,) = run_child("as_somebody", NOBODY, NOBODY, "022", path, "read").splitlines()
    assert json.loads(told) == (
        "it cannot be read (Permission denied); "
        "make it readable for the user who runs this: chmod or chown."
    )


@pytest.mark.parametrize("calls", [["listdir"], ["open", "listdir"]], ids="-".join)
def test_a_directory_that_cannot_be_listed_is_out_of_reach_and_stays(
    store, path, monkeypatch, calls
):
    path.mkdir()
    before = snapshot(path.parent)

    def fails(*arguments):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        for call in calls:
            patch.setattr(os, call, fails)
        assert "it cannot be read (Input/output error)" in str(store.read().problem)
        with pytest.raises(StoreError, match="Nothing was changed"):
            switch_on(store, now=NOW)
    assert snapshot(path.parent) == before
