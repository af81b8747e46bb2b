"""Waiting until no request is in flight."""

import math
import sys
import threading
from types import SimpleNamespace

import pytest

from maintenance_core import InvalidInput, StoreError
from maintenance_core.draining import Drained, Occupancy, drain, look
from maintenance_core.gate import Gate
from tests.core.gate_workers import open_descriptors, worker
from tests.core.helpers import PATIENCE

# The package has the function of that name in front of its module.
MODULE = sys.modules["maintenance_core.draining"]


@pytest.fixture
def path(tmp_path):
    return tmp_path / ".state.json.gate"


class Pauses:
    """A clock that goes on only while the drain sleeps, and what happens during each sleep."""

    def __init__(self):
        self.now = 1000.0
        self.slept = []
        self.events = []

    def monotonic(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds
        assert len(self.slept) < 1000, "it does not end"
        if self.events:
            self.events.pop(0)()


@pytest.fixture
def pauses(monkeypatch):
    pauses = Pauses()
    monkeypatch.setattr(
        MODULE, "time", SimpleNamespace(monotonic=pauses.monotonic, sleep=pauses.sleep)
    )
    return pauses


def entered(path):
    visit = Gate(path).visit()
    visit.enter()
    return visit


def outcome(drained):
    return drained.outcome, drained.workers, drained.busy


@pytest.mark.parametrize("timeout", [0, 5.0, None])
def test_nobody_is_known_without_a_file(path, timeout):
    assert outcome(drain(path, timeout)) == ("no-workers", 0, 0)
    assert not path.exists()


def test_nobody_is_known_in_a_file_that_nobody_uses(path):
    path.touch()
    assert outcome(drain(path, None)) == ("no-workers", 0, 0)


def test_nobody_is_known_when_the_file_of_a_busy_worker_was_removed(path):
    with Gate(path).visit():
        path.unlink()
        assert outcome(drain(path, 5)) == ("no-workers", 0, 0)


def test_nobody_is_known_when_the_directory_is_missing(tmp_path):
    assert drain(tmp_path / "missing" / "gate", 5).outcome == "no-workers"


def test_idle_workers_are_drained_at_once(path, pauses):
    visit = entered(path)
    visit.leave()
    with worker("idle", path):
        assert drain(path, None) == Drained("drained", 2, 0, (), 0.0)
    assert pauses.slept == []


def test_a_timeout_of_zero_is_one_look(path, pauses):
    with Gate(path).visit(), worker("busy", path) as process:
        drained = drain(path, 0)
        assert outcome(drained) == ("busy", 2, 2)
        assert process.pid in drained.busy_pids
    assert pauses.slept == []


def test_a_drain_returns_when_the_last_request_ends(path):
    first, last = entered(path), entered(path)
    waiting, fewer = threading.Event(), threading.Event()
    results = []

    def on_progress(occupancy):
        (waiting if occupancy.busy == 2 else fewer).set()

    thread = threading.Thread(
        target=lambda: results.append(drain(path, None, on_progress=on_progress))
    )
    thread.start()
    assert waiting.wait(PATIENCE)
    first.leave()
    assert fewer.wait(PATIENCE)
    assert results == []
    last.leave()
    thread.join(PATIENCE)
    assert outcome(*results) == ("drained", 2, 0)


def test_a_drain_returns_when_the_last_busy_worker_is_killed(path):
    with worker("busy", path) as process, worker("idle", path):
        drained = drain(path, PATIENCE, on_progress=lambda occupancy: process.kill())
    assert outcome(drained) == ("drained", 1, 0)


def test_a_drain_looks_often_but_not_all_the_time(path, pauses):
    with Gate(path).visit():
        drained = drain(path, 1)
    assert outcome(drained) == ("busy", 1, 1)
    assert drained.waited == pytest.approx(1)
    assert len(pauses.slept) < 110
    assert max(pauses.slept) <= 0.02


def test_a_drain_without_a_timeout_looks_as_often(path, pauses):
    visit = entered(path)
    pauses.events = [lambda: None] * 300 + [visit.leave]
    assert outcome(drain(path, None)) == ("drained", 1, 0)
    assert set(pauses.slept) == {0.01}


def test_a_request_that_ends_with_the_time_is_seen_to_have_ended(path, pauses):
    visit = entered(path)
    keeper = Gate(path)
    with keeper.visit():
        pass
    pauses.events = [visit.leave]
    assert outcome(drain(path, 0.01)) == ("drained", 2, 0)


def test_progress_is_told_at_first_and_after_each_change(path, pauses):
    keeper = Gate(path)
    with keeper.visit():
        pass
    visits = [entered(path) for _ in range(2)]
    pid = look(path).busy_pids[0]
    pauses.events = [lambda: None, visits[0].leave, lambda: None, visits[1].leave]
    told = []
    drained = drain(path, None, on_progress=told.append)
    assert told == [Occupancy(3, 2, (pid, pid)), Occupancy(3, 1, (pid,))]
    assert outcome(drained) == ("drained", 3, 0)
    assert drained.waited == pytest.approx(0.04)


def test_progress_that_fails_ends_the_drain(path):
    def on_progress(occupancy):
        raise KeyboardInterrupt

    with Gate(path).visit(), pytest.raises(KeyboardInterrupt):
        drain(path, None, on_progress=on_progress)


@pytest.mark.parametrize("timeout", [-1, -0.001, math.nan, -math.inf])
def test_a_timeout_that_is_none_is_refused(path, timeout):
    with pytest.raises(InvalidInput) as refused:
        drain(path, timeout)
    assert str(refused.value) == (
        f"timeout: it is {timeout!r}; give a number of seconds, 0 or more."
    )


def test_a_timeout_without_an_end_is_one(path, pauses):
    visit = entered(path)
    pauses.events = [lambda: None, visit.leave]
    assert outcome(drain(path, math.inf)) == ("drained", 1, 0)


def test_a_file_that_is_none_is_told(path):
    path.mkdir()
    with pytest.raises(StoreError, match="the gate is not a regular file"):
        drain(path, 5)


def test_a_drain_leaves_no_descriptor_and_no_trace(path):
    visit = entered(path)
    before = path.stat()
    drain(path, 0)
    assert open_descriptors(path) == 1
    assert path.stat() == before
    visit.leave()


def test_a_system_without_such_locks_is_unknown(path, monkeypatch):
    monkeypatch.setattr(MODULE, "SUPPORTED", False)
    assert outcome(drain(path, 5)) == ("unknown", 0, 0)


SENTENCES = {
    Drained("drained", 1, 0, (), 0.1): "No request is in flight in 1 worker process.",
    Drained("drained", 3, 0, (), 0.1): "No request is in flight in 3 worker processes.",
    Drained("busy", 3, 2, (12, 14), 30.0042): (
        "After 30 s there are requests in flight in 2 of 3 worker processes "
        "(process ids: 12, 14); wait longer, or see what they do."
    ),
    Drained("busy", 1, 1, (), 0.0001): (
        "After 0 s there are requests in flight in 1 of 1 worker process "
        "(process ids: unknown); wait longer, or see what they do."
    ),
    Drained("no-workers", 0, 0, (), 0.0): (
        "No worker process is known, so requests may be in flight; see that the site runs, uses "
        "this state, and has had a request since it was started."
    ),
    Drained("unknown", 0, 0, (), 0.0): (
        "This system lacks the locks that a gate needs, so requests may be in flight; "
        "run on Linux, or stop the workers to be sure."
    ),
}


@pytest.mark.parametrize(("drained", "sentence"), SENTENCES.items())
def test_the_outcome_is_one_sentence(drained, sentence):
    assert drained.sentence == sentence
