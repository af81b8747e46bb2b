"""A signal ends a change at any step: the state is the old or the new one, and no lock is held."""

import fcntl

import pytest

from maintenance_core import FileStore, switch_on
from tests.core.faults import (
    CALLS,
    Interrupts,
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
from tests.core.things import empty_directory

SCENES = [nothing, state, old_one, corrupt, linked, foreign, empty_directory]


@pytest.mark.parametrize("make", SCENES)
def test_an_interrupted_change_is_made_or_taken_back(tmp_path, make, no_disk_sync):
    ends = set()
    for interrupts in every_nth(None, kind=Interrupts, calls=CALLS):
        place = tmp_path / f"{interrupts.nth}"
        place.mkdir()
        make(place / "state.json")
        ends.add(check(FileStore(place / "state.json"), interrupts))
    assert ends == {"taken back", "made, and interrupted", "made"}


def check(store, interrupts):
    before, descriptors = content(store.path), open_descriptors()
    interrupted = False
    with interrupts.injected():
        try:
            switch_on(store, now=NOW, reason="new")
        except KeyboardInterrupt:
            interrupted = True
    assert interrupted is interrupts.happened, str(interrupts)
    assert open_descriptors() == descriptors, str(interrupts)
    assert_is_free(store, interrupts)
    there = store.read().state
    if there is None or "new" not in {window.reason for window in there.windows}:
        assert content(store.path) == before, str(interrupts)
        assert kept_copies(store.path) == leftovers(store.path.parent) == [], str(interrupts)
        end = "taken back"
    else:
        end = "made, and interrupted" if interrupted else "made"
    switch_on(store, now=NOW, reason="next")
    assert store.read().state.windows[-1].reason == "next", str(interrupts)
    assert leftovers(store.path.parent) == [], str(interrupts)
    return end


def assert_is_free(store, interrupts):
    lock = store.path.resolve().with_name(f".{store.path.resolve().name}.lock")
    if lock.exists():
        with lock.open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pytest.fail(f"{interrupts}: the lock is held")
