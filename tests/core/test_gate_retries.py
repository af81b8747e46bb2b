"""A worker that could not be counted is counted as soon as it can be."""

import fcntl
import os
import struct
from types import SimpleNamespace

import pytest

from maintenance_core import gate
from maintenance_core.draining import look
from maintenance_core.gate import Gate
from tests.core.gate_workers import seen
from tests.core.helpers import in_time


@pytest.fixture
def path(tmp_path):
    return tmp_path / ".state.json.gate"


class Clock:
    def __init__(self):
        self.seconds = 1000.0

    def monotonic(self):
        return self.seconds


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(gate, "time", SimpleNamespace(monotonic=clock.monotonic))
    return clock


def test_a_gate_is_tried_again_after_a_second_and_not_before(tmp_path, clock):
    path = tmp_path / "place" / "gate"
    gate = Gate(path)
    early = gate.visit()
    early.enter()
    path.parent.mkdir()
    clock.seconds += 0.999
    with gate.visit():
        assert seen(path) == (0, 0)
        assert "No such file or directory" in gate.problem
    clock.seconds += 0.001
    with gate.visit():
        assert seen(path) == (1, 1)
        assert gate.problem is None
    assert seen(path) == (1, 1), "the early one is in flight, and counted now"
    early.leave()
    assert seen(path) == (1, 0)


def test_the_log_has_a_line_when_it_changes_whether_requests_are_counted(tmp_path, clock, caplog):
    caplog.set_level("INFO")
    path = tmp_path / "place" / "gate"
    gate = Gate(path)
    for _ in range(3):
        with gate.visit():
            clock.seconds += 1
    problem = gate.problem
    path.parent.mkdir()
    for _ in range(3):
        with gate.visit():
            clock.seconds += 1
    assert caplog.record_tuples == [
        ("maintenance_core", 30, problem),
        ("maintenance_core", 20, f"{path}: requests are counted again."),
    ]


def test_a_gate_without_a_problem_logs_nothing(path, caplog):
    caplog.set_level("DEBUG")
    with Gate(path).visit():
        assert caplog.messages == []


@pytest.mark.parametrize("busy", [True, False])
def test_a_file_that_was_removed_is_made_anew_within_a_second(path, clock, busy):
    gate = Gate(path)
    visit = gate.visit()
    visit.enter()
    if not busy:
        visit.leave()
    path.unlink()
    assert seen(path) == (0, 0)
    clock.seconds += 1
    with gate.visit():
        assert seen(path) == (1, 1)
    assert seen(path) == (1, int(busy))


def test_a_file_that_was_replaced_is_taken_within_a_second(path, clock):
    gate = Gate(path)
    with gate.visit():
        path.rename(path.with_name("old"))
        path.touch()
        clock.seconds += 1
        with gate.visit():
            assert (seen(path), seen(path.with_name("old"))) == ((1, 1), (0, 0))


def test_a_lock_of_another_program_delays_no_request(path, clock):
    path.touch()
    gate = Gate(path)
    with path.open("r+") as file:
        whole_file = struct.pack("@hhqqi0q", fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
        fcntl.fcntl(file, fcntl.F_OFD_SETLK, whole_file)
        visit = gate.visit()
        in_time(visit.enter)
        assert "the gate cannot be locked (Resource temporarily unavailable)" in gate.problem
        occupancy = look(path)
        assert (occupancy.workers, occupancy.busy, occupancy.busy_pids) == (1, 1, ())
    clock.seconds += 1
    visit.enter()
    assert (gate.problem, seen(path)) == (None, (1, 1))


def test_a_busy_lock_alone_that_cannot_be_had_is_told(path, clock):
    path.touch()
    gate = Gate(path)
    with path.open("r+") as file:
        busy_part = struct.pack("@hhqqi0q", fcntl.F_WRLCK, os.SEEK_SET, 2**60, 0, 0)
        fcntl.fcntl(file, fcntl.F_OFD_SETLK, busy_part)
        with gate.visit():
            assert "the gate cannot be locked (Resource temporarily unavailable)" in gate.problem
    assert seen(path) == (0, 0)
