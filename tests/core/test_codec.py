"""The stored document: our own, and the three contents of django-maintenance-mode."""

import json
from datetime import UTC, datetime

import pytest

from maintenance_core import Bypass, State, UnreadableState
from maintenance_core.codec import MAX_BYTES, decode, encode
from maintenance_core.values import EPOCH, MAX_COUNT
from tests.core.helpers import HOUR, NOW, planned, recurring, window


def test_a_state_comes_back_as_it_was():
    state = State(
        revision=17,
        windows=(
            window(end=NOW + HOUR, message="Zurück um 9 ☕\n\tja", reason="x", lease=3),
            planned(retry_after=60, created_by="deploy@web1"),
        ),
    )
    assert decode(encode(state)) == state


def test_everything_that_a_window_can_be_comes_back_as_it_was():
    state = State(
        windows=(
            recurring(zone="Europe/Berlin", end=NOW + HOUR, announce=600),
            window(mode="read-only", paths=("/shop", "/über uns"), lease=300, retry_after=0),
        ),
        bypass=Bypass(digest="0123456789abcdef" * 4, expires=NOW),
    )
    assert decode(encode(state)) == state


def test_what_a_window_leaves_out_is_as_for_a_plain_one():
    least = (
        b'{"id": "abcd", "start": "2026-11-22T12:00:00Z", "created_at": "2026-11-22T12:00:00Z"}'
    )
    assert decode(b'{"schema": 1, "windows": [%b]}' % least).windows == (window(),)


def test_times_of_any_zone_are_the_same_moments():
    text = encode(State(windows=(window(),))).decode()
    elsewhere = text.replace("2026-11-22T12:00:00Z", "2026-11-23T02:00:00+14:00")
    assert decode(elsewhere.encode()).windows == (window(),)


SERIES = {"cron": "0 3 * * *", "duration": 60, "zone": "UTC"}


@pytest.mark.parametrize(
    "wrong",
    [{"recurrence": SERIES | {"cron": "0 25 * * *"}}, {"recurrence": SERIES | {"zone": "Mars"}},
     {"recurrence": SERIES | {"duration": 0}}, {"recurrence": SERIES | {"duration": 2**53}},
     {"recurrence": SERIES | {"more": 1}}, {"recurrence": {"cron": "0 3 * * *"}},
     {"recurrence": "0 3 * * *"}, {"mode": "closed"}, {"paths": []}, {"paths": ["shop"]},
     {"paths": "/"}, {"announce": -1}, {"announce": None}, {"lease": -1}, {"retry_after": 2**53},
     {"start": "2026-11-22T12:00:00"}, {"start": None}, {"start": 0}, {"end": "never"},
     {"created_at": None}, {"id": 7}, {"message": None}, {"more": 1}],
    ids=str,
)  # fmt: skip
def test_a_window_with_a_wrong_field_makes_the_whole_unreadable(wrong):
    document = json.loads(encode(State(windows=(planned(),))))
    document["windows"][0] |= wrong
    with pytest.raises(UnreadableState, match="it is not a maintenance state"):
        decode(json.dumps(document).encode())


def test_the_document_is_json_for_people_with_every_field_of_the_design():
    text = encode(State(windows=(window(),))).decode()
    assert text.endswith("}\n")
    assert '\n  "revision": 0' in text
    document = json.loads(text)
    assert document.keys() == {"schema", "revision", "windows", "bypass"}
    assert document["windows"][0]["start"] == "2026-11-22T12:00:00Z"
    assert document["windows"][0]["paths"] == ["/"]


def test_the_size_of_a_document_is_for_the_store_to_judge():
    state = State(windows=(window(message="x" * MAX_BYTES),))
    assert decode(encode(state)) == state


@pytest.mark.parametrize("data", [b"0", b"0\n", b" 0 \r\n", b"\xef\xbb\xbf0", b"-0"])
def test_an_old_zero_is_off(data):
    assert decode(data) == State()


