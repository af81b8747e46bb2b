"""A writer is killed at every step of its way: the state is the old or the new one."""

import json

import pytest

from maintenance_core import FileStore, State, switch_on
from tests.core.helpers import NOW, kept_copies, leftovers, run_child

BROKEN = b'{"schema": 0, "revision": 7, "windows": []}'


def killed_at_every_step(tmp_path, scene, action="on"):
    told = json.loads(run_child("killed_at_every_step", tmp_path, scene, action))
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


def revisions(store):
    history = store.history()
    assert (history.damaged, history.problem) == (0, None)
    return [entry.revision for entry in history.entries]


@pytest.mark.parametrize("scene", ["nothing", "state", "old one"])
def test_the_journal_is_written_after_the_state_or_not_at_all(tmp_path, scene):
    stores = killed_at_every_step(tmp_path, scene)
    old, new = revisions(stores[0]), revisions(stores[-1])
    assert new == [*old, stores[-1].read().state.revision]
    found = [(store.read().state.revision, revisions(store)) for store in stores]
    before, between, after = (new[-1] - 1, old), (new[-1], old), (new[-1], new)
    assert found == [
        *[before] * found.count(before),
        *[between] * found.count(between),
        *[after] * found.count(after),
    ]
    assert min(map(found.count, (before, between, after))) > 0


@pytest.mark.parametrize(
    ("scene", "action"),
    [(scene, "on") for scene in ("nothing", "state", "old one", "corrupt", "directory")]
    + [(scene, "repair") for scene in ("corrupt", "directory")],
)
def test_the_next_writer_goes_on_and_sweeps_what_was_left(tmp_path, scene, action):
    stores = killed_at_every_step(tmp_path, scene, action)
    assert any(leftovers(store.path.parent) for store in stores)
    for store in stores:
        update = switch_on(store, now=NOW, reason="next")
        assert store.read().state == update.after
        assert revisions(store)[-1] == update.after.revision
        assert leftovers(store.path.parent) == []


@pytest.mark.parametrize("action", ["on", "repair"])
def test_a_killed_writer_loses_nothing_of_what_was_no_state(tmp_path, action):
    for store in killed_at_every_step(tmp_path, "corrupt", action):
        state = store.read().state
        copies = [name.read_bytes() for name in kept_copies(store.path)]
        if state is None:
            assert store.path.read_bytes() == BROKEN
        else:
            assert [window.reason for window in state.windows] == ["child"] * (action == "on")
            assert state.revision == 8
            assert copies == [BROKEN]


def test_a_killed_writer_loses_no_directory(tmp_path):
    """Between two calls there is neither directory nor state: readers take that for "off"."""
    gaps = 0
    for store in killed_at_every_step(tmp_path, "directory"):
        if store.path.is_dir():
            continue
        assert [name.is_dir() for name in kept_copies(store.path)] == [True]
        gaps += store.read().state == State()
    assert gaps <= 3
