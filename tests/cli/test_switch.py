"""``maintenance on`` and ``off``."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from maintenance_core import FileStore, Recurrence, switch_on


def stored(state):
    return json.loads(state.read_text())


def test_on_switches_on_and_off_switches_off(run, state):
    code, output, errors = run("--state", str(state), "on")
    assert (code, errors) == (0, "")
    assert output.startswith("Maintenance is on.\n")
    assert "until it is switched off" in output

    code, output, errors = run("--state", str(state), "off")
    assert (code, errors) == (0, "")
    assert output.startswith("Maintenance is off.\nEnded:\n  ")
    assert output.endswith(f"State: {state}\n")
    assert stored(state)["windows"] == []


def test_on_writes_down_who_what_and_why(run, state):
    run("on", "--state", str(state), "--message", " Back soon. ", "--reason", "release 1.4")
    (window,) = stored(state)["windows"]
    assert window["message"] == "Back soon."
    assert window["reason"] == "release 1.4"
    assert "@" in window["created_by"]


def test_on_for_a_while_ends_by_itself(run, state):
    before = datetime.now(UTC)
    assert run("--state", str(state), "on", "--for", "1h30m")[0] == 0
    (window,) = stored(state)["windows"]
    left = datetime.fromisoformat(window["end"]) - before
    assert timedelta(minutes=90) <= left < timedelta(minutes=91)


@pytest.mark.parametrize("option", ["--until", "--end"])
def test_on_until_a_time_with_a_zone(run, state, option):
    assert run("--state", str(state), "on", option, "2099-01-01T06:00+02:00")[0] == 0
    assert stored(state)["windows"][0]["end"] == "2099-01-01T04:00:00Z"


def test_time_without_a_zone_is_local_time(run_command, state):
    environ = {"TZ": "America/New_York"}
    ended = run_command("--state", state, "on", "--until", "2099-01-01T06:00", **environ)
    assert ended.returncode == 0, ended.stderr
    assert stored(state)["windows"][0]["end"] == "2099-01-01T11:00:00Z"
    assert "until 2099-01-01 06:00 EST" in ended.stdout


def test_on_with_a_start_is_planned_and_off_leaves_it_planned(run, state):
    arguments = ("--start", "2099-01-01T06:00Z", "--for", "1h")
    code, output, _ = run("--state", str(state), "on", *arguments)
    assert code == 0
    assert output.startswith("Maintenance is planned.\nPlanned:\n")
    assert "from 2099-01-01" in output

    code, output, _ = run("--state", str(state), "off")
    assert output.startswith("Maintenance was off already; nothing was changed.\nPlanned:\n")
    assert len(stored(state)["windows"]) == 1

    code, output, _ = run("--state", str(state), "off", "--all")
    assert code == 0
    assert output.startswith("Maintenance is off.\nDropped:\n  ")
    assert "from 2099-01-01" in output
    assert stored(state)["windows"] == []


def test_on_twice_is_one_window(run, state):
    run("--state", str(state), "on")
    code, output, _ = run("--state", str(state), "on")
    assert code == 0
    assert output.startswith("This was switched on or planned already; nothing was changed.\n")
    assert len(stored(state)["windows"]) == 1


def test_on_beside_an_open_window_says_that_it_stays_on(run, state):
    run("--state", str(state), "on")
    _, output, _ = run("--state", str(state), "on", "--for", "5m")
    assert "the site stays in maintenance until it is switched off." in output


def test_on_beside_a_longer_window_says_how_long_it_stays_on(run, state):
    run("--state", str(state), "on", "--until", "2099-01-01T06:00Z")
    _, output, _ = run("--state", str(state), "on", "--for", "5m")
    assert "All of these count: the site stays in maintenance until 2099-01-01" in output


def test_planning_the_same_twice_is_one_window(run, state):
    plan = ("--start", "2099-01-01T06:00Z", "--for", "1h")
    run("--state", str(state), "on", *plan)
    _, output, _ = run("--state", str(state), "on", *plan)
    assert "nothing was changed" in output
    assert len(stored(state)["windows"]) == 1


@pytest.mark.parametrize("command", ["on", "off"])
def test_a_folder_is_never_moved_away(run, folder, command):
    (folder / "something").touch()
    code, _, errors = run("--state", ".", command)
    assert code == 1
    assert "it is a directory that is not empty; move it away, or name another path" in errors
    assert [*folder.iterdir()] == [folder / "something"]


def test_what_is_done_is_done_although_it_cannot_be_told(state, folder):
    with open("/dev/full", "w") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "maintenance_cli", "--state", state, "on"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert ended.returncode == 0
    assert ended.stderr == "The result could not be written (No space left on device).\n"
    assert FileStore(state).read().state.windows


def test_without_errors_to_write_to_it_is_still_done(state):
    with open("/dev/full", "w") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "maintenance_cli", "--state", state, "on"],
            stdout=full,
            stderr=full,
        )
    assert ended.returncode == 0
    assert FileStore(state).read().state.windows


def test_json_tells_what_was_done_and_the_status_after_it(run_json, state):
    code, data = run_json("--state", str(state), "on", "--message", "Hello")
    assert code == 0
    assert data["changed"] is True
    assert data["kept"] is None
    assert data["status"] == "on"
    assert data["state"] == str(state)
    assert data["revision"] == 1
    assert [window["message"] for window in data["active"]] == ["Hello"]
    assert data["planned"] == []

    code, data = run_json("--state", str(state), "off")
    assert (code, data["changed"], data["status"]) == (0, True, "off")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--for", "soon"), "--for: 'soon' is not a duration;"),
        (("--for", "0s"), "--for: '0s' is not between one second and ten years."),
        (("--for", "9999999999999999999d"), "is not between one second and ten years."),
        (("--until", "later"), "--until: 'later' is not a time;"),
        (("--until", "2020-01-01T00:00"), "--until: it is in the past; give a later end."),
        (("--until", "2099-01-01"), "--until: '2099-01-01' has no time of day;"),
        (("--start", "2020-01-01T00:00", "--for", "1h"), "--for: the end would be in the past;"),
        (("--for", "1h", "--until", "21:00"), "--for: an end is given as well;"),
        (
            ("--start", "2099-01-02T00:00", "--until", "2099-01-01T00:00"),
            "--until: it is not after the start; give a later end.",
        ),
        (
            ("--start", "9999-12-31T00:00Z", "--for", "2d"),
            "--for: the end is outside the calendar;",
        ),
        (("--message", "x" * 2_000_000), "--message: it has 2,000,000 characters;"),
        (("--message", "\x1b[31m"), "--message: it holds a control character;"),
        (("--reason", "\x00"), "--reason: it holds a control character;"),
    ],
)
def test_bad_input_is_one_sentence_and_writes_nothing(run, state, arguments, sentence):
    code, output, errors = run("--state", str(state), "on", *arguments)
    assert (code, output) == (2, "")
    assert errors.startswith("Error: ")
    assert sentence in errors
    assert errors.count("\n") == 1
    assert not state.exists()


def test_bytes_that_are_no_text_are_refused(run_command, state):
    ended = run_command("--state", state, "on", "--message", b"caf\xe9")
    assert ended.returncode == 2
    assert ended.stderr == "Error: --message: it is not UTF-8; write it in that encoding.\n"
    assert not state.exists()


@pytest.mark.parametrize("content", [b"", b"garbage", b'{"schema": 99}', b"\x00" * 100])
@pytest.mark.parametrize("command", ["on", "off"])
def test_what_is_no_state_is_replaced_and_kept(run, state, content, command):
    state.write_bytes(content)
    code, output, _ = run("--state", str(state), command)
    assert code == 0
    (kept,) = state.parent.glob("state.json.unreadable-*")
    assert kept.read_bytes() == content
    assert f"it is kept as {kept}" in output
    assert FileStore(state).read().state is not None


@pytest.mark.parametrize("command", ["on", "off"])
def test_missing_directory_is_one_sentence(run, folder, command):
    code, output, errors = run("--state", str(folder / "no" / "state.json"), command)
    assert (code, output) == (1, "")
    assert errors.startswith(f"Error: {folder}/no/state.json: there is no directory {folder}/no;")
    assert "create it, or name another path for the state." in errors
    assert errors.count("\n") == 1


def test_state_of_django_maintenance_mode_is_understood_and_converted(run, state):
    state.write_text("1")
    code, output, _ = run("--state", str(state), "status")
    assert (code, output.splitlines()[0]) == (0, "Maintenance is on.")
    assert state.read_text() == "1"
    run("--state", str(state), "off")
    assert stored(state) == {"schema": 1, "revision": 1, "windows": [], "bypass": None}


def test_off_ends_every_active_window(run, state):
    store = FileStore(state)
    now = datetime.now(UTC)
    for message in ("one", "two"):
        switch_on(store, now=now, message=message)
    assert run("--state", str(state), "off")[0] == 0
    assert stored(state)["windows"] == []


@pytest.mark.parametrize("window", [{"paths": ["/shop"]}, {"mode": "read-only"}])
def test_off_ends_what_is_closed_only_in_part(run, state, window):
    switch_on(FileStore(state), **window)
    code, output, _ = run("--state", str(state), "off")
    assert code == 0
    assert output.startswith("Maintenance is off.\nEnded:\n")
    assert stored(state)["windows"] == []


def test_off_ends_this_run_of_a_series_and_all_drops_the_series(run, state):
    now = datetime.now(UTC)
    begin = now - timedelta(minutes=5)
    daily = Recurrence(cron=f"{begin.minute} {begin.hour} * * *", duration=3600, zone="UTC")
    switch_on(FileStore(state), start=now - timedelta(days=1), recurrence=daily)
    _, output, _ = run("--state", str(state), "off")
    assert output.startswith("Maintenance is off.\nEnded:\n")
    assert "Planned:\n" in output
    assert len(stored(state)["windows"]) == 1
    _, output, _ = run("--state", str(state), "off", "--all")
    assert "Dropped:\n" in output
    assert stored(state)["windows"] == []


@pytest.mark.parametrize("command", ["on", "off"])
def test_change_that_is_not_in_the_journal_is_done_and_told(run, run_json, state, command):
    if command == "off":
        run("--state", str(state), "on")
    journal = state.with_name("state.json.journal")
    journal.unlink(missing_ok=True)
    journal.mkdir()
    code, output, errors = run("--state", str(state), command)
    assert (code, errors) == (0, "")
    assert f"The journal does not have this: {journal}: it is not a regular file" in output
    assert output.startswith(f"Maintenance is {command}.\n")
    assert len(stored(state)["windows"]) == (command == "on")
    code, data = run_json("--state", str(state), "off" if command == "on" else "on")
    assert (code, data["changed"]) == (0, True)
    assert data["unrecorded"].startswith(f"{journal}: it is not a regular file;")


def test_journal_names_who_has_used_the_command(run, state):
    run("--state", str(state), "on")
    run("--state", str(state), "off")
    entries = FileStore(state).history().entries
    assert [(entry.action, entry.tool) for entry in entries] == [
        ("on", "maintenance"),
        ("off", "maintenance"),
    ]
