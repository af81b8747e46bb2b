"""A worker's view: always an answer, the last known good one if need be."""

import logging
import os
import shutil
import threading
from datetime import timedelta

import pytest

from maintenance_core import FileStore, Reader, State, set_mode, switch_off, switch_on
from tests.core.helpers import HOUR, NOW, in_time, planned, window


class Clock:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now.timestamp()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def reader(store, clock):
    return Reader(store, clock=clock)


def test_without_a_file_it_is_off(reader):
    view = reader.current()
    assert (view.on, view.window, view.state, view.problem) == (False, None, State(), None)


def test_every_change_is_seen_by_the_next_call(reader, path):
    writer = FileStore(path)
    for _ in range(20):
        update = switch_on(writer, now=NOW)
        assert reader.current().state == update.after
        assert reader.current().on
        switch_off(writer, now=NOW)
        assert not reader.current().on


def test_the_view_has_the_window_that_visitors_are_told_about(reader, store):
    switch_on(store, now=NOW, end=NOW + HOUR)
    update = switch_on(store, now=NOW, message="Back soon")
    assert reader.current().window == update.after.windows[-1]


@pytest.mark.parametrize("fallback", [True, False])
@pytest.mark.parametrize("content", [b"", b"{", b'{"schema": 2}'])
def test_before_any_state_was_read_the_fallback_counts(store, path, fallback, content):
    path.write_bytes(content)
    view = Reader(store, fallback=fallback).current()
    assert view.on is fallback
    assert view.window is None
    assert view.problem.of_content


def break_content(path):
    path.write_bytes(b"broken")


def make_directory(path):
    path.unlink()
    path.mkdir()


def make_link_loop(path):
    path.unlink()
    path.symlink_to(path)


def remove_directory(path):
    shutil.rmtree(path.parent)


@pytest.mark.parametrize("on", [True, False])
@pytest.mark.parametrize(
    "damage", [break_content, make_directory, make_link_loop, remove_directory]
)
def test_the_last_known_good_state_stands_when_the_store_is_gone(tmp_path, clock, on, damage):
    path = tmp_path / "place" / "state.json"
    path.parent.mkdir()
    store = FileStore(path)
    reader = Reader(store, fallback=not on, clock=clock)
    set_mode(store, True, now=NOW, end=None if on else NOW + HOUR)
    clock.now += 2 * HOUR
    assert reader.current().on is on
    damage(path)
    for _ in range(3):
        view = reader.current()
        assert view.on is on
        assert view.problem is not None


def test_a_file_that_is_deleted_is_off(reader, store, path):
    switch_on(store, now=NOW)
    assert reader.current().on
    path.unlink()
    assert not reader.current().on


def test_a_store_that_is_back_is_read_again(reader, store, path):
    switch_on(store, now=NOW)
    reader.current()
    path.write_bytes(b"")
    assert reader.current().on
    switch_off(store, now=NOW)
    view = reader.current()
    assert (view.on, view.problem) == (False, None)


def test_a_window_goes_on_starting_and_ending_while_the_store_is_gone(reader, store, path, clock):
    switch_on(store, now=NOW, start=NOW + HOUR, end=NOW + 2 * HOUR)
    assert not reader.current().on
    path.write_bytes(b"broken")
    clock.now += HOUR
    assert reader.current().on
    clock.now += HOUR
    assert not reader.current().on


def test_a_planned_window_starts_and_ends_to_the_moment(reader, store, clock, an_hour_later):
    switch_on(store, now=NOW, start=NOW + HOUR, end=NOW + 2 * HOUR)
    moments = [
        (timedelta(0), False),
        (HOUR - timedelta(milliseconds=1), False),
        (HOUR, True),
        (2 * HOUR - timedelta(milliseconds=1), True),
        (2 * HOUR, False),
    ]
    for moment, on in moments:
        clock.now = NOW + moment
        assert reader.current().on is on
        assert reader.current().on is on


def test_a_clock_set_back_does_not_close_what_was_opened_at_once(
    reader, store, clock, an_hour_later
):
    switch_on(store, now=NOW)
    assert reader.current().on
    clock.now -= 24 * HOUR
    assert reader.current().on


@pytest.mark.parametrize(
    "step", [(0.001, True), (299, True), (300, True), (300.001, False), (3600, False)]
)
def test_a_clock_set_back_takes_back_what_is_planned_only_if_it_is_far(
    reader, store, clock, an_hour_later, step
):
    seconds, on = step
    store.change(lambda state: State(windows=(planned(),)))
    clock.now += HOUR
    assert reader.current().on
    clock.now -= timedelta(seconds=seconds)
    assert reader.current().on is on


def test_a_clock_that_goes_back_and_forth_does_not_flap(reader, store, clock, an_hour_later):
    store.change(lambda state: State(windows=(planned(),)))
    assert not reader.current().on
    clock.now += HOUR
    seen = [reader.current().on]
    for step in (-1, 2, -240, 239, -300, 300):
        clock.now += timedelta(seconds=step)
        seen.append(reader.current().on)
    assert seen == [True] * 7


def test_a_problem_is_logged_once_and_so_is_its_end(reader, store, path, caplog):
    caplog.set_level(logging.INFO, "maintenance_core")
    switch_on(store, now=NOW)
    reader.current()
    assert caplog.messages == []
    path.write_bytes(b"")
    for _ in range(3):
        reader.current()
    path.write_bytes(b"{")
    for _ in range(3):
        reader.current()
    switch_off(store, now=NOW)
    for _ in range(3):
        reader.current()
    way_out = "the next change replaces it and keeps a copy. Until then maintenance mode stays on."
    assert caplog.messages == [
        f"{path}: it is empty; {way_out}",
        f"{path}: it is not JSON, nor 0 or 1; {way_out}",
        f"{path}: the maintenance state can be read again.",
    ]


def test_a_problem_from_the_start_is_logged_with_the_fallback(store, path, caplog):
    path.write_bytes(b"")
    Reader(store).current()
    assert caplog.messages[0].endswith("Until then maintenance mode stays off.")


def test_reading_leaves_no_trace(reader, path):
    path.write_text("1")
    before = os.stat(path)
    for _ in range(3):
        reader.current()
    assert os.stat(path).st_mtime_ns == before.st_mtime_ns
    assert list(path.parent.iterdir()) == [path]


def test_threads_share_a_reader_and_each_sees_every_change(reader, path, no_disk_sync):
    writer, stop, wrong = FileStore(path), threading.Event(), []

    def read():
        last = -1
        while not stop.is_set():
            revision = reader.current().state.revision
            if revision < last:
                wrong.append((last, revision))
            last = revision

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for number in range(100):
        update = switch_on(writer, now=NOW, reason=str(number))
        if reader.current().state.revision != update.after.revision:
            wrong.append(number)
    stop.set()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_reader_does_not_wait_for_a_fifo(reader, path):
    os.mkfifo(path)
    assert "it is a FIFO" in str(in_time(reader.current).problem)


def test_a_view_tells_what_it_was_made_of(reader, store):
    store.change(lambda state: State(windows=(window(end=NOW + HOUR),)))
    view = reader.current()
    assert view.since == (NOW - timedelta(minutes=5)).timestamp()
    assert view.until == (NOW + HOUR).timestamp()
