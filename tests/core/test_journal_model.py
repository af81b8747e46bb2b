"""Any sequence of records and damages does what a few lines of a model do."""

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from maintenance_core.journal import Journal
from maintenance_core.journal_entry import Entry, encode_entry
from tests.core.journal_things import SIZE, entry, older

KEEP, MAX_BYTES = 2, 4 * SIZE
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
JUNK = st.binary(max_size=SIZE).filter(lambda junk: b"\n" not in junk)


class Recording(RuleBasedStateMachine):
    """The model: files, the newest one last, of lines: entries, "junk", and a "torn" last one."""

    @initialize()
    def start(self):
        self.undo = contextlib.ExitStack()
        patch = self.undo.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(os, "fsync", lambda descriptor: None)
        directory = Path(tempfile.mkdtemp())
        self.undo.callback(shutil.rmtree, directory)
        self.journal = Journal(directory / "journal", max_bytes=MAX_BYTES, keep=KEEP)
        self.files = []
        self.revision = 0

    def teardown(self):
        if hasattr(self, "undo"):
            self.undo.close()

    @property
    def is_torn(self):
        return bool(self.files) and self.files[-1][-1] == "torn"

    @property
    def entries(self):
        return tuple(line for file in self.files for line in file if isinstance(line, Entry))

    @rule(words=TEXT)
    def record(self, words):
        self.revision += 1
        new = entry(self.revision, tool=words)
        length = self.is_torn + len(encode_entry(new))
        if not self.files or self.journal.path.stat().st_size + length > MAX_BYTES:
            self.files = [*self.files, []][-KEEP - 1 :]
        self.files[-1].append(new)
        self.journal.record(new)
        assert self.journal.path.stat().st_size <= MAX_BYTES

    @precondition(lambda self: self.files and not self.is_torn)
    @rule(junk=JUNK)
    def damage(self, junk):
        with self.journal.path.open("ab") as file:
            file.write(b"x" + junk + b"\n")
        self.files[-1].append("junk")

    @precondition(lambda self: self.files and not self.is_torn)
    @rule(length=st.integers(1, SIZE - 2))
    def tear(self, length):
        with self.journal.path.open("ab") as file:
            file.write(encode_entry(entry())[:length])
        self.files[-1].append("torn")

    @rule()
    def delete(self):
        for name in (self.journal.path, older(self.journal, 1), older(self.journal, 2)):
            name.unlink(missing_ok=True)
        self.files = []

    @rule(limit=st.integers(0, 9))
    def the_last_ones_are_those_of_the_model(self, limit):
        skipped = max(0, len(self.entries) - limit)
        assert self.journal.history(limit).entries == self.entries[skipped:]

    @invariant()
    def all_are_those_of_the_model(self):
        damaged = sum(file.count("junk") + file[:-1].count("torn") for file in self.files)
        history = self.journal.history()
        assert (history.entries, history.damaged) == (self.entries, damaged)
        assert history.problem is None


Recording.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
TestRecording = Recording.TestCase
