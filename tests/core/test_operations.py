"""Switching: what is asked for is checked first, and nothing is written if it makes no sense."""

import os
from datetime import timedelta, timezone

import msgspec
import pytest

from maintenance_core import (
    Actor,
    InvalidInput,
    State,
    StoreError,
    set_mode,
    switch_off,
    switch_on,
)
from maintenance_core.codec import MAX_BYTES
from maintenance_core.planning import MAX_TEXT
from maintenance_core.values import MAX_COUNT
from tests.core.helpers import HOUR, NOW, window


def test_on_adds_an_open_window(store):
    by = Actor("deploy", "web1", 1, "test")
    update = switch_on(store, now=NOW, message="Back soon", reason="1.4", by=by)
    (opened,) = store.read().state.windows
    assert (opened.start, opened.end, opened.created_at) == (NOW, None, NOW)
    assert (opened.message, opened.reason) == ("Back soon", "1.4")
    assert opened.created_by == "deploy@web1"
    assert update.changed
    assert update.after.revision == 1


def test_on_again_with_the_same_words_changes_nothing(store, path):
    switch_on(store, now=NOW, message="Back soon")
    content = path.read_bytes()
    update = switch_on(store, now=NOW + HOUR, message="Back soon")
    assert not update.changed
    assert path.read_bytes() == content


def test_on_with_a_start_plans_and_the_zone_of_the_time_does_not_matter(store):
    start = (NOW + HOUR).astimezone(timezone(timedelta(hours=-8)))
    state = switch_on(store, now=NOW, start=start, end=start + HOUR).after
    assert state.phase(NOW) == "off"
    assert state.phase(NOW + HOUR) == "on"
    assert state.phase(NOW + 2 * HOUR) == "off"


def test_off_ends_what_is_active_and_says_what_stays_planned(store):
    switch_on(store, now=NOW)
    switch_on(store, now=NOW, start=NOW + HOUR)
    update = switch_off(store, now=NOW)
    assert update.after.phase(NOW) == "off"
    assert len(update.after.planned(NOW)) == 1


def test_off_everything_leaves_nothing_planned(store):
    switch_on(store, now=NOW)
    switch_on(store, now=NOW, start=NOW + HOUR)
    assert switch_off(store, now=NOW, everything=True).after.windows == ()


def test_off_without_a_file_writes_none(store, path):
    assert not switch_off(store, now=NOW).changed
    assert not switch_off(store, now=NOW, everything=True).changed
    assert not path.exists()


def test_the_last_write_wins_for_the_mode(store):
    switch_on(store, now=NOW, message="Back soon")
    switch_on(store, now=NOW, start=NOW + HOUR)
    set_mode(store, True, now=NOW)
    (opened,) = store.read().state.windows
    assert opened.message == ""
    assert not set_mode(store, True, now=NOW + HOUR).changed
    assert set_mode(store, False, now=NOW).after.windows == ()


def test_the_mode_can_have_a_start_and_an_end(store):
    state = set_mode(store, True, now=NOW, start=NOW + HOUR, end=NOW + 2 * HOUR).after
    assert [state.phase(NOW + hours * HOUR) for hours in range(3)] == ["off", "on", "off"]


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("end", {"end": NOW - HOUR}),
        ("end", {"end": NOW}),
        ("end", {"end": NOW + timedelta(milliseconds=499)}),
        ("end", {"start": NOW + HOUR, "end": NOW + HOUR}),
        ("end", {"start": NOW + 2 * HOUR, "end": NOW + HOUR}),
        ("end", {"start": NOW - 2 * HOUR, "end": NOW - HOUR}),
        ("message", {"message": "x" * (MAX_TEXT + 1)}),
        ("message", {"message": "x" * 2_000_000}),
        ("reason", {"reason": "x" * (MAX_TEXT + 1)}),
        ("message", {"message": "bell \a"}),
        ("message", {"message": "colour \x1b[31m"}),
        ("message", {"message": "a\x00b"}),
        ("message", {"message": "a\x85b"}),
        ("message", {"message": "a\rb"}),
        ("message", {"message": os.fsdecode(b"caf\xe9")}),
        ("reason", {"reason": "\ud800"}),
    ],
)
def test_bad_input_is_refused_with_the_name_of_the_field_and_nothing_is_written(
    store, path, field, given
):
    now = NOW + timedelta(milliseconds=500)
    with pytest.raises(InvalidInput) as refused:
        switch_on(store, now=now, **given)
    assert refused.value.field == field
    assert str(refused.value).startswith(f"{field}: ")
    assert len(str(refused.value)) < 200
    assert not path.exists()


