"""manage.py maintenance_mode, in this process."""

import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command

from maintenance_core import Recurrence, issue_bypass, switch_on
from maintenance_django.core import get_maintenance_mode, set_maintenance_mode


@pytest.fixture
def run():
    def run(*arguments, **options):
        output = io.StringIO()
        call_command("maintenance_mode", *arguments, stdout=output, **options)
        return output.getvalue()

    return run


@pytest.fixture
def windows(store):
    return lambda: store.read().state.windows


@pytest.mark.parametrize("word", ["on", "ON", "yes", "true", "1"])
def test_words_for_on(run, word):
    assert run(word).startswith("Maintenance is on.\n")
    assert get_maintenance_mode() is True


@pytest.mark.parametrize("word", ["off", "Off", "no", "false", "0"])
def test_words_for_off(on, run, word):
    assert run(word).startswith("Maintenance is off.\n")
    assert get_maintenance_mode() is False


def test_no_change_is_told_as_such(run, windows):
    run("on")
    before = windows()
    assert "switched on or planned already; nothing was changed" in run("on")
    assert windows() == before
    run("off")
    assert "was off already" in run("off")


def test_status_tells_and_changes_nothing(run, state_path):
    assert run("status") == f"Maintenance is off.\nState: {state_path}\n"
    assert not state_path.exists()
    run("on", message="Back soon.", reason="release")
    lines = run("status").splitlines()
    assert lines[0] == "Maintenance is on."
    assert "    message: Back soon." in lines
    assert "    reason: release" in lines


@pytest.mark.parametrize(
    ("window", "headline"),
    [
        ({"paths": ["/down"]}, "Maintenance is on for a part of the site."),
        ({"mode": "read-only"}, "Maintenance is on: the site is read-only."),
    ],
)
def test_status_tells_what_is_closed_and_off_opens_it(run, store, window, headline):
    switch_on(store, **window)
    assert run("status").startswith(f"{headline}\n")
    data = json.loads(run("status", json=True))
    assert (data["status"], data["phase"]) == ("on", "on")
    assert run("off").startswith("Maintenance is off.\nEnded:\n")
    assert store.read().state.windows == ()


def test_status_tells_of_announcement_series_and_bypass(run, store):
    now = datetime.now(UTC)
    start = now + timedelta(hours=2)
    daily = Recurrence(cron=f"{start.minute} {start.hour} * * *", duration=7200, zone="UTC")
    switch_on(store, recurrence=daily, paths=["/down"], announce=timedelta(days=1))
    issue_bypass(store, expires=now + timedelta(hours=8))
    output = run("status")
    assert "Planned:\n" in output
    assert "Recurring:\n" in output
    data = json.loads(run("status", json=True))
    assert (data["status"], data["phase"]) == ("off", "announced")
    assert [window["recurrence"] for window in data["planned"]] == [None]
    assert data["recurring"][0]["recurrence"]["cron"] == daily.cron
    assert data["bypass"].keys() == {"expires"}
    assert store.read().state.bypass.digest not in json.dumps(data) + output


@pytest.mark.parametrize("action", ["on", "off"])
def test_change_that_is_not_in_the_journal_is_done_and_told(run, state_path, action):
    set_maintenance_mode(action == "off")
    journal = state_path.with_name("state.json.journal")
    journal.unlink(missing_ok=True)
    journal.mkdir()
    assert f"The journal does not have this: {journal}: it is not a" in run(action)
    assert get_maintenance_mode() is (action == "on")
    data = json.loads(run("off" if action == "on" else "on", json=True))
    assert data["changed"] is True
    assert data["unrecorded"].startswith(f"{journal}: it is not a regular file;")


def test_journal_names_who_has_used_the_command(run, store):
    run("on")
    (entry,) = store.history().entries
    assert (entry.action, entry.tool) == ("on", "manage.py maintenance_mode")
    assert f"{entry.user}@{entry.host}" == store.read().state.windows[0].created_by


@pytest.mark.parametrize("option", ["--end", "--until"])
def test_end_is_in_the_projects_zone(run, windows, settings, option):
    settings.TIME_ZONE = "Asia/Tokyo"
    output = run("on", f"{option}=2099-07-01T12:00")
    assert windows()[0].end == datetime(2099, 7, 1, 3, tzinfo=UTC)
    assert "2099-07-01 12:00 JST" in output


def test_duration_counts_from_now_or_from_the_start(run, windows):
    before = datetime.now(UTC)
    run("on", "--for=1h30m")
    run("on", "--start=2099-07-01T12:00Z", "--for=2d")
    active, planned = windows()
    assert before <= active.end - timedelta(minutes=90) <= datetime.now(UTC)
    assert planned.end == datetime(2099, 7, 3, 12, tzinfo=UTC)


def test_start_plans_and_leaves_the_site_open(run):
    assert run("on", start="2099-07-01T12:00").startswith("Maintenance is planned.\n")
    assert get_maintenance_mode() is False


def test_off_leaves_what_is_planned_unless_all_is_to_go(run, windows):
    run("on", start="2099-07-01T12:00")
    run("on")
    assert "Planned:\n" in run("off")
    assert len(windows()) == 1
    assert "Planned" not in run("off", all=True)
    assert windows() == ()


