"""A site whose state is a file of its own in each test."""

import logging
import os
import re
import subprocess
import sys
import textwrap

import pytest
from django.test import Client
from django.urls import set_script_prefix

from maintenance_core import FileStore
from maintenance_django.core import set_maintenance_mode
from tests.django.helpers import PATIENCE, ROOT


@pytest.fixture(autouse=True)
def state_path(settings, tmp_path):
    """The path of the state, where nothing is at first."""
    settings.MAINTENANCE_MODE_STATE_FILE_PATH = tmp_path / "state.json"
    yield tmp_path / "state.json"
    set_script_prefix("/")


@pytest.fixture
def store(state_path):
    return FileStore(state_path)


@pytest.fixture
def on(state_path):
    """The site is in maintenance."""
    set_maintenance_mode(True)


@pytest.fixture
def superuser(django_user_model, db):
    return django_user_model.objects.create_superuser("root", password="pw")


@pytest.fixture
def staff(django_user_model, db):
    return django_user_model.objects.create_user("staff", password="pw", is_staff=True)


@pytest.fixture
def member(django_user_model, db):
    return django_user_model.objects.create_user("member", password="pw")


@pytest.fixture
def root(superuser):
    """The browser of a superuser, with the protection of the real site."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(superuser)
    return client


@pytest.fixture
def post(root):
    """Press the button of the page at a URL of the switch."""

    def post(url, **data):
        page = root.get(url).content.decode()
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        return root.post(url, {"csrfmiddlewaretoken": found[1], **data})

    return post


@pytest.fixture
def log(caplog):
    """The messages that maintenance-django has logged."""
    caplog.set_level(logging.INFO)
    return lambda: [
        record.getMessage()
        for record in caplog.records
        if record.name in ("maintenance_django", "maintenance_core")
    ]


@pytest.fixture
def templates(settings, tmp_path):
    """Give the site a template: ``templates("503.html", "<p>Ours</p>")``."""
    directory = tmp_path / "templates"
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [directory]}]

    def add(name, source):
        file = directory / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source)
        # Whatever had been looked up before is looked up again.
        settings.TEMPLATES = [*settings.TEMPLATES]

    return add


@pytest.fixture
def run_python(tmp_path):
    """Run some code in a process of its own; what it prints."""

    def run(code, *arguments, errors=""):
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", textwrap.dedent(code), *map(str, arguments)],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        assert (done.returncode, done.stderr) == (0, errors)
        return done.stdout

    return run