def test_an_end_in_the_past_is_refused_for_the_mode_too(store, path):
    with pytest.raises(InvalidInput, match=r"^end: "):
        set_mode(store, True, now=NOW, end=NOW - HOUR)
    assert not path.exists()


def test_the_longest_text_is_accepted_with_lines_and_tabs(store):
    text = "ü\n\t☕" * (MAX_TEXT // 4)
    assert switch_on(store, now=NOW, message=text).after.windows[0].message == text
    assert store.read().state.windows[0].message == text


def test_the_lines_of_a_browser_are_lines(store):
    state = switch_on(store, now=NOW, message=" one\r\ntwo\r\n ").after
    assert state.windows[0].message == "one\ntwo"


def fill(store):
    for number in range(100):
        switch_on(store, now=NOW, message="☕" * MAX_TEXT, reason=str(number))


def test_too_many_words_for_any_reader_are_refused_and_the_old_state_stands(
    store, path, no_disk_sync
):
    with pytest.raises(StoreError) as refused:
        fill(store)
    assert str(refused.value) == (
        f"{path}: the state would be larger than 1,048,576 bytes; nothing was changed. "
        "Drop windows that are planned: maintenance off --all"
    )
    before = path.read_bytes()
    assert len(before) <= MAX_BYTES
    assert store.read().state.phase(NOW) == "on"
    switch_off(store, now=NOW)
    assert len(path.read_bytes()) < len(before)


def test_a_state_as_large_as_any_reader_accepts_is_written_and_read_back(store, path):
    def filled(size):
        words = window(message="x" * size)
        return lambda state: State(windows=(words,))

    # As large as that it is written without spaces.
    empty = len(msgspec.json.encode(State(revision=1, windows=(window(),)))) + 1
    with pytest.raises(StoreError, match="larger than 1,048,576 bytes; nothing was changed"):
        store.change(filled(MAX_BYTES - empty + 1))
    assert not path.exists()
    update = store.change(filled(MAX_BYTES - empty))
    assert path.stat().st_size == MAX_BYTES
    assert store.read().state == update.after


@pytest.mark.parametrize("text", [os.fsdecode(b"caf\xe9"), "\ud800", "a\udfffb"])
@pytest.mark.parametrize("field", ["message", "reason"])
def test_text_that_is_not_utf_8_is_told_as_such(store, path, field, text):
    with pytest.raises(InvalidInput) as refused:
        switch_on(store, now=NOW, **{field: text})
    assert str(refused.value) == f"{field}: it is not UTF-8; write it in that encoding."
    assert not path.exists()


@pytest.mark.parametrize("start", [None, NOW + timedelta(microseconds=999_999)])
def test_what_starts_now_is_immediate_to_the_microsecond(store, start):
    now = NOW + timedelta(microseconds=999_999)
    (opened,) = switch_on(store, now=now, start=start).after.windows
    assert (opened.start, opened.created_at) == (now, now)
    assert store.read().state.windows == (opened,)
    assert opened.immediate
    assert opened.is_active(NOW - HOUR)


def test_what_starts_a_microsecond_later_is_planned(store):
    (opened,) = switch_on(store, now=NOW, start=NOW + timedelta(microseconds=1)).after.windows
    assert not opened.immediate
    assert not opened.is_active(NOW)


def test_planning_again_with_the_same_words_changes_nothing(store, path):
    plan = {"start": NOW + HOUR, "end": NOW + 2 * HOUR, "message": "Back soon", "reason": "1.4"}
    assert switch_on(store, now=NOW, **plan).changed
    content = path.read_bytes()
    assert not switch_on(store, now=NOW + timedelta(minutes=5), **plan).changed
    assert path.read_bytes() == content
    for other in (
        {"start": NOW + 1.5 * HOUR},
        {"end": None},
        {"message": ""},
        {"reason": "1.5"},
    ):
        assert switch_on(store, now=NOW, **(plan | other)).changed


def test_the_largest_revision_does_not_stop_the_next_change(store, path):
    path.write_text(f'{{"schema": 1, "revision": {MAX_COUNT}}}')
    update = switch_on(store, now=NOW)
    assert update.changed
    assert store.read().state.revision == update.after.revision == 1
