"""Where the state is: the option, else the variable, else pyproject.toml, else the project."""

import json
import os
import subprocess
import sys

import pytest

from maintenance_core import LocationError
from maintenance_core.location import (
    DEFAULT_FILE_NAME,
    VARIABLE,
    Location,
    configured_location,
    find_location,
)
from tests.core.helpers import NOBODY, PATIENCE, ROOT, needs_root

MANAGE = 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n'


@pytest.fixture
def project(tmp_path):
    """A Django project with a pyproject.toml."""
    (tmp_path / "shop").mkdir()
    (tmp_path / "manage.py").write_text(MANAGE)
    (tmp_path / "shop" / "settings.py").touch()
    (tmp_path / "pyproject.toml").write_text('[tool.maintenance]\nstate = "var/state.json"\n')
    return tmp_path


def find(directory, option=None, **environ):
    return find_location(option, environ, directory)


def write_toml(project, text):
    (project / "pyproject.toml").write_text(text)


def test_the_option_comes_first(project):
    location = find(project, "/srv/x", **{VARIABLE: "/srv/y"})
    assert location == Location("/srv/x", "--state")


def test_then_the_variable(project):
    assert find(project, **{VARIABLE: "/srv/y"}) == Location("/srv/y", VARIABLE)


def test_then_pyproject_toml_with_its_path_seen_from_there(project):
    file = project / "pyproject.toml"
    location = find(project / "shop")
    assert location.target == str(project / "var" / "state.json")
    assert location.source == f"[tool.maintenance] in {file}"


def test_then_the_django_project(project):
    (project / "pyproject.toml").unlink()
    settings = project / "shop" / "settings.py"
    location = find(project / "shop")
    assert location.target == str(settings.with_name(DEFAULT_FILE_NAME))
    assert location.source == f"the Django settings {settings}"


def test_else_it_says_what_to_give(tmp_path):
    with pytest.raises(LocationError, match=f"name the state with --state PATH or {VARIABLE}"):
        find(tmp_path)


def test_an_empty_variable_says_nothing(project):
    assert find(project, **{VARIABLE: ""}).target.endswith("state.json")


def test_an_absolute_path_and_a_url_stay_as_they_are(project):
    for state in ("/srv/state.json", "redis://host/0"):
        write_toml(project, f'[tool.maintenance]\nstate = "{state}"\n')
        assert find(project).target == state


@pytest.mark.parametrize(
    "text", ["", "[tool]\n", "[tool.maintenance]\n", "[project]\nname = 'x'\n"]
)
def test_a_pyproject_toml_that_says_nothing_is_passed_over(project, text):
    write_toml(project, text)
    assert configured_location({}, project) is None
    assert find(project).source.startswith("the Django settings ")


def test_the_nearest_pyproject_toml_that_says_something_counts(project):
    (project / "shop" / "pyproject.toml").write_text("[project]\n")
    assert find(project / "shop").target == str(project / "var" / "state.json")


@pytest.mark.parametrize("content", [b"[tool", b"\xff", b"x = " + b"[" * 100_000])
def test_a_broken_pyproject_toml_is_told(project, content):
    (project / "pyproject.toml").write_bytes(content)
    with pytest.raises(LocationError, match=r"pyproject.toml cannot be read \(.*; mend it, or"):
        find(project)


@pytest.mark.parametrize("value", ["1", "true", '""', "[]", "{}"])
def test_a_state_of_a_wrong_type_is_told(project, value):
    write_toml(project, f"[tool.maintenance]\nstate = {value}\n")
    with pytest.raises(LocationError, match=r"state in \[tool.maintenance\] is not a path; write"):
        find(project)


@pytest.mark.parametrize("text", ["tool = 1\n", "tool = []\n", "[tool]\nmaintenance = 1\n"])
def test_a_table_of_a_wrong_type_is_told(project, text):
    write_toml(project, text)
    with pytest.raises(LocationError, match=r"pyproject.toml: .* write \[tool.maintenance\]"):
        find(project)


def test_a_directory_called_pyproject_toml_is_passed_over(project):
    (project / "shop" / "pyproject.toml").mkdir()
    assert find(project / "shop").target == str(project / "var" / "state.json")


LOOK_FROM_BELOW = """
import json, os, sys
from pathlib import Path
from maintenance_core import LocationError
from maintenance_core.location import find_location

os.setgroups([])
os.setgid(int(sys.argv[2]))
os.setuid(int(sys.argv[2]))
try:
    found = find_location(None, {}, Path(sys.argv[1])).target
except LocationError as error:
    found = str(error)
print(json.dumps(found))
"""


@needs_root
def test_a_folder_above_that_may_not_be_looked_into_is_passed_over(tmp_path):
    below = tmp_path / "closed" / "open"
    below.mkdir(parents=True)
    (tmp_path / "closed").chmod(0o700)
    told = subprocess.run(
        [sys.executable, "-c", LOOK_FROM_BELOW, str(below), str(NOBODY)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        timeout=PATIENCE,
        check=True,
    ).stdout
    assert json.loads(told).startswith(f"No state found from {below} upwards.")


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ('MAINTENANCE_MODE_STATE_FILE_PATH = "/srv/x"', "/srv/x"),
        ('MAINTENANCE_MODE_STATE_FILE_NAME = "x.txt"', "shop/x.txt"),
        ("MAINTENANCE_MODE_STATE_FILE_NAME = None", f"shop/{DEFAULT_FILE_NAME}"),
        ("MAINTENANCE_MODE = None", f"shop/{DEFAULT_FILE_NAME}"),
    ],
)
def test_what_the_settings_say_in_plain_words_counts(project, settings, expected):
    (project / "pyproject.toml").unlink()
    (project / "shop" / "settings.py").write_text(settings)
    assert find(project).target == os.path.join(project, expected)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ("MAINTENANCE_MODE = True", "sets MAINTENANCE_MODE, which outranks any switch; remove it"),
        ("MAINTENANCE_MODE = False", "sets MAINTENANCE_MODE, which outranks any switch; remove"),
        ("MAINTENANCE_MODE = env('X')", "computes MAINTENANCE_MODE, which this command does not"),
        (
            "MAINTENANCE_MODE_STATE_FILE_PATH = BASE / 'x'",
            "computes MAINTENANCE_MODE_STATE_FILE_P",
        ),
        ("MAINTENANCE_MODE_STATE_FILE_PATH = f'{X}'", "computes MAINTENANCE_MODE_STATE_FILE_PATH"),
        ("MAINTENANCE_MODE_STATE_FILE_PATH = True", "FILE_PATH is True; write a string"),
        ("MAINTENANCE_MODE_STATE_FILE_PATH = b'x'", "FILE_PATH is b'x'; write a string"),
        ("MAINTENANCE_MODE_STATE_FILE_NAME = ''", "FILE_NAME is ''; write a string"),
    ],
)
def test_what_they_say_otherwise_is_refused_with_a_sentence(project, settings, sentence):
    (project / "pyproject.toml").unlink()
    (project / "shop" / "settings.py").write_text(settings)
    with pytest.raises(LocationError) as refused:
        find(project)
    assert str(refused.value).startswith(str(project / "shop" / "settings.py"))
    assert sentence in str(refused.value)
