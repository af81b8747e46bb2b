"""A writer is killed at every step of its way: the state is the old or the new one."""

import json

import pytest

from maintenance_core import FileStore, State, switch_on
from tests.core.helpers import NOW, kept_copies, leftovers, run_child


def killed_at_every_step(tmp_path, scene):
    told = json.loads(run_child("killed_at_every_step", tmp_path, scene))
    places = sorted(tmp_path.iterdir())
    assert told == {"steps": len(places), "exit": 0}
    assert len(places) > 30, "the writer was not killed at every step"
    return [FileStore(place / "state.json") for place in places]


@pytest.mark.parametrize("scene", ["nothing", "state", "old one"])
def test_a_killed_writer_leaves_the_old_or_the_new_state(tmp_path, scene):
    stores = killed_at_every_step(tmp_path, scene)
    found = [[window.reason for window in store.read().state.windows] for store in stores]
    old, new = found[0], found[-1]
    assert new == [*old, "child"]
    assert len(old) == (0 if scene == "nothing" else 1)
    assert found == [old] * found.count(old) + [new] * found.count(new)


@pytest.mark.parametrize("scene", ["nothing", "state", "old one", "corrupt", "directory"])
def test_the_next_writer_goes_on_and_sweeps_what_was_left(tmp_path, scene):
    stores = killed_at_every_step(tmp_path, scene)
    assert any(leftovers(store.path.parent) for store in stores)
    for store in stores:
        update = switch_on(store, now=NOW, reason="next")
        assert store.read().state == update.after
        assert leftovers(store.path.parent) == []


def test_a_killed_writer_loses_nothing_of_what_was_no_state(tmp_path):
    for store in killed_at_every_step(tmp_path, "corrupt"):
        state = store.read().state
        copies = [name.read_bytes() for name in kept_copies(store.path)]
        if state is None:
            assert store.path.read_bytes() == b"broken"
        else:
            assert state.windows[-1].reason == "child"
            assert copies == [b"broken"]


def test_a_killed_writer_loses_no_directory(tmp_path):
    """Between two calls there is neither directory nor state: readers take that for "off"."""
    gaps = 0
    for store in killed_at_every_step(tmp_path, "directory"):
        if store.path.is_dir():
            continue
        assert [name.is_dir() for name in kept_copies(store.path)] == [True]
        gaps += store.read().state == State()
    assert gaps <= 3
