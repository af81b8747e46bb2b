"""No state, whoever has written it, makes a request or a change slow, or steers a terminal."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from maintenance_core import (
    FileStore,
    Reader,
    Recurrence,
    State,
    StoreError,
    read_status,
    repair,
    switch_off,
    switch_on,
)
from maintenance_core import codec as codec_module
from maintenance_core.codec import MAX_BYTES, decode, encode, salvage
from maintenance_core.exceptions import UnreadableState
from maintenance_core.recurrence import _zone
from maintenance_core.report import describe_status
from maintenance_core.window import MAX_WINDOWS
from tests.core.helpers import HOUR, NOW, planned, window


def many(count):
    return tuple(planned(id=f"w{number}") for number in range(count))


def test_a_state_with_too_many_windows_is_not_written(store, path):
    store.change(lambda state: State(windows=many(MAX_WINDOWS)))
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"more than 1,000 windows; nothing was changed\."):
        switch_on(store, reason="one more", now=NOW)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "windows",
    [
        many(MAX_WINDOWS + 1),
        (window(paths=("/" + "a/" * 600,)),),
        (window(paths=tuple(f"/{number}" for number in range(101))),),
    ],
    ids=["windows", "a path", "paths"],
)
def test_a_state_beyond_its_bounds_is_unreadable(windows):
    with pytest.raises(UnreadableState, match="Expected"):
        decode(encode(State(windows=windows)))


def test_a_large_state_without_spaces_can_be_switched_off_and_repaired(store, path):
    text = "x" * 100
    windows = tuple(planned(id=f"w{number}", message=text * 8) for number in range(990))
    data = encode(State(revision=1, windows=(window(), *windows)))
    assert b"\n  " not in data
    assert len(data) < MAX_BYTES
    path.write_bytes(data)
    assert not repair(store).changed
    assert switch_off(store, now=NOW).after.phase(NOW) == "off"


def test_what_is_torn_a_hundred_times_is_not_looked_at_for_ever(monkeypatch):
    tries = []
    value_at = codec_module._value_at
    monkeypatch.setattr(
        codec_module, "_value_at", lambda *place: tries.append(place) or value_at(*place)
    )
    assert salvage(b'{"id":' * 100 + b"[" + b"1," * 1000) == State()
    assert len(tries) < 50


@pytest.mark.parametrize(
    "document",
    ['{"schema": 1, "a\\u001b[2J\\nforged": 1}', '{"schema": %s}' % ("9" * 4000)],
    ids=["a name", "a number"],
)
def test_what_a_state_holds_does_not_get_into_the_log_as_it_is(path, caplog, document):
    path.write_text(document)
    Reader(FileStore(path)).current()
    (record,) = caplog.records
    assert record.getMessage().isprintable()
    assert len(record.getMessage()) < 500 + len(str(path))


def test_a_time_zone_is_opened_once():
    series = Recurrence(cron="0 3 * * *", duration=60, zone="Europe/Berlin")
    zone = _zone(series.zone)
    ZoneInfo.clear_cache()
    assert _zone(series.zone) is zone


@pytest.mark.parametrize("was_on", [True, False])
def test_what_cannot_be_evaluated_leaves_the_last_view(path, monkeypatch, caplog, was_on):
    clock = [NOW.timestamp()]
    store = FileStore(path)
    if was_on:
        store.change(lambda state: State(windows=(window(end=NOW + HOUR),)))
    reader = Reader(store, clock=lambda: clock[0])
    assert reader.current().on is was_on
    store.change(lambda state: State(windows=(window(end=NOW + 2 * HOUR),)))
    clock[0] = 1e18  # beyond the calendar
    view = reader.current()
    assert view.on is was_on
    assert "it cannot be evaluated" in str(view.problem)
    assert "it cannot be evaluated" in caplog.text
    clock[0] = (NOW + timedelta(seconds=1)).timestamp()
    assert reader.current().on


def test_what_cannot_be_evaluated_at_first_is_the_fallback(path):
    store = FileStore(path)
    store.change(lambda state: State(windows=(window(),)))
    for fallback in (True, False):
        view = Reader(store, fallback=fallback, clock=lambda: 1e18).current()
        assert view.on is fallback


def test_a_look_that_was_overtaken_takes_nothing_back(path):
    class Slow(FileStore):
        meanwhile = None

        def read(self):
            reading = super().read()
            if self.meanwhile:
                then, self.meanwhile = self.meanwhile, None
                then()
            return reading

    store = Slow(path)
    # A file that is young is read each time.
    store.change(lambda state: State(windows=(planned(end=NOW + 2 * HOUR),)))
    reader = Reader(store)
    assert not reader.current().on

    def meanwhile():
        switch_on(store)
        assert reader.current().on

    store.meanwhile = meanwhile
    assert not reader.current().on
    assert store.meanwhile is None
    path.unlink()
    path.mkdir()
    assert reader.current().on, "the last known good state is the later one"


def test_what_a_state_holds_does_not_steer_a_terminal(store):
    hostile = window(
        id="\x1b[2J", paths=("/\x07",), created_by="a\rb", message="\x1b]0;x", reason="c\x9bd"
    )
    store.change(lambda state: State(windows=(hostile,)))
    told = "\n".join(describe_status(read_status(store), None))
    assert [letter for letter in told if not letter.isprintable()] == ["\n"] * told.count("\n")
