"""Whatever people and programs do in turn, a small model knows what is on and what is planned."""

import contextlib
import os
import shutil
import tempfile
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from maintenance_core import (
    FileStore,
    InvalidInput,
    Reader,
    Recurrence,
    State,
    Update,
    remove_window,
    renew_lease,
    skip_run,
    switch_off,
    switch_on,
)
from maintenance_core.changes import closed, restored
from tests.core.helpers import HOUR, MINUTE, NOW

LENGTH = 20 * MINUTE
HOURLY = Recurrence(cron="0 * * * *", duration=1200, zone="UTC")
LEASE = 15 * MINUTE

REASONS = st.sampled_from(["", "one", "two"])


@dataclass(frozen=True)
class Thing:
    """What the model knows of a window."""

    kind: str
    reason: str
    start: datetime
    end: datetime | None = None
    skipped: frozenset[datetime] = frozenset()

    def hours(self, now):
        """The runs of a series from an hour ago on."""
        first = now.replace(minute=0, second=0)
        starts = [first + count * HOUR for count in range(3 + len(self.skipped))]
        return [each for each in starts if each >= self.start and each not in self.skipped]

    def is_over(self, now):
        return self.end is not None and self.end <= now

    def is_gone(self, now):
        """A lease may be renewed late, for as long again."""
        return self.is_over(now) and (self.kind != "lease" or self.end + LEASE <= now)

    def is_on(self, now):
        if self.kind == "series":
            return any(start <= now < start + LENGTH for start in self.hours(now))
        return self.start <= now and not self.is_over(now)

    def next_start(self, now):
        starts = self.hours(now) if self.kind == "series" else [self.start]
        return min((start for start in starts if start > now), default=None)


class Memory:
    """A state in a variable."""

    def __init__(self):
        self.state = State()

    def change(self, change, note=None):
        before, self.state = self.state, change(self.state)
        if before != self.state:
            self.state = State(revision=before.revision + 1, windows=self.state.windows)
        return Update(before, self.state)


