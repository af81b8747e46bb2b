"""``maintenance status``, and where the state is found."""

import json
import runpy
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from maintenance_cli.__main__ import main
from maintenance_core import FileStore, Recurrence, issue_bypass, switch_on
from maintenance_core.location import DEFAULT_FILE_NAME


def test_without_a_file_maintenance_is_off(run, state):
    assert run("--state", str(state), "status") == (
        0,
        f"Maintenance is off.\nState: {state}\n",
        "",
    )
    assert not state.exists()


def test_status_tells_the_window(run, state):
    arguments = ("--until", "2099-01-01T06:00Z", "--message", "two\nlines", "--reason", "why")
    run("--state", str(state), "on", *arguments)
    _, output, _ = run("--state", str(state), "status")
    assert output.startswith("Maintenance is on.\n")
    assert "until 2099-01-01" in output
    assert "    message: two lines\n    reason: why\n" in output


def test_json_of_status(run_json, state):
    assert run_json("--state", str(state), "status") == (
        0,
        {
            "status": "off",
            "state": str(state),
            "problem": None,
            "revision": 0,
            "phase": "off",
            "active": [],
            "planned": [],
            "recurring": [],
            "bypass": None,
        },
    )


@pytest.mark.parametrize(
    ("window", "headline"),
    [
        ({"paths": ["/shop"]}, "Maintenance is on for a part of the site."),
        ({"mode": "read-only"}, "Maintenance is on: the site is read-only."),
    ],
)
def test_status_tells_what_is_closed(run, run_json, state, window, headline):
    switch_on(FileStore(state), **window)
    code, output, errors = run("--state", str(state), "status")
    assert (code, output.splitlines()[0], errors) == (0, headline, "")
    code, data = run_json("--state", str(state), "status")
    assert (code, data["status"], data["phase"]) == (0, "on", "on")
    (active,) = data["active"]
    assert {name: active[name] for name in window} == window


def test_status_tells_of_announcement_series_and_bypass(run, run_json, state):
    store = FileStore(state)
    start = datetime.now(UTC) + timedelta(hours=2)
    daily = Recurrence(cron=f"{start.minute} {start.hour} * * *", duration=7200, zone="UTC")
    switch_on(store, recurrence=daily, paths=["/shop"], announce=timedelta(days=1))
    issue_bypass(store)
    _, output, errors = run("--state", str(state), "status")
    assert errors == ""
    assert "Planned:\n" in output
    assert "Recurring:\n" in output
    assert daily.cron in output
    _, data = run_json("--state", str(state), "status")
    assert (data["status"], data["phase"], data["bypass"]) == (
        "off",
        "announced",
        {"expires": None},
    )
    assert [window["recurrence"] for window in data["planned"]] == [None]
    assert data["recurring"][0]["recurrence"] == {
        "cron": daily.cron,
        "duration": 7200,
        "zone": "UTC",
    }
    assert store.read().state.bypass.digest not in output + json.dumps(data)


def test_unreadable_state_is_unknown_and_ends_with_1(run, run_json, state):
    state.mkdir()
    code, output, _ = run("--state", str(state), "status")
    assert code == 1
    assert output == (
        f"Maintenance is unknown: {state}: it is an empty directory; "
        "the next change replaces it and keeps a copy.\n"
        "Until then the site stays as it was read last.\n"
    )
    code, data = run_json("--state", str(state), "status")
    assert (code, data["status"], data["revision"]) == (1, "unknown", None)
    assert data["problem"].startswith("it is an empty directory;")


def test_options_may_stand_before_or_after_the_command(run, folder):
    run("--state", "a.json", "on")
    assert "is on" in run("status", "--state", "a.json")[1]
    # The one given last counts.
    assert "is off" in run("--state", "a.json", "status", "--state", "b.json")[1]


def test_state_comes_from_the_variable(run, folder, monkeypatch):
    monkeypatch.setenv("MAINTENANCE_STATE", str(folder / "v.json"))
    run("on")
    assert (folder / "v.json").exists()


