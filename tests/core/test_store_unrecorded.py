"""The journal is written after the state: if that fails, the change stands, and this is told."""

import os

import pytest

from maintenance_core import FileStore, repair, switch_off, switch_on
from tests.core.faults import NUMBERS, Faults, corrupt, nothing, open_descriptors
from tests.core.helpers import NOW, kept_copies, leftovers, open_window

NEW_FILE = {"open", "write", "fsync", "rename", "fchmod", "stat", "lstat", "fstat", "close"}
OLD_FILE = {"open", "write", "fsync", "fstat", "pread", "close"}


class InTheJournal(Faults, FileStore):
    """A file store whose calls fail from when its new state is confirmed."""

    def __init__(self, path, *arguments, **options):
        FileStore.__init__(self, path)
        Faults.__init__(self, *arguments, **options)

    def failing(self, name, real):
        failing = super().failing(name, real)

        def call(*arguments, **options):
            return (failing if self.recording else real)(*arguments, **options)

        return call

    recording = False

    def _record(self, *arguments):
        self.recording = True
        try:
            return super()._record(*arguments)
        finally:
            self.recording = False


def begun(path):
    switch_on(FileStore(path), now=NOW, reason="old")
    switch_off(FileStore(path), now=NOW)


def on(store):
    return switch_on(store, now=NOW, reason="new")


@pytest.mark.parametrize("lasting", [False, True], ids=["once", "for good"])
@pytest.mark.parametrize(
    ("make", "change", "calls"),
    [
        (nothing, on, NEW_FILE),
        (corrupt, on, NEW_FILE),
        (corrupt, repair, NEW_FILE),
        (begun, on, OLD_FILE),
    ],
)
def test_the_new_state_stands_without_an_error(tmp_path, make, change, calls, lasting):
    descriptors = open_descriptors()
    for name in sorted(calls):
        for number in NUMBERS:
            place = tmp_path / f"{name}-{number}"
            place.mkdir()
            make(place / "state.json")
            store = InTheJournal(place / "state.json", 1, number, calls=(name,), lasting=lasting)
            before = len(store.history().entries)
            with store.injected():
                update = change(store)
            assert store.happened
            assert store.read().state == update.after
            assert update.changed
            assert len(kept_copies(store.path)) == (make is corrupt)
            assert open_descriptors() == descriptors
            assert update.unrecorded.startswith(f"{store.location}.journal: the change could not ")
            assert os.strerror(number) in update.unrecorded
            assert "\n" not in update.unrecorded
            # What was written and not synced may be there all the same.
            assert len(store.history().entries) - before <= (name in {"fsync", "close"})


def test_the_next_change_is_recorded_again(path, no_disk_sync):
    begun(path)
    store = InTheJournal(path, 1, 28, calls=("write",))
    with store.injected():
        assert on(store).unrecorded
    update = switch_off(store, now=NOW)
    assert update.unrecorded is None
    assert [entry.revision for entry in store.history().entries] == [1, 2, 4]
    assert leftovers(path.parent) == []


def test_what_is_no_journal_is_told_and_left_alone(store, path):
    journal = path.with_name("state.json.journal")
    journal.mkdir()
    update = on(store)
    assert store.read().state == update.after
    assert update.unrecorded == f"{journal}: it is not a regular file; move it away."
    assert list(journal.iterdir()) == []


def test_nothing_is_recorded_of_what_changed_nothing_or_nobody_has_noted(store):
    assert switch_off(store, now=NOW).unrecorded is None
    assert open_window(store).unrecorded is None
    assert store.history().entries == ()