class Maintaining(RuleBasedStateMachine):
    """The things that are there by id, and the pauses that are under way."""

    def __init__(self):
        super().__init__()
        # Not on the minute: a run that is ended in its first minute counts as well.
        self.now = NOW + timedelta(seconds=10)
        self.things, self.pauses, self.holders = {}, [], {}

    @initialize()
    def start(self):
        self.store = Memory()

    def state(self):
        return self.store.state

    def series(self):
        return [key for key, each in self.things.items() if each.kind == "series"]

    def drop_what_is_over(self):
        self.things = {
            key: each for key, each in self.things.items() if not each.is_gone(self.now)
        }

    def open(self, thing, **how):
        lasting = [each for each in self.things.values() if not each.is_over(self.now)]
        said = any(self.says_the_same(thing, each) for each in lasting)
        update = switch_on(self.store, now=self.now, reason=thing.reason, **how)
        assert update.changed is not said
        if not said:
            self.drop_what_is_over()
            (new,) = update.opened
            self.things[new.id] = thing
            return new.id
        return None

    def says_the_same(self, thing, other):
        if thing.kind == "lease" or (thing.kind, thing.reason) != (other.kind, other.reason):
            return False
        if thing.kind == "series":
            return thing.next_start(self.now) in other.hours(self.now)
        return thing.kind != "plan" or (thing.start, thing.end) == (other.start, other.end)

    @rule(reason=REASONS)
    def on(self, reason):
        self.open(Thing("open", reason, self.now))

    @rule(reason=REASONS, wait=st.integers(1, 4), length=st.none() | st.integers(1, 4))
    def plan(self, reason, wait, length):
        start = self.now.replace(minute=0) + wait * HOUR
        end = None if length is None else start + length * LENGTH
        self.open(Thing("plan", reason, start, end), start=start, end=end)

    @rule(reason=REASONS)
    def recur(self, reason):
        self.open(Thing("series", reason, self.now), recurrence=HOURLY)

    @rule(reason=REASONS)
    def lease(self, reason):
        thing = Thing("lease", reason, self.now, self.now + LEASE)
        self.holders[self.open(thing, lease=LEASE)] = None

    @precondition(lambda self: self.holders)
    @rule(data=st.data())
    def renew(self, data):
        window_id = data.draw(st.sampled_from(list(self.holders)))
        thing = self.things.get(window_id)
        if thing is None:
            with pytest.raises(InvalidInput):
                renew_lease(self.store, window_id, now=self.now)
            return
        renew_lease(self.store, window_id, now=self.now)
        self.things[window_id] = replace(thing, end=self.now + LEASE)

    def end(self, keys):
        """What a person's off does to the things with these keys, one of which is on."""
        for key in keys:
            thing = self.things[key]
            if thing.kind == "series" and thing.is_on(self.now):
                run = self.now.replace(minute=0, second=0)
                self.things[key] = replace(thing, skipped=thing.skipped | {run})
            elif thing.is_on(self.now) or (thing.kind == "lease" and thing.is_over(self.now)):
                del self.things[key]

    @rule()
    def off(self):
        before = dict(self.things)
        self.end([*self.things])
        update = switch_off(self.store, now=self.now)
        assert update.changed is (before != self.things)
        if update.changed:
            self.drop_what_is_over()

    @precondition(lambda self: self.things)
    @rule(data=st.data())
    def off_by_id(self, data):
        key = data.draw(st.sampled_from(list(self.things)))
        before = dict(self.things)
        self.end([key])
        ended = before != self.things
        if ended:
            self.drop_what_is_over()
        assert switch_off(self.store, key, now=self.now).changed is ended

    @precondition(lambda self: self.series())
    @rule(data=st.data())
    def skip(self, data):
        key = data.draw(st.sampled_from(self.series()))
        thing = self.things[key]
        run = self.now.replace(minute=0, second=0)
        if not thing.is_on(self.now):
            run = thing.next_start(self.now)
        self.things[key] = replace(thing, skipped=thing.skipped | {run})
        assert skip_run(self.store, key, now=self.now).changed

    @precondition(lambda self: self.things)
    @rule(data=st.data())
    def remove(self, data):
        key = data.draw(st.sampled_from(list(self.things)))
        del self.things[key]
        assert remove_window(self.store, key).changed

    @rule()
    def off_everything(self):
        switch_off(self.store, everything=True)
        self.things = {}

    @rule()
    def pause(self):
        active = {key: each for key, each in self.things.items() if each.is_on(self.now)}
        before = dict(self.things)
        self.end([*self.things])
        left = {key: self.things.get(key) for key in active}
        update = self.store.change(lambda state: closed(state, self.now))
        if before != self.things:
            self.drop_what_is_over()
        windows = [each for each in update.before.windows if each.is_active(self.now)]
        assert {each.id for each in windows} == active.keys()
        paused = [(each, update.after.find(each.id)) for each in windows]
        self.pauses.append((active, left, paused))

    @precondition(lambda self: self.pauses)
    @rule()
    def resume(self):
        active, left, paused = self.pauses.pop()
        self.store.change(lambda state: restored(state, paused, self.now))
        for key, thing in active.items():
            if self.things.get(key) == left[key]:
                end = self.now + LEASE if thing.kind == "lease" else thing.end
                self.things[key] = replace(thing, end=end)
        self.drop_what_is_over()

    @rule(minutes=st.sampled_from([1, 10, 15, 40, 100]))
    def wait(self, minutes):
        self.now += minutes * MINUTE

    @invariant()
    def what_is_on_and_planned_is_what_the_model_says(self):
        if not hasattr(self, "store"):
            return
        state, now = self.state(), self.now
        on = {key for key, each in self.things.items() if each.is_on(now)}
        assert {run.id for run in state.active(now)} == on
        starts = {key: each.next_start(now) for key, each in self.things.items()}
        planned = {key: start for key, start in starts.items() if start is not None}
        assert {run.id: run.start for run in state.planned(now)} == planned
        assert state.phase(now) == ("on" if on else "off")


class MaintainingInAFile(Maintaining):
    """The same, through a file, and seen by a worker that keeps what it has read."""

    @initialize()
    def start(self):
        self.undo = contextlib.ExitStack()
        patch = self.undo.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(os, "fsync", lambda descriptor: None)
        directory = Path(tempfile.mkdtemp())
        self.undo.callback(shutil.rmtree, directory)
        self.store = FileStore(directory / "state.json")
        self.reader = Reader(self.store, clock=self.seconds)

    def seconds(self):
        return self.now.timestamp()

    def teardown(self):
        if hasattr(self, "undo"):
            self.undo.close()

    def state(self):
        return FileStore(self.store.path).read().state

    @invariant()
    def a_worker_sees_it_at_once(self):
        if hasattr(self, "reader"):
            view, on = self.reader.current(), self.state().active(self.now)
            assert (view.active, view.on) == (on, bool(on))


Maintaining.TestCase.settings = settings(
    max_examples=100, stateful_step_count=30, deadline=None, database=None
)
MaintainingInAFile.TestCase.settings = settings(
    max_examples=30, stateful_step_count=25, deadline=None, database=None
)
TestMaintaining = Maintaining.TestCase
TestMaintainingInAFile = MaintainingInAFile.TestCase
