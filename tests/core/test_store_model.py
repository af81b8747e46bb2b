"""Any sequence of changes, damages and restarts does what a few lines of a model do."""

import contextlib
import json
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from maintenance_core import (
    FileStore,
    Reader,
    issue_bypass,
    repair,
    revoke_bypass,
    set_mode,
    switch_off,
    switch_on,
)
from maintenance_core.codec import encode
from tests.core.helpers import HOUR, NOW, kept_copies, leftovers

WORDS = st.sampled_from(["", "Back soon", "Wir sind gleich zurück ☕"])
LOST = ((), (), 0, False)


class Switching(RuleBasedStateMachine):
    """The model: the words of the active and of the planned windows, and what was recorded."""

    @initialize()
    def start(self):
        self.undo = contextlib.ExitStack()
        patch = self.undo.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(os, "fsync", lambda descriptor: None)
        directory = Path(tempfile.mkdtemp())
        self.undo.callback(shutil.rmtree, directory)
        self.path = directory / "state.json"
        self.facts = LOST
        self.copies = 0
        self.recorded = []
        self.readable = True
        self.left = False
        self.restart()

    def teardown(self):
        if hasattr(self, "undo"):
            self.undo.close()

    @property
    def facts(self):
        return [*self.active], [*self.planned], self.revision, self.bypass

    @facts.setter
    def facts(self, there):
        active, planned, self.revision, self.bypass = there
        self.active, self.planned = [*active], [*planned]

    @rule()
    def restart(self):
        self.store = FileStore(self.path)
        self.reader = Reader(self.store, clock=NOW.timestamp)
        self.seen = False

    @contextlib.contextmanager
    def changes(self, action):
        """What the body does to the model is one change, if it is any."""
        was_readable = self.readable
        if not was_readable:
            # What can be understood of it stays.
            self.copies += 1
            self.facts = self.saved
            self.readable = True
        before = self.facts
        updates = []
        yield updates.append
        (update,) = updates
        changed = self.facts != before or not was_readable
        self.revision += changed
        assert update.changed is changed
        assert (update.kept is not None) is not was_readable
        assert update.unrecorded is None
        if changed:
            self.left = False
            self.recorded.append((action, self.revision))

    @rule(words=WORDS)
    def on(self, words):
        with self.changes("on") as done:
            self.active += [] if words in self.active else [words]
            done(switch_on(self.store, now=NOW, message=words))

    @rule(words=WORDS)
    def plan(self, words):
        with self.changes("plan") as done:
            self.planned += [] if words in self.planned else [words]
            done(switch_on(self.store, now=NOW, message=words, start=NOW + HOUR))

    @rule(everything=st.booleans())
    def off(self, everything):
        with self.changes("off") as done:
            self.active, self.planned = [], [] if everything else self.planned
            done(switch_off(self.store, now=NOW, everything=everything))

    @rule(value=st.booleans())
    def set(self, value):
        with self.changes("on" if value else "off") as done:
            self.active, self.planned = [""] if value else [], []
            done(set_mode(self.store, value, now=NOW))

    @rule()
    def issue(self):
        with self.changes("bypass") as done:
            secret, update = issue_bypass(self.store, now=NOW)
            self.bypass = secret
            done(update)

    @rule()
    def revoke(self):
        with self.changes("revoke") as done:
            self.bypass = False
            done(revoke_bypass(self.store))

    @rule()
    def repair(self):
        with self.changes("repair") as done:
            done(repair(self.store))

    @rule(content=st.sampled_from([b"0", b"1", b"0\n"]))
    def write_as_the_old_tool(self, content):
        self.path.write_bytes(content)
        self.facts = ([""] * content.count(b"1"), [], 0, False)
        self.readable = True

    @rule(content=st.sampled_from([b"", b"{", b"2", b'{"schema": 2}']) | st.binary(max_size=5))
    def damage(self, content):
        if content.strip() not in {b"0", b"1", b"-0"}:
            self.path.write_bytes(content)
            self.readable, self.saved = False, LOST

    @precondition(lambda self: self.readable)
    @rule(junk=st.sampled_from([1, None, [], {"id": "x"}]), first=st.booleans())
    def damage_one_window(self, junk, first):
        """As an editor does that adds a window by hand, and gets it wrong."""
        document = json.loads(encode(self.store.read().state))
        document["windows"].insert(0 if first else len(document["windows"]), junk)
        self.path.write_text(json.dumps(document))
        self.readable, self.saved = False, self.facts

    @rule()
    def delete(self):
        self.path.unlink(missing_ok=True)
        self.facts = LOST
        self.readable = True

    @rule()
    def delete_the_journal(self):
        self.path.with_name("state.json.journal").unlink(missing_ok=True)
        self.recorded = []

    @rule()
    def be_killed_while_writing(self):
        self.path.with_name(".state.json.17-0123456789ab.tmp").write_bytes(b"1")
        self.left = True

    @invariant()
    def store_says_what_the_model_says(self):
        state = self.store.read().state
        assert (state is not None) == self.readable
        if state is not None:
            assert [window.message for window in state.active(NOW)] == self.active
            assert [window.message for window in state.planned(NOW)] == self.planned
            assert state.revision == self.revision
            assert (state.bypass is None) is (self.bypass is False)
        assert len(kept_copies(self.path)) == self.copies
        assert bool(leftovers(self.path.parent)) is self.left

    @invariant()
    def the_journal_has_every_change_and_nothing_else(self):
        history = self.store.history()
        assert (history.damaged, history.problem) == (0, None)
        assert [(entry.action, entry.revision) for entry in history.entries] == self.recorded

    @invariant()
    def reader_shows_the_last_state_it_could_read(self):
        view = Reader(self.store, clock=NOW.timestamp).current()
        assert (view.problem is None) == self.readable
        seen = self.reader.current()
        self.seen = self.seen or self.readable
        assert (seen.problem is None) == self.readable
        assert seen.on == (bool(self.active) and self.seen)


Switching.TestCase.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)
TestSwitching = Switching.TestCase
