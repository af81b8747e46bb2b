"""Readers and the clock that files are stamped with, which may be coarse, set, or wrong."""

import errno
import os
import time

import pytest

from maintenance_core import Reader, switch_off, switch_on
from tests.core.helpers import HOUR, NOW

YEAR_NS = 365 * 24 * 3600 * 10**9
MOMENTS = {
    "1970": 0,
    "before 1970": -YEAR_NS,
    "2038": 2**31 * 10**9,
    "2100": 130 * YEAR_NS,
    "1980, the first of FAT": 10 * YEAR_NS,
}


@pytest.fixture
def reader(store):
    return Reader(store, clock=NOW.timestamp)


def put_in_place(path, content, moment):
    """Another file, of the size and the time that the one before had."""
    new = path.with_name("new")
    new.write_text(content)
    os.utime(new, ns=(moment, moment))
    new.rename(path)


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS)
def test_a_replacement_of_the_same_size_and_time_is_seen_whatever_the_time(
    reader, path, moment, an_hour_later
):
    for content, on in [("0", False), ("1", True), ("0", False)]:
        put_in_place(path, content, moment)
        for _ in range(2):
            assert reader.current().on is on


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS)
def test_a_file_from_any_time_can_be_switched(store, reader, path, moment, an_hour_later):
    put_in_place(path, "0", moment)
    assert not reader.current().on
    switch_on(store, now=NOW)
    assert reader.current().on
    os.utime(path, ns=(moment, moment))
    assert reader.current().on
    switch_off(store, now=NOW)
    assert not reader.current().on


def test_what_has_no_facts_is_read_every_time(reader, path, monkeypatch):
    """Not having any is no sign that two contents are the same."""

    def stat(*arguments, **options):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "stat", stat)
    for content, on in [("1", True), ("0", False), ("1", True)]:
        path.write_text(content)
        assert reader.current().on is on


def hours_from_now(monkeypatch, hours):
    """Set the clock of this process, not that of the file system."""
    real = time.time_ns
    shift = int(hours * HOUR.total_seconds()) * 10**9
    monkeypatch.setattr(time, "time_ns", lambda: real() + shift)


def test_after_the_clock_was_set_back_a_file_of_the_future_is_read_every_time(
    store, path, monkeypatch
):
    """It will get the same time stamp again."""
    path.write_text("1")
    hours_from_now(monkeypatch, -1)
    assert store.read().fingerprint is None


def test_a_file_is_trusted_two_seconds_after_its_last_change(store, path, monkeypatch):
    path.write_text("1")
    changed = os.stat(path).st_ctime_ns
    for age, trusted in [(0, False), (1.9, False), (2, True), (3600, True)]:
        monkeypatch.setattr(time, "time_ns", lambda age=age: changed + int(age * 10**9))
        assert (store.read().fingerprint is not None) is trusted, age


def test_a_file_that_only_looks_old_is_not_trusted(store, path):
    """Its content was written just now: only the system itself sets the time of the inode."""
    path.write_text("1")
    os.utime(path, ns=(0, 0))
    assert store.read().fingerprint is None


def test_the_age_counts_from_before_the_file_was_opened(store, path, monkeypatch):
    """What is changed after that may be too late for what was read."""
    path.write_text("1")
    changed, real = os.stat(path).st_ctime_ns, os.open
    clock = [changed + 10**9]

    def slow(*arguments):
        clock[0] += 3600 * 10**9
        return real(*arguments)

    monkeypatch.setattr(os, "open", slow)
    monkeypatch.setattr(time, "time_ns", lambda: clock[0])
    assert store.read().fingerprint is None


def test_the_facts_are_those_of_the_file_that_was_read(store, path, monkeypatch, an_hour_later):
    """Another one may have its name by then."""
    path.write_text("0")
    real = os.read

    def read(descriptor, most):
        data = real(descriptor, most)
        put_in_place(path, "1", 0)
        return data

    with monkeypatch.context() as patch:
        patch.setattr(os, "read", read)
        reading = store.read()
    assert reading.state.phase(NOW) == "off"
    assert reading.fingerprint != store.fingerprint()


def test_the_facts_are_older_than_the_content(store, path, monkeypatch, an_hour_later):
    """Of what is changed in between the content is newer, and the facts say: read again."""
    path.write_text("0")
    real, changed = os.fstat, []

    def fstat(descriptor):
        info = real(descriptor)
        if not changed:
            changed.append(path.write_text("1\n"))
        return info

    with monkeypatch.context() as patch:
        patch.setattr(os, "fstat", fstat)
        reading = store.read()
    assert reading.state.phase(NOW) == "on"
    assert reading.fingerprint != store.fingerprint()
