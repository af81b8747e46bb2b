"""manage.py maintenance_mode, as an operator starts it."""

import os
import subprocess
import sys

import pytest

from tests.django.helpers import PATIENCE, ROOT

MANAGE = """
import os, sys
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)
"""
SETTINGS = """
SECRET_KEY = "for tests only"
INSTALLED_APPS = ["maintenance_django"]
MIDDLEWARE = ["maintenance_django.middleware.MaintenanceModeMiddleware"]
ROOT_URLCONF = "shop.urls"
ALLOWED_HOSTS = ["*"]
TEMPLATES = []
"""
URLS = """
from django.http import HttpResponse
from django.urls import path
urlpatterns = [path("", lambda request: HttpResponse("open"))]
"""
VISIT = """
import django
django.setup()
from django.test import Client
print(Client().get("/").status_code)
"""


@pytest.fixture
def project(tmp_path):
    """A project as startproject makes it, with nothing configured but the app."""
    (tmp_path / "shop").mkdir()
    for name, text in {
        "manage.py": MANAGE,
        "visit.py": 'import os\nos.environ["DJANGO_SETTINGS_MODULE"] = "shop.settings"' + VISIT,
        "shop/__init__.py": "",
        "shop/settings.py": SETTINGS,
        "shop/urls.py": URLS,
    }.items():
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.fixture
def run(project):
    def run(*arguments, **environ):
        inherited = {
            name: value
            for name, value in os.environ.items()
            if name not in ("DJANGO_SETTINGS_MODULE", "MAINTENANCE_STATE")
        }
        return subprocess.run(
            [sys.executable, "-W", "error", *arguments],
            cwd=project,
            env={**inherited, "PYTHONPATH": str(ROOT), **environ},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )

    return run


@pytest.fixture
def manage(run):
    return lambda *arguments, **environ: run(
        "manage.py", "maintenance_mode", *arguments, **environ
    )


def status(run):
    done = run("visit.py")
    assert done.stderr == ""
    return int(done.stdout)


def test_state_is_beside_the_settings_as_it_has_always_been(run, manage, project):
    state = project / "shop/maintenance_mode_state.txt"
    assert status(run) == 200
    assert manage("on").returncode == 0
    assert state.exists()
    assert status(run) == 503
    assert f"State: {state}" in manage("status").stdout
    assert manage("off").returncode == 0
    assert status(run) == 200


def test_state_of_django_maintenance_mode_is_found(run, manage, project):
    (project / "shop/maintenance_mode_state.txt").write_text("1")
    assert status(run) == 503
    assert manage("off").returncode == 0
    assert status(run) == 200


def test_name_of_the_state_can_be_set(manage, project):
    with (project / "shop/settings.py").open("a") as file:
        file.write('MAINTENANCE_MODE_STATE_FILE_NAME = "pause.json"\n')
    assert manage("on").returncode == 0
    assert (project / "shop/pause.json").exists()


def test_variable_names_the_state(manage, project):
    assert manage("on", MAINTENANCE_STATE=str(project / "pause.json")).returncode == 0
    assert (project / "pause.json").exists()


def test_pyproject_names_the_state(manage, project):
    (project / "pyproject.toml").write_text('[tool.maintenance]\nstate = "pause.json"\n')
    assert manage("on").returncode == 0
    assert (project / "pause.json").exists()


def test_command_of_the_server_means_the_same_state(run, manage):
    assert manage("on").returncode == 0
    done = run("-m", "maintenance_cli", "status")
    assert done.stdout.startswith("Maintenance is on.")
    assert run("-m", "maintenance_cli", "off").returncode == 0
    assert manage("status").stdout.startswith("Maintenance is off.")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["maybe"], 1), (["on", "--end=2020-01-01T00:00"], 1), (["on", "--all"], 1), ([], 2)],
)
def test_mistake_is_one_sentence_and_no_traceback(manage, project, arguments, code):
    done = manage(*arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert "Traceback" not in done.stderr
    assert done.stderr.strip()
    assert not (project / "shop/maintenance_mode_state.txt").exists()


def test_command_works_although_the_checks_fail(manage, project):
    with (project / "shop/settings.py").open("a") as file:
        file.write('MAINTENANCE_MODE_IGNORE_URLS = "/a/"\nROOT_URLCONF = "shop.missing"\n')
    assert manage("on").returncode == 0
    assert manage("off").returncode == 0


def test_unreadable_state_has_its_own_exit_code_and_off_works(manage, project):
    (project / "shop/maintenance_mode_state.txt").write_text("{")
    done = manage("status")
    assert (done.returncode, done.stderr) == (1, "CommandError: The state cannot be read.\n")
    assert done.stdout.startswith("Maintenance is unknown: ")
    done = manage("off")
    assert (done.returncode, done.stderr) == (0, "")
    assert manage("status").returncode == 0


def test_help_has_an_example(manage):
    assert "example: manage.py maintenance_mode on --for 30m" in manage("--help").stdout
