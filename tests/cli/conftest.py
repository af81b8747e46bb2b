"""A command line in a folder of its own, with nothing configured."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from maintenance_cli.cli import maintenance


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.delenv("MAINTENANCE_STATE", raising=False)
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def state(folder):
    return folder / "state.json"


@pytest.fixture
def project(folder):
    """A Django project whose settings do not mention maintenance, as startproject makes it."""
    (folder / "manage.py").write_text(
        'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_of_mine.settings")\n'
    )
    package = folder / "site_of_mine"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "settings.py").write_text('SECRET_KEY = "x"\n')
    return folder


@pytest.fixture
def run(folder):
    """Run the command in this process; gives (exit code, output, errors)."""

    def invoke(*arguments):
        result = CliRunner().invoke(maintenance, arguments, prog_name="maintenance")
        # Anything but an orderly end is a traceback for the person at the terminal.
        assert result.exception is None or isinstance(result.exception, SystemExit), result
        return result.exit_code, result.stdout, result.stderr

    return invoke


@pytest.fixture
def run_json(run):
    def invoke(*arguments):
        code, output, errors = run("--json", *arguments)
        assert errors == ""
        return code, json.loads(output)

    return invoke


@pytest.fixture
def run_command(folder):
    """Run the installed command in a process of its own."""

    def invoke(*arguments, **environ):
        return subprocess.run(
            [Path(sys.executable).with_name("maintenance"), *arguments],
            cwd=folder,
            env={**os.environ, **environ},
            capture_output=True,
            text=True,
            timeout=60,
        )

    return invoke