@pytest.mark.parametrize("data", [b"1", b"1\n", b"1\r\n", b"\xef\xbb\xbf1"])
def test_an_old_one_is_on_since_nobody_knows_when(data):
    state = decode(data)
    assert state.phase(NOW) == "on"
    assert state.phase(EPOCH) == "on"
    assert state.windows[0].since is None
    assert state.windows[0].created_by == "django-maintenance-mode"


def test_an_old_schedule_is_a_window():
    start, end = "2026-11-22T21:00:00+01:00", "2026-11-23T06:00:00+01:00"
    state = decode(json.dumps({"start": start, "end": end}).encode())
    assert state.windows[0].start == datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
    assert state.windows[0].end == datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


def test_an_old_schedule_without_a_start_is_on_until_its_end():
    state = decode(b'{"start": null, "end": "2026-11-22T13:00:00+00:00"}')
    assert state.phase(NOW) == "on"
    assert state.phase(NOW + HOUR) == "off"


def test_an_old_schedule_without_an_end_stays_on():
    state = decode(b'{"start": "2026-11-22T13:00:00+00:00"}')
    assert state.phase(NOW) == "off"
    assert state.phase(NOW + HOUR) == "on"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "it is empty"),
        (b" \r\n", "it is empty"),
        (b"\xef\xbb\xbf", "it is empty"),
        (b"2", "neither 0 nor 1"),
        (b"-1", "neither 0 nor 1"),
        (b"9" * 5000, "not a maintenance state"),
        (b"18446744073709551617", "neither 0 nor 1"),
        (b"true", "not a maintenance state"),
        (b"null", "not a maintenance state"),
        (b"1.0", "not a maintenance state"),
        (b'"1"', "not a maintenance state"),
        (b"[]", "not a maintenance state"),
        (b"{}", "no schema, no start or end"),
        (b'{"start": null, "end": null}', "no schema, no start or end"),
        (b'{"start": "2026-11-22T13:00:00"}', "timezone"),
        (b'{"start": "tomorrow"}', "not a maintenance state"),
        (b'{"start": "2026-11-22T13:00:00Z", "more": 1}', "not a maintenance state"),
        (b"{", "not JSON"),
        (b"1 1", "not JSON"),
        (b"\x00", "not JSON"),
        (b"1\x00", "not JSON"),
        (b"\xff\xfe1\x00", "not JSON"),
        (b'"\xff"', "not JSON"),
        (b"NaN", "not JSON"),
        (b"on", "not JSON"),
        (b'{"schema": NaN}', "not JSON"),
        (b'{"schema": 1e999}', "not a maintenance state"),
        (b'{"schema": "1"}', "not a maintenance state"),
        (b'{"schema": true}', "not a maintenance state"),
        (b'{"schema": 0}', "not a maintenance state"),
        (b'{"schema": 1, "revision": -1}', "not a maintenance state"),
        (b'{"schema": 1, "revision": 99999999999999999999}', "not a maintenance state"),
        (b'{"schema": 1, "more": 1}', "not a maintenance state"),
        (b'{"schema": 1, "windows": 1}', "not a maintenance state"),
        (b"[" * 100_000, "not JSON"),
        (b'{"schema":' * 100_000, "not JSON"),
        (b'{"schema": 1, "bypass": {}}', "not a maintenance state"),
    ],
    ids=lambda value: str(value[:25]),
)
def test_anything_else_is_unreadable_and_says_why(data, sentence):
    with pytest.raises(UnreadableState, match=sentence):
        decode(data)


@pytest.mark.parametrize("schema", [2, 99, 2**62])
def test_a_newer_schema_is_told_as_such_and_never_guessed_at(schema):
    with pytest.raises(UnreadableState, match=f"newer version .schema {schema}"):
        decode(b'{"schema": %d, "windows": [], "holidays": []}' % schema)


@pytest.mark.parametrize("data", [b'{"schema": 2, "schema": 1}', b'{"schema": 1, "schema": 2}'])
def test_a_schema_told_twice_counts_if_both_are_known(data):
    with pytest.raises(UnreadableState):
        decode(data)
    assert decode(data.replace(b"2", b"1")) == State()


def test_the_largest_revision_is_read():
    assert decode(b'{"schema": 1, "revision": %d}' % MAX_COUNT).revision == MAX_COUNT