def test_quiet_command_prints_nothing(run):
    assert run("on", verbosity=0) == ""


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["on", "--end=2020-01-01T00:00"], "end: it is in the past"),
        (["on", "--start=2099-02-01T00:00", "--end=2099-01-01T00:00"], "end: it is not after"),
        (["on", "--end=garbage"], "end: 'garbage' is not a time"),
        (["on", "--end="], "end: '' is not a time"),
        (["on", "--start=2099-01-01"], "start: '2099-01-01' has no time of day"),
        (["on", "--for=garbage"], "for: 'garbage' is not a duration"),
        (["on", "--for=-5m"], "for: '-5m' is not a duration"),
        (["on", "--for=0s"], "for: '0s' is not between"),
        (["on", "--for=9999999w"], "for: '9999999w' is not between"),
        (["on", "--for=5m", "--end=2099-01-01T00:00"], "for: an end is given as well"),
        (["on", "--message=" + "x" * 5000], "message: it has 5,000 characters"),
        (["on", "--message=\x07"], "message: it holds a control character"),
        (["on", "--reason=" + "x" * 5000], "reason: it has 5,000 characters"),
        (["on", "--all"], "--all goes with off, not with on."),
        (["status", "--all"], "--all goes with off, not with status."),
        (["off", "--for=5m"], "--for goes with on, not with off."),
        (["off", "--end=21:00"], "--end goes with on, not with off."),
        (["off", "--start="], "--start goes with on, not with off."),
        (["off", "--message=x"], "--message goes with on, not with off."),
        (["status", "--reason=x"], "--reason goes with on, not with status."),
        (["maybe"], "'maybe' is not an action; write on, off or status."),
        ([""], "'' is not an action"),
        ([], "the following arguments are required"),
        (["on", "--unknown"], "unrecognized arguments: --unknown"),
    ],
)
def test_mistake_is_told_in_one_sentence_and_nothing_is_written(
    run, state_path, arguments, sentence
):
    with pytest.raises(CommandError) as error:
        run(*arguments)
    assert sentence in str(error.value)
    assert "\n" not in str(error.value)
    assert error.value.returncode != 0
    assert list(state_path.parent.iterdir()) == []


@pytest.mark.parametrize("action", ["on", "off"])
def test_missing_directory_is_told_in_one_sentence(run, settings, tmp_path, action):
    settings.MAINTENANCE_MODE_STATE_FILE_PATH = tmp_path / "missing/state.json"
    with pytest.raises(CommandError, match="there is no directory"):
        run(action)


@pytest.mark.parametrize("action", ["on", "off", "status"])
def test_unknown_kind_of_state_is_told_in_one_sentence(run, settings, action):
    settings.MAINTENANCE_MODE_STATE_FILE_PATH = "ftp://host/state"
    with pytest.raises(CommandError, match=r"^ftp://host/state: "):
        run(action)


@pytest.mark.parametrize("action", ["on", "off"])
def test_setting_refuses_the_switch(run, settings, state_path, action):
    settings.MAINTENANCE_MODE = False
    with pytest.raises(CommandError, match=r"^The setting MAINTENANCE_MODE = False outranks"):
        run(action)
    assert not state_path.exists()


def test_status_tells_that_the_setting_outranks_the_state(run, settings):
    settings.MAINTENANCE_MODE = True
    assert "Maintenance is on, since the setting MAINTENANCE_MODE is so." in run("status")
    data = json.loads(run("status", json=True))
    assert (data["setting"], data["status"], data["phase"]) == (True, "on", "on")


def test_status_of_an_unreadable_state_fails(run, state_path, capsys):
    state_path.write_text("{")
    with pytest.raises(CommandError, match=r"The state cannot be read\.") as error:
        call_command("maintenance_mode", "status")
    assert error.value.returncode == 1
    output = capsys.readouterr().out
    assert output.startswith(f"Maintenance is unknown: {state_path}: it is not JSON")


def test_json_of_status(run, state_path):
    assert json.loads(run("status", json=True)) == {
        "status": "off",
        "state": str(state_path),
        "problem": None,
        "phase": "off",
        "recurring": [],
        "bypass": None,
        "revision": 0,
        "active": [],
        "planned": [],
        "setting": None,
    }


def test_json_of_an_unreadable_state(state_path, capsys):
    state_path.write_text("{")
    with pytest.raises(CommandError):
        call_command("maintenance_mode", "status", json=True)
    data = json.loads(capsys.readouterr().out)
    assert (data["status"], data["revision"]) == ("unknown", None)
    assert "not JSON" in data["problem"]


def test_times_may_be_datetimes_where_the_command_is_called_from_code(windows):
    end = datetime(2099, 1, 1, 6, tzinfo=UTC)
    call_command("maintenance_mode", "on", end=end, verbosity=0)
    assert [window.end for window in windows()] == [end]


def test_json_of_a_change(run):
    data = json.loads(run("on", json=True, message="m", reason="r"))
    assert (data["status"], data["changed"], data["kept"]) == ("on", True, None)
    (window,) = data["active"]
    assert (window["message"], window["reason"], window["end"]) == ("m", "r", None)
    data = json.loads(run("off", json=True, verbosity=0))
    assert (data["status"], data["changed"], data["active"]) == ("off", True, [])


@pytest.mark.parametrize(
    ("answer", "value"), [("y\n", True), (" Yes\n", True), ("n\n", False), ("\n", False)]
)
def test_interactive_command_asks_first(run, monkeypatch, capsys, answer, value):
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    if value:
        run("on", interactive=True)
    else:
        with pytest.raises(CommandError, match=r"^Nothing was changed\.$"):
            run("on", interactive=True)
    assert capsys.readouterr().out == "Switch maintenance mode on? (y/N) "
    assert get_maintenance_mode() is value


def test_interactive_command_without_anybody_to_ask_fails(run, monkeypatch):
    set_maintenance_mode(True)
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    with pytest.raises(CommandError, match=r"^Nothing was changed\.$"):
        run("off", interactive=True)
    assert get_maintenance_mode() is True


def test_interactive_status_does_not_ask(run, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert run("status", interactive=True).startswith("Maintenance is off.")
