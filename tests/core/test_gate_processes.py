"""Forks, kills and stops: what a drain sees of processes that are gone, and of their children."""

import os
import signal

import pytest

from maintenance_core.draining import look
from tests.core.gate_workers import seen, wait_until, worker
from tests.core.helpers import PATIENCE


@pytest.fixture
def gate_file(tmp_path):
    return tmp_path / ".state.json.gate"


def kill(process):
    process.kill()
    assert process.wait(PATIENCE) == -signal.SIGKILL


def test_workers_are_told_apart_with_their_process_ids(gate_file):
    with (
        worker("busy", gate_file) as first,
        worker("idle", gate_file),
        worker("busy", gate_file) as third,
    ):
        occupancy = look(gate_file)
    assert (occupancy.workers, occupancy.busy) == (3, 2)
    assert occupancy.busy_pids == tuple(sorted((first.pid, third.pid)))
    assert seen(gate_file) == (0, 0)


def test_a_worker_that_is_killed_is_not_busy(gate_file):
    with worker("busy", gate_file) as process:
        assert seen(gate_file) == (1, 1)
        kill(process)
        assert seen(gate_file) == (0, 0)


def test_a_worker_that_is_stopped_is_busy(gate_file):
    with worker("busy", gate_file) as process:
        process.send_signal(signal.SIGSTOP)
        os.waitpid(process.pid, os.WUNTRACED)
        assert seen(gate_file) == (1, 1)
        process.send_signal(signal.SIGCONT)


every_fork = pytest.mark.parametrize("how", ["os", "multiprocessing"])


@every_fork
def test_a_child_that_does_nothing_is_not_there(gate_file, how):
    with worker("forked", gate_file, how, "busy") as parent:
        assert look(gate_file).busy_pids == (parent.pid,)
        assert seen(gate_file) == (1, 1)


@every_fork
def test_a_child_that_ends_takes_nothing_from_its_parent(gate_file, how):
    with worker("forked", gate_file, how, "busy") as parent:
        os.kill(parent.ready, signal.SIGKILL)
        wait_until(lambda: is_dead(parent.ready))
        assert look(gate_file).busy_pids == (parent.pid,)


@every_fork
def test_a_visit_of_the_parent_that_leaves_in_the_child_stays_in_the_parent(gate_file, how):
    with worker("forked", gate_file, how, "busy", "leave") as parent:
        assert look(gate_file).busy_pids == (parent.pid,)


@every_fork
@pytest.mark.parametrize("state", ["busy", "idle"])
def test_a_child_that_lives_on_holds_nothing_of_a_parent_that_was_killed(gate_file, how, state):
    with worker("forked", gate_file, how, state) as parent:
        kill(parent)
        assert not is_dead(parent.ready)
        assert seen(gate_file) == (0, 0)


@every_fork
def test_a_child_that_serves_is_a_worker_of_its_own(gate_file, how):
    with worker("forked", gate_file, how, "idle", "enter") as parent:
        occupancy = look(gate_file)
        assert (occupancy.workers, occupancy.busy_pids) == (2, (parent.ready,))
        kill(parent)
        assert look(gate_file).busy_pids == (parent.ready,)


@every_fork
@pytest.mark.parametrize("leave", [["leave", "leave own"], ["leave own"]])
def test_a_child_that_has_served_is_idle_and_its_parent_still_busy(gate_file, how, leave):
    with worker("forked", gate_file, how, "busy", "enter", *leave) as parent:
        occupancy = look(gate_file)
        assert (occupancy.workers, occupancy.busy_pids) == (2, (parent.pid,))


def test_a_child_can_enter_though_a_thread_of_its_parent_was_just_entering(gate_file):
    with worker("forked_amid", gate_file) as parent:
        assert look(gate_file).busy_pids == (parent.ready,)


def test_a_program_that_a_worker_starts_holds_nothing(gate_file):
    with worker("spawned", gate_file) as parent:
        assert look(gate_file).busy_pids == (parent.pid,)
        kill(parent)
        assert not is_dead(parent.ready)
        assert seen(gate_file) == (0, 0)


def is_dead(pid):
    """Is the process gone, or only kept for its parent to ask about?"""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True
