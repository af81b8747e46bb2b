"""Paths in settings, as projects put them together, without running the settings."""

import runpy
from pathlib import Path

import pytest

from maintenance_core import LocationError
from maintenance_core.django_project import find_django_project
from maintenance_core.location import Location, find_location

NAME = "MAINTENANCE_MODE_STATE_FILE_PATH"
HEAD = """
import os
import pathlib
from pathlib import Path
BASE_DIR = Path(__file__).resolve().parent.parent
OLD_BASE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
"""


@pytest.fixture
def settings_file(tmp_path, monkeypatch):
    monkeypatch.setattr("os.environ", {})
    (tmp_path / "manage.py").write_text('x("DJANGO_SETTINGS_MODULE", "shop.settings")')
    (tmp_path / "shop").mkdir()
    return tmp_path / "shop" / "settings.py"


def told(settings_file):
    return find_django_project({}, settings_file.parent).value(NAME)


@pytest.mark.parametrize(
    "expression",
    [
        'BASE_DIR / "state.json"',
        'str(BASE_DIR / "var" / "state.json")',
        'BASE_DIR.joinpath("var", "state.json")',
        'BASE_DIR.parent / "state.json"',
        'Path(__file__).absolute().parents[1] / "state.json"',
        'pathlib.Path("/srv/state.json")',
        'os.path.join(OLD_BASE, "var", "state.json")',
        'os.path.join(BASE_DIR, "state.json")',
        'os.path.realpath(os.path.join(os.path.dirname(__file__), "..", "state.json"))',
        'Path(OLD_BASE) / "state.json"',
    ],
)
def test_path_is_the_one_that_running_the_settings_gives(settings_file, expression):
    settings_file.write_text(f"{HEAD}{NAME} = {expression}\n")
    assert Path(told(settings_file)) == Path(runpy.run_path(str(settings_file))[NAME])


def test_file_of_the_settings_that_are_imported_counts_there(settings_file):
    base = settings_file.with_name("base")
    base.mkdir()
    (base / "__init__.py").write_text(
        "from pathlib import Path\nBASE_DIR = Path(__file__).parent\n"
    )
    settings_file.write_text(f'from .base import *\n{NAME} = BASE_DIR / "x"\n')
    assert told(settings_file) == base / "x"


def test_command_goes_to_the_path_that_the_settings_put_together(settings_file):
    settings_file.write_text(f'{HEAD}{NAME} = BASE_DIR / "state.json"\n')
    root = settings_file.parent.parent
    location = find_location(None, {}, settings_file.parent)
    assert location == Location(str(root / "state.json"), f"the Django settings {settings_file}")


@pytest.mark.parametrize(
    "expression",
    [
        'os.environ["STATE"]',
        'BASE_DIR + "x"',
        'BASE_DIR / "a" / os.sep',
        '"/srv" / "x"',
        'BASE_DIR.joinpath(*["x"])',
        "BASE_DIR.parents[999]",
        'BASE_DIR.with_name("x")',
        'Path("/srv", "x")',
        'os.path.abspath("x")',
        'os.path.realpath("x")',
        'Path(".").resolve() / "x"',
        'Path("x").absolute()',
        "str(1)",
        "NO_SUCH_NAME",
        "unknown()",
        "[BASE_DIR][0]",
        f"{NAME}",
    ],
)
def test_what_only_running_the_settings_could_tell_is_refused(settings_file, expression):
    settings_file.write_text(f"{HEAD}{NAME} = {expression}\n")
    with pytest.raises(LocationError, match=f"computes {NAME}, which this command does not run"):
        told(settings_file)


def test_names_that_lead_to_each_other_are_refused(settings_file):
    settings_file.write_text(f"{NAME} = A\nA = B\nB = A\n")
    with pytest.raises(LocationError, match="computes"):
        told(settings_file)


def test_name_that_something_else_may_have_changed_is_refused(settings_file):
    settings_file.write_text(f'{HEAD}if x:\n    BASE_DIR = "y"\n{NAME} = BASE_DIR / "x"\n')
    with pytest.raises(LocationError, match="computes"):
        told(settings_file)
