"""What is no state: reading says so and touches nothing, and every switch replaces it."""

import os

import pytest

from maintenance_core import State, StoreError, switch_off, switch_on
from tests.core.helpers import (
    NOBODY,
    NOW,
    in_time,
    kept_copies,
    leftovers,
    needs_root,
    planned,
    run_child,
    snapshot,
)
from tests.core.things import REPLACEABLE, everything_there, switch

replaceable = pytest.mark.parametrize("make", REPLACEABLE, ids=lambda make: make.__name__)


@replaceable
def test_reading_tells_what_is_there_and_the_way_out(store, path, make):
    make(path)
    reading = in_time(store.read)
    assert reading.state is None
    assert REPLACEABLE[make] in str(reading.problem)
    assert str(reading.problem).endswith("; the next change replaces it and keeps a copy.")
    assert reading.problem.of_content


@everything_there
def test_reading_touches_nothing(store, path, make):
    make(path)
    before = snapshot(path.parent)
    in_time(store.read)
    in_time(store.fingerprint)
    assert snapshot(path.parent) == before


@replaceable
@pytest.mark.parametrize("action", ["on", "off", "everything"])
def test_every_switch_works_and_nothing_is_lost(store, path, make, action):
    make(path)
    was = os.lstat(path)
    content = path.read_bytes() if was.st_size < 2**21 and path.is_file() else None
    update = in_time(lambda: switch(store, action))
    assert store.read().state == update.after
    assert update.after.phase(NOW) == ("on" if action == "on" else "off")
    (kept,) = kept_copies(path)
    assert update.kept == str(kept)
    assert os.path.samestat(os.lstat(kept), was)
    assert content is None or kept.read_bytes() == content
    assert leftovers(path.parent) == []


@replaceable
def test_a_change_that_fails_leaves_what_was_there(store, path, make, monkeypatch):
    make(path)
    was = os.lstat(path)
    monkeypatch.setattr(type(store), "_confirm", refuse)
    with pytest.raises(StoreError, match="refused"):
        switch_on(store, now=NOW)
    assert os.path.samestat(os.lstat(path), was)
    assert kept_copies(path) == []
    assert leftovers(path.parent) == []


def refuse(store, wanted):
    raise StoreError(store.location, "refused")


def test_no_file_is_off_and_reading_makes_none(store, path):
    before = snapshot(path.parent)
    assert store.read().state == State()
    assert store.read().problem is None
    assert store.fingerprint() == store.read().fingerprint
    assert snapshot(path.parent) == before


def test_a_state_is_read_without_a_trace(store, path):
    switch_on(store, now=NOW)
    before = snapshot(path.parent)
    assert store.read().state.phase(NOW) == "on"
    assert snapshot(path.parent) == before


@pytest.mark.parametrize("content", [b"1", b"0\n", b'{"start": "2026-01-01T00:00:00+00:00"}'])
def test_what_the_old_tool_wrote_is_converted_by_the_next_change(store, path, content):
    path.write_bytes(content)
    before = store.read().state
    update = store.change(lambda state: State(windows=(*state.windows, planned())))
    assert update.before == before
    assert update.kept is None
    assert store.read().state.windows == (*before.windows, planned())
    assert path.read_bytes().startswith(b'{\n  "schema": 1,')


def test_what_the_old_tool_wrote_stays_if_nothing_changes(store, path):
    path.write_bytes(b"0\n")
    assert not switch_off(store, now=NOW).changed
    assert path.read_bytes() == b"0\n"


def test_the_error_of_a_change_passes_and_nothing_is_written(store, path):
    switch_on(store, now=NOW)
    before = path.read_bytes()

    def fails(state):
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        store.change(fails)
    assert path.read_bytes() == before


@needs_root
@everything_there
def test_a_user_who_may_read_the_directory_only_changes_nothing(open_directory, make):
    path = open_directory / "state.json"
    make(path)
    before = snapshot(open_directory)
    told = run_child("as_somebody", NOBODY, NOBODY, "022", path, "on", "off", "everything")
    assert all(line.startswith(f'"{path}: ') for line in told.splitlines())
    assert snapshot(open_directory) == before


def test_a_store_is_told_by_its_path(store, path):
    assert repr(store) == f"FileStore({str(path)!r})"
    assert store.location == str(path)
