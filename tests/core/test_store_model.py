"""Any sequence of changes, damages and restarts does what a few lines of a model do."""

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from maintenance_core import FileStore, Reader, set_mode, switch_off, switch_on
from tests.core.helpers import HOUR, NOW, kept_copies, leftovers

WORDS = st.sampled_from(["", "Back soon", "Wir sind gleich zurück ☕"])


class Switching(RuleBasedStateMachine):
    """The model: the words of the windows that are active and of those that are planned."""

    @initialize()
    def start(self):
        self.undo = contextlib.ExitStack()
        patch = self.undo.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(os, "fsync", lambda descriptor: None)
        directory = Path(tempfile.mkdtemp())
        self.undo.callback(shutil.rmtree, directory)
        self.path = directory / "state.json"
        self.active, self.planned = [], []
        self.revision = self.copies = 0
        self.readable = True
        self.seen = False
        self.restart()

    def teardown(self):
        if hasattr(self, "undo"):
            self.undo.close()

    @rule()
    def restart(self):
        self.store = FileStore(self.path)
        self.reader = Reader(self.store)
        self.seen = False

    def change(self, switch, **options):
        update = switch(self.store, now=NOW, **options)
        assert (update.kept is not None) == (not self.readable)
        if not self.readable:
            self.copies += 1
            self.active, self.planned, self.revision = [], [], 0
            self.readable = True
        return update

    def wrote(self, update, *, changed):
        assert update.changed == changed
        self.revision += changed

    @rule(words=WORDS)
    def on(self, words):
        was_readable = self.readable
        update = self.change(switch_on, message=words)
        said = words in self.active
        self.active += [] if said else [words]
        self.wrote(update, changed=not said or not was_readable)

    @rule(words=WORDS)
    def plan(self, words):
        was_readable = self.readable
        update = self.change(switch_on, message=words, start=NOW + HOUR)
        said = words in self.planned
        self.planned += [] if said else [words]
        self.wrote(update, changed=not said or not was_readable)

    @rule(everything=st.booleans())
    def off(self, everything):
        was_readable = self.readable
        update = self.change(switch_off, everything=everything)
        ended = self.active or (everything and self.planned)
        self.active = []
        self.planned = [] if everything else self.planned
        self.wrote(update, changed=bool(ended) or not was_readable)

    @rule(value=st.booleans())
    def set(self, value):
        was_readable = self.readable
        update = self.change(set_mode, value=value)
        wanted = [""] if value else []
        changed = (self.active, self.planned) != (wanted, [])
        self.active, self.planned = wanted, []
        self.wrote(update, changed=changed or not was_readable)

    @rule(content=st.sampled_from([b"0", b"1", b"0\n"]))
    def write_as_the_old_tool(self, content):
        self.path.write_bytes(content)
        self.active, self.planned, self.revision = [""] * content.count(b"1"), [], 0
        self.readable = True

    @rule(content=st.sampled_from([b"", b"{", b"2", b'{"schema": 2}']) | st.binary(max_size=5))
    def damage(self, content):
        if content.strip() not in {b"0", b"1", b"-0"}:
            self.path.write_bytes(content)
            self.readable = False

    @rule()
    def delete(self):
        self.path.unlink(missing_ok=True)
        self.active, self.planned, self.revision, self.readable = [], [], 0, True

    @invariant()
    def store_says_what_the_model_says(self):
        state = self.store.read().state
        assert (state is not None) == self.readable
        if state is not None:
            assert [window.message for window in state.active(NOW)] == self.active
            assert [window.message for window in state.planned(NOW)] == self.planned
            assert state.revision == self.revision
        assert len(kept_copies(self.path)) == self.copies
        assert leftovers(self.path.parent) == []

    @invariant()
    def reader_shows_the_last_state_it_could_read(self):
        view = Reader(self.store, clock=NOW.timestamp).current()
        assert (view.problem is None) == self.readable
        self.reader._clock = NOW.timestamp
        seen = self.reader.current()
        self.seen = self.seen or self.readable
        assert seen.on == (bool(self.active) and self.seen)


Switching.TestCase.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)
TestSwitching = Switching.TestCase