def test_state_comes_from_pyproject_also_in_a_folder_below(run, folder, monkeypatch):
    (folder / "pyproject.toml").write_text('[tool.maintenance]\nstate = "p.json"\n')
    (folder / "below").mkdir()
    monkeypatch.chdir(folder / "below")
    run("on")
    assert (folder / "p.json").exists()


def test_inside_a_project_the_command_and_django_use_the_same_file(project, run):
    code, _, errors = run("on", "--message", "From the command.")
    assert (code, errors) == (0, "")
    assert (project / "site_of_mine" / DEFAULT_FILE_NAME).exists()
    ask = (
        "import django, os; os.environ['DJANGO_SETTINGS_MODULE'] = 'site_of_mine.settings'; "
        "django.setup(); from maintenance_django.core import *; "
        "print(get_maintenance_mode()); set_maintenance_mode(False)"
    )
    site = subprocess.run([sys.executable, "-c", ask], cwd=project, capture_output=True, text=True)
    assert (site.stdout, site.stderr) == ("True\n", "")
    assert run("status")[1].startswith("Maintenance is off.\n")


def test_settings_and_pyproject_that_contradict_each_other_are_refused(project, run):
    (project / "pyproject.toml").write_text('[tool.maintenance]\nstate = "one.json"\n')
    settings = project / "site_of_mine" / "settings.py"
    settings.write_text(f'MAINTENANCE_MODE_STATE_FILE_PATH = "{project}/two.json"\n')
    code, _, errors = run("on")
    assert code == 1
    assert f"says {project}/two.json, but [tool.maintenance] in" in errors
    assert not [*project.glob("*.json")]


def test_status_that_cannot_be_told_is_a_failure(state):
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-m", "maintenance_cli", "--state", state, "status"]
        ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True)
    assert ended.returncode == 1
    assert ended.stderr == "The result could not be written (No space left on device).\n"


def test_nothing_found_says_what_to_give(run, monkeypatch):
    monkeypatch.chdir("/")
    code, output, errors = run("status")
    assert (code, output) == (1, "")
    assert errors == (
        "Error: No state found from / upwards. Run this inside a Django project, "
        "or name the state with --state PATH or MAINTENANCE_STATE.\n"
    )


def test_current_directory_that_is_gone(run, folder, state, monkeypatch):
    gone = folder / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    for arguments in ([], ["--state", "relative.json"]):
        code, _, errors = run("on", *arguments)
        assert code == 1
        assert errors == (
            "Error: The current directory is gone; change to the project, "
            "or name the state with --state and its whole path.\n"
        )
    assert run("--state", str(state), "on")[0] == 0
    assert state.exists()


def test_url_of_an_unknown_kind_is_one_sentence(run):
    code, _, errors = run("--state", "memory://x", "on")
    assert code == 1
    assert errors.startswith("Error: memory://x: a state of kind 'memory' is not known here;")


def test_help_fits_one_screen_and_says_what_to_do_first(run):
    code, output, _ = run("--help")
    assert code == 0
    assert len(output.splitlines()) <= 24
    assert "Start with: maintenance status" in " ".join(output.split())


@pytest.mark.parametrize("command", ["on", "off", "status"])
def test_help_of_a_command_has_an_example(run, command):
    code, output, _ = run(command, "--help")
    assert code == 0
    assert f"Example: maintenance {command}" in output


def run_as_module():
    sys.modules.pop("maintenance_cli.__main__", None)
    runpy.run_module("maintenance_cli", run_name="__main__")


@pytest.mark.parametrize("start", [main, run_as_module])
def test_program_ends_with_the_code_of_the_command(folder, monkeypatch, capsys, start):
    monkeypatch.setattr(sys, "argv", ["maintenance", "--state", "s.json", "status"])
    with pytest.raises(SystemExit) as end:
        start()
    assert end.value.code == 0
    assert capsys.readouterr().out.startswith("Maintenance is off.")


def test_version(run_command):
    ended = run_command("--version")
    assert ended.returncode == 0
    assert ended.stdout.startswith("maintenance 0.")
