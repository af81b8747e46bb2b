"""What an entry says of a change, and what is made of the lines of other versions."""

import json
from datetime import timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from maintenance_core.actor import Actor
from maintenance_core.bypass import Bypass
from maintenance_core.journal_entry import Entry, decode_entry, encode_entry
from maintenance_core.recurrence import Recurrence
from maintenance_core.state import State
from tests.core.helpers import HOUR, NOW, planned, window
from tests.core.journal_things import entry

ANNA = Actor("anna", "web1", 17, "cli")
WEEKLY = Recurrence(cron="0 3 * * SUN", duration=3600, zone="Europe/Berlin")


def of(before, after, action="on"):
    return Entry.of(before, after, action, ANNA, NOW)


def changed(line, **fields):
    """A line with other fields, as somebody else could have written it."""
    return json.dumps(json.loads(line) | fields).encode()


def test_an_entry_says_who_did_what_and_when():
    found = of(State(revision=1), State(revision=2), "off")
    assert found == entry(2, action="off", user="anna", host="web1", pid=17, tool="cli")


def test_the_time_of_an_entry_is_utc():
    somewhere = NOW.astimezone(timezone(timedelta(hours=14)))
    found = Entry.of(State(), State(), "on", ANNA, somewhere)
    assert b'"time":"2026-11-22T12:00:00Z"' in encode_entry(found)


def test_a_window_that_is_new_is_told_in_full():
    old, new = window(), planned(message="Back soon")
    found = of(State(windows=(old,)), State(windows=(old, new)))
    assert (found.opened, found.ended) == ((new,), ())


def test_a_window_that_has_become_another_is_told_as_it_is_now():
    before, after = window(), window(end=NOW + HOUR)
    found = of(State(windows=(before,)), State(windows=(after,)))
    assert (found.opened, found.ended) == ((after,), ())


def test_the_windows_that_are_gone_are_told_by_their_ids():
    stays = window(id="stay")
    before = State(windows=(window(id="zzzz"), stays, window(id="aaaa"), window(id="aaaa")))
    found = of(before, State(windows=(stays,)))
    assert (found.opened, found.ended) == ((), ("zzzz", "aaaa"))


def test_another_order_of_the_windows_is_no_change():
    found = of(State(windows=(window(), planned())), State(windows=(planned(), window())))
    assert (found.opened, found.ended) == ((), ())


def test_nothing_of_the_secret_link_is_written_down():
    bypass = Bypass(digest="0123456789abcdef" * 4)
    line = encode_entry(of(State(), State(revision=1, bypass=bypass), "bypass"))
    assert b"0123456789abcdef" not in line
    assert b'"action":"bypass"' in line


@pytest.mark.parametrize(
    "text", ["two\nlines\r\n", "\u2028\u2029\x85", "☕ 北京", "'\"\\", "\0\x1b[31m", "}\n{", ""]
)
def test_an_entry_is_one_line_whatever_words_it_holds(text):
    written = entry(user=text, opened=(window(message=text, reason=text),), ended=(text,))
    line = encode_entry(written)
    assert (line.count(b"\n"), line[-1:]) == (1, b"\n")
    assert decode_entry(line) == decode_entry(line[:-1]) == written


def test_every_field_of_a_window_comes_back():
    whole = window(
        mode="read-only",
        end=NOW + HOUR,
        recurrence=WEEKLY,
        paths=("/shop", "/api"),
        retry_after=60,
        lease=30,
        announce=600,
        created_by="anna@web1",
    )
    assert decode_entry(encode_entry(entry(opened=(whole,)))).opened == (whole,)


def test_what_only_a_newer_version_knows_is_passed_over():
    line = encode_entry(entry(opened=(window(),)))
    fields = json.loads(line)
    fields["opened"][0]["colour"] = "red"
    fields["ticket"] = {"number": 7}
    assert decode_entry(json.dumps(fields).encode()) == decode_entry(line)


@pytest.mark.parametrize(
    "fields",
    [
        {"mode": "half"},
        {"start": "soon"},
        {"paths": []},
        {"recurrence": {"cron": "never", "duration": 60, "zone": "UTC"}},
        {"recurrence": {"cron": "0 3 * * *", "duration": 60, "zone": "Mars/Olympus"}},
        {"id": None},
    ],
)
def test_a_window_that_makes_no_sense_is_left_out_of_its_entry(fields):
    line = encode_entry(entry(opened=(window(),)))
    (known,) = json.loads(line)["opened"]
    found = decode_entry(changed(line, opened=[known | fields, {}, known]))
    assert found == decode_entry(line)


def test_what_an_older_version_did_not_write_is_empty():
    found = decode_entry(b'{"time": "2026-11-22T12:00:00Z", "action": "on", "revision": 3}')
    assert found == entry(3, user="")


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"not JSON",
        b"17",
        b"null",
        b"[]",
        b"{}",
        b"\0" * 100,
        b"\xff\xfe",
        b'{"time": "2026-11-22T12:00:00Z", "action": "\xff", "revision": 3}',
        b'{"time": "2026-11-22T12:00:00Z", "action": "\\ud800 ", "revision": 3}',
        b"[" * 10**5,
        b'{"a":' * 10**5,
        b'{"opened":' + b"[" * 10**5,
        b'{"revision": ' + b"9" * 10**5 + b"}",
        b'{"revision": 1e999}',
    ],
)
def test_a_line_that_is_no_entry_is_none(line):
    assert decode_entry(line) is None


@pytest.mark.parametrize(
    "fields",
    [
        {"time": "2026-11-22T12:00:00"},
        {"time": 5},
        {"time": None},
        {"action": None},
        {"revision": -1},
        {"revision": "1"},
        {"revision": None},
        {"pid": "1"},
        {"opened": None},
        {"opened": {}},
        {"opened": "abcd"},
        {"opened": ["abcd"]},
        {"ended": "abcd"},
        {"ended": [1]},
    ],
)
def test_a_line_with_a_field_of_another_type_is_no_entry(fields):
    line = encode_entry(entry())
    assert decode_entry(changed(line)) is not None
    assert decode_entry(changed(line, **fields)) is None


@given(st.binary())
def test_any_bytes_are_an_entry_or_none(data):
    assert isinstance(decode_entry(data), Entry | None)


@given(
    text=st.text(st.characters(exclude_categories=["Cs"])),
    pid=st.integers(0, 2**53),
    revision=st.integers(0, 2**53 - 1),
    time=st.datetimes(timezones=st.just(NOW.tzinfo)),
)
def test_every_entry_comes_back(text, pid, revision, time):
    written = replace(entry(revision, pid=pid, time=time), action=text, tool=text, host=text)
    assert decode_entry(encode_entry(written)) == written
