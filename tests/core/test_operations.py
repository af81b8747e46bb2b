"""Switching: what is asked for is checked first, and nothing is written if it makes no sense."""

import getpass
import os
import socket
from datetime import timedelta, timezone

import pytest

from maintenance_core import InvalidInput, StoreError, set_mode, switch_off, switch_on, whoami
from maintenance_core.operations import MAX_NAME, MAX_TEXT
from maintenance_core.state import MAX_COUNT
from tests.core.helpers import HOUR, NOW


def test_on_adds_an_open_window(store):
    update = switch_on(store, now=NOW, message="Back soon", reason="1.4", created_by="deploy@web1")
    (window,) = store.read().state.windows
    assert (window.start, window.end, window.created_at) == (NOW, None, NOW)
    assert (window.message, window.reason) == ("Back soon", "1.4")
    assert window.created_by == "deploy@web1"
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
    (window,) = store.read().state.windows
    assert window.message == ""
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


def test_who_switched_is_no_reason_to_refuse(store):
    name = os.fsdecode(b"caf\xe9") + "\x1b\n" + "x" * 1000
    recorded = switch_on(store, now=NOW, created_by=name).after.windows[0].created_by
    assert recorded == ("caf???" + "x" * 1000)[:MAX_NAME]


def fill(store):
    for number in range(100):
        switch_on(store, now=NOW, message="☕" * MAX_TEXT, reason=str(number))


def test_too_many_words_for_any_reader_are_refused_and_the_old_state_stands(
    store, path, no_disk_sync
):
    with pytest.raises(StoreError, match="larger than 1,048,576 bytes; nothing was changed"):
        fill(store)
    before = path.read_bytes()
    assert store.read().state.phase(NOW) == "on"
    switch_off(store, now=NOW)
    assert len(path.read_bytes()) < len(before)


def test_the_largest_revision_does_not_stop_the_next_change(store, path):
    path.write_text(f'{{"schema": 1, "revision": {MAX_COUNT}}}')
    update = switch_on(store, now=NOW)
    assert update.changed
    assert store.read().state.revision == update.after.revision == 1


def test_whoami_names_user_and_host():
    assert whoami() == f"{getpass.getuser()}@{socket.gethostname()}"


def test_whoami_of_a_user_without_a_name(monkeypatch):
    def no_name():
        raise KeyError("uid not found")

    monkeypatch.setattr(getpass, "getuser", no_name)
    assert whoami() == f"unknown@{socket.gethostname()}"
