"""Who is there and who is busy, exactly, however many there are."""

import fcntl
import os
import struct
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maintenance_core.draining import look
from maintenance_core.gate import Gate
from maintenance_core.gate_file import BUSY, PRESENT
from maintenance_core.record_locks import ByteLock, held

NUMBERS = st.integers(0, 8) | st.integers(0, 2**60 - 1) | st.just(2**60 - 1)


def test_forty_workers_are_forty(tmp_path):
    gates = [Gate(tmp_path / "gate") for _ in range(40)]
    visits = [gate.visit() for gate in gates]
    for count, visit in enumerate(visits, start=1):
        visit.enter()
        assert look(tmp_path / "gate").busy == count
    occupancy = look(tmp_path / "gate")
    assert (occupancy.workers, occupancy.busy) == (40, 40)
    assert occupancy.busy_pids == (os.getpid(),) * 40
    for visit in visits[::3]:
        visit.leave()
    occupancy = look(tmp_path / "gate")
    assert (occupancy.workers, occupancy.busy) == (40, 26)


@contextmanager
def opened(path, count):
    with ExitStack() as stack:
        descriptors = []
        for _ in range(count):
            descriptors.append(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            stack.callback(os.close, descriptors[-1])
        yield descriptors


@pytest.fixture(scope="module")
def file():
    with TemporaryDirectory() as directory:
        yield Path(directory) / "gate"


@settings(max_examples=60)
@given(
    present=st.lists(NUMBERS, unique=True, max_size=12),
    busy=st.lists(NUMBERS, unique=True, max_size=12),
    released=st.sets(st.integers(0, 11)),
)
def test_all_locks_of_an_area_are_found_and_no_others(file, present, busy, released):
    with opened(file, 25) as (own, *descriptors):
        locks = {
            area: [ByteLock(descriptors.pop(), area.start + number) for number in numbers]
            for area, numbers in ((PRESENT, present), (BUSY, busy))
        }
        for lock in locks[PRESENT] + locks[BUSY]:
            lock.take()
        for index in released:
            for lock in locks[BUSY][index : index + 1]:
                lock.release()
        left = [number for index, number in enumerate(busy) if index not in released]
        assert starts(held(own, PRESENT)) == sorted(present)
        assert starts(held(own, BUSY)) == sorted(BUSY.start + number for number in left)


def starts(locks):
    assert all(lock.stop == lock.start + 1 for lock in locks)
    return sorted(lock.start for lock in locks)


@settings(max_examples=60)
@given(
    ranges=st.lists(st.tuples(st.integers(0, 30), st.integers(0, 5)), max_size=6),
    area=st.tuples(st.integers(0, 30), st.integers(0, 30)),
)
def test_longer_locks_of_others_cover_just_what_they_lock(file, ranges, area):
    """A length of zero locks all that follows."""
    area = range(*area)
    with opened(file, 7) as (own, *descriptors):
        locked = set()
        for start, length in ranges:
            flock = struct.pack("@hhqqi0q", fcntl.F_RDLCK, os.SEEK_SET, start, length, 0)
            fcntl.fcntl(descriptors.pop(), fcntl.F_OFD_SETLK, flock)
            locked |= set(range(start, start + length if length else 60))
        found = {offset for part in held(own, area) for offset in part}
        assert found == locked & set(area)


def test_a_worker_that_is_busy_is_there_even_if_it_is_gone_by_the_next_question(
    tmp_path, monkeypatch
):
    """What is seen is never "1 of 0 workers"."""
    visit = Gate(tmp_path / "gate").visit()
    visit.enter()
    visits = [visit]
    del visit
    fcntl_ = fcntl.fcntl

    def die_before_the_second_area(descriptor, command, question):
        if struct.unpack("@hhqqi0q", question)[2] < BUSY.start:
            visits.clear()
        return fcntl_(descriptor, command, question)

    monkeypatch.setattr(fcntl, "fcntl", die_before_the_second_area)
    occupancy = look(tmp_path / "gate")
    assert (occupancy.workers, occupancy.busy, visits) == (1, 1, [])


def test_a_lock_from_the_first_byte_on_is_busy_without_a_process(tmp_path):
    path = tmp_path / ".state.json.gate"
    path.touch()
    with path.open("rb") as file:
        ByteLock(file.fileno(), BUSY.start).take()
        seen = look(path)
    assert (seen.busy, seen.busy_pids) == (1, ())
