"""Files and directories that the system lets nobody change, not even root."""

import shutil
import subprocess

import pytest

from maintenance_core import FileStore, StoreError, repair, switch_off, switch_on
from tests.core.helpers import NOW, PATIENCE, leftovers, snapshot


@pytest.fixture
def immutable(tmp_path):
    """A function that makes a file or directory immutable, or append-only, for this test."""
    made = []

    def chattr(change, name):
        tool = shutil.which("chattr")
        if tool is None:
            pytest.skip("there is no chattr")
        done = subprocess.run(
            [tool, change, name], capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        return done.stderr

    def make(name, flag="i"):
        if error := chattr(f"+{flag}", name):
            pytest.skip(f"nothing can be made immutable here: {error}")
        made.append((f"-{flag}", name))

    yield make
    for change, name in made:
        assert chattr(change, name) == ""


@pytest.mark.parametrize("flag", ["i", "a"], ids=["immutable", "append-only"])
def test_a_state_that_nobody_may_replace_is_read_and_a_switch_refused(
    store, path, immutable, flag
):
    switch_on(store, now=NOW)
    immutable(path, flag)
    before = path.read_bytes(), path.stat()
    with pytest.raises(StoreError, match=r"\(Operation not permitted\); nothing was changed\."):
        switch_off(store, now=NOW)
    assert (path.read_bytes(), path.stat()) == before
    assert store.read().state.phase(NOW) == "on"
    assert leftovers(path.parent) == []


def test_what_is_no_state_and_nobody_may_replace_is_left_alone(store, path, immutable):
    path.write_text("broken")
    immutable(path)
    for change in (lambda: switch_on(store, now=NOW), lambda: repair(store)):
        with pytest.raises(StoreError, match=r"\(Operation not permitted\); nothing was changed"):
            change()
    assert path.read_text() == "broken"
    assert sorted(name.name for name in path.parent.iterdir()) == [".state.json.lock", path.name]


def test_a_directory_that_nobody_may_change_is_refused(tmp_path, immutable):
    place = tmp_path / "place"
    place.mkdir()
    store = FileStore(place / "state.json")
    switch_on(store, now=NOW)
    before = snapshot(place)
    immutable(place)
    with pytest.raises(StoreError, match=r"\(Operation not permitted\); nothing was changed"):
        switch_off(store, now=NOW)
    assert {name: facts for name, facts in snapshot(place).items() if name != str(place)} == {
        name: facts for name, facts in before.items() if name != str(place)
    }


def test_a_lock_file_that_nobody_may_change_can_be_locked(store, path, immutable):
    switch_on(store, now=NOW)
    immutable(path.with_name(".state.json.lock"))
    assert switch_off(store, now=NOW).changed


def test_a_journal_that_nobody_may_change_does_not_stop_a_switch(store, path, immutable):
    switch_on(store, now=NOW)
    immutable(path.with_name("state.json.journal"))
    update = switch_off(store, now=NOW)
    assert store.read().state == update.after
    assert "(Operation not permitted)" in update.unrecorded
