"""Requests in flight, as a drain sees them."""

import asyncio
import errno
import fcntl
import gc
import os
import subprocess
import sys
import threading

import pytest

from maintenance_core.gate import Gate
from tests.core.gate_workers import open_descriptors, seen
from tests.core.helpers import PATIENCE, ROOT, in_time


@pytest.fixture
def gate_file(tmp_path):
    return tmp_path / ".state.json.gate"


@pytest.fixture
def gate(gate_file):
    return Gate(gate_file)


def entered(gate):
    visit = gate.visit()
    visit.enter()
    return visit


def test_a_gate_without_a_request_is_not_there(gate, gate_file):
    gate.visit()
    assert seen(gate_file) == (0, 0)
    assert not gate_file.exists()


def test_a_worker_is_busy_while_a_request_is_in_flight_and_stays_there(gate, gate_file):
    with gate.visit():
        assert seen(gate_file) == (1, 1)
    assert seen(gate_file) == (1, 0)
    assert gate.problem is None


def test_a_request_that_fails_has_left(gate, gate_file):
    with pytest.raises(LookupError), gate.visit():
        raise LookupError
    assert seen(gate_file) == (1, 0)


def test_visits_within_visits_are_busy_until_the_outer_one_leaves(gate, gate_file):
    with gate.visit():
        with gate.visit():
            pass
        assert seen(gate_file) == (1, 1)
    assert seen(gate_file) == (1, 0)


def test_a_visit_that_leaves_twice_counts_once(gate, gate_file):
    first, _second = entered(gate), entered(gate)
    first.leave()
    first.leave()
    assert seen(gate_file) == (1, 1)


def test_a_visit_that_enters_twice_counts_once(gate, gate_file):
    visit = entered(gate)
    visit.enter()
    visit.leave()
    assert seen(gate_file) == (1, 0)


def test_a_visit_that_has_left_can_enter_again(gate, gate_file):
    visit = entered(gate)
    visit.leave()
    visit.enter()
    assert seen(gate_file) == (1, 1)


def test_a_visit_that_nobody_refers_to_any_more_has_left(gate, gate_file):
    visit = entered(gate)
    assert seen(gate_file) == (1, 1)
    del visit
    assert seen(gate_file) == (1, 0)


def test_only_the_first_that_enters_and_the_last_that_leaves_cost_a_lock(gate, monkeypatch):
    entered(gate)
    locked = []
    monkeypatch.setattr(fcntl, "fcntl", lambda *arguments: locked.append(arguments))
    with gate.visit():
        assert len(locked) == 1
        with gate.visit():
            pass
    twice = entered(gate)
    twice.leave()
    twice.leave()
    assert len(locked) == 4


def test_threads_are_busy_until_the_last_has_left(gate, gate_file):
    arrived = threading.Barrier(21)
    leave = [threading.Event() for _ in range(20)]

    def serve(number):
        with gate.visit():
            arrived.wait()
            leave[number].wait()

    threads = [threading.Thread(target=serve, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    arrived.wait()
    for thread, event in zip(threads, leave, strict=True):
        assert seen(gate_file) == (1, 1)
        event.set()
        thread.join()
    assert seen(gate_file) == (1, 0)


@pytest.fixture
def hasty_threads():
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def test_threads_that_come_and_go_are_counted_all_the_time(gate, gate_file, hasty_threads):
    uncounted = []
    start = threading.Barrier(8)

    def serve():
        start.wait()
        for _ in range(60):
            with gate.visit():
                if seen(gate_file) != (1, 1):
                    uncounted.append(True)

    threads = [threading.Thread(target=serve) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert uncounted == []
    assert seen(gate_file) == (1, 0)


async def test_tasks_are_busy_until_the_last_has_left(gate, gate_file):
    leave = asyncio.Event()

    async def serve():
        with gate.visit():
            await leave.wait()

    tasks = [asyncio.create_task(serve()) for _ in range(20)]
    await asyncio.sleep(0)
    tasks[0].cancel()
    await asyncio.wait(tasks[:1])
    assert seen(gate_file) == (1, 1)
    leave.set()
    await asyncio.wait(tasks)
    assert seen(gate_file) == (1, 0)


class Cycle:
    """Holds a visit and itself, so that only the garbage collector ends both."""

    def __init__(self, visit):
        self.visit = visit
        self.cycle = self


def test_the_garbage_collector_lets_a_visit_leave(gate, gate_file):
    Cycle(entered(gate))
    gc.collect()
    assert seen(gate_file) == (1, 0)


@pytest.fixture
def finalizers():
    """Wherever the thread that runs ``scene`` calls or returns, one of ``visits`` is dropped."""

    def run(scene, visits):
        def drop_one(frame, event, argument):
            if visits:
                visits.pop()

        def profiled():
            sys.setprofile(drop_one)
            try:
                scene()
            finally:
                sys.setprofile(None)

        in_time(profiled)
        visits.clear()

    return run


def test_finalizers_can_let_visits_leave_at_any_moment_of_an_enter(gate, gate_file, finalizers):
    for count in range(40):
        visit = gate.visit()
        finalizers(visit.enter, [entered(gate) for _ in range(count)])
        assert seen(gate_file) == (1, 1)
        visit.leave()
        assert seen(gate_file) == (1, 0)


def test_finalizers_can_let_visits_leave_at_any_moment_of_a_leave(gate, gate_file, finalizers):
    for count in range(40):
        visit = entered(gate)
        finalizers(visit.leave, [entered(gate) for _ in range(count)])
        assert seen(gate_file) == (1, 0)


def test_another_descriptor_of_the_same_file_that_is_closed_frees_nothing(gate, gate_file):
    with gate.visit():
        gate_file.read_bytes()
        os.close(os.open(gate_file, os.O_RDWR))
        assert seen(gate_file) == (1, 1)


def test_two_gates_of_one_process_are_two(gate_file):
    first, second = Gate(gate_file), Gate(gate_file)
    with first.visit():
        with second.visit():
            assert seen(gate_file) == (2, 2)
        assert seen(gate_file) == (2, 1)
    assert seen(gate_file) == (2, 0)


def test_a_gate_that_nobody_refers_to_any_more_is_not_there(gate_file):
    gate = Gate(gate_file)
    visit = entered(gate)
    del gate
    assert seen(gate_file) == (1, 1)
    del visit
    assert seen(gate_file) == (0, 0)
    assert open_descriptors(gate_file) == 0


def test_a_gate_that_starts_anew_is_not_there_until_the_next_visit(gate, gate_file):
    visit = entered(gate)
    gate.start_anew()
    assert seen(gate_file) == (0, 0)
    with gate.visit():
        visit.leave()
        assert seen(gate_file) == (1, 1)


def test_a_lock_that_cannot_be_given_back_is_no_error_and_not_held(gate, gate_file, monkeypatch):
    visit = entered(gate)

    def fails(*arguments):
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(fcntl, "fcntl", fails)
        visit.leave()
    assert "the gate cannot be locked (Input/output error)" in gate.problem
    assert seen(gate_file) == (0, 0)


def test_a_program_that_ends_in_the_middle_of_a_request_ends_in_silence(gate_file):
    done = subprocess.run(
        [sys.executable, "-m", "tests.core.gate_child", "left_at_exit", gate_file],
        cwd=ROOT,
        capture_output=True,
        timeout=PATIENCE,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"1\n", b"")
