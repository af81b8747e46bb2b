"""Where the state of a site is, and what it runs without."""

from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import override_settings

from maintenance_core import LocationError
from maintenance_django import engine
from maintenance_django.backends import LocalFileBackend
from maintenance_django.core import set_maintenance_mode
from maintenance_django.engine import get_reader, get_store, locate
from tests.django import settings as settings_of_tests

HERE = Path(settings_of_tests.__file__).parent


@pytest.fixture
def nothing_set(settings, monkeypatch):
    monkeypatch.delenv("MAINTENANCE_STATE", raising=False)
    del settings.MAINTENANCE_MODE_STATE_FILE_PATH
    return settings


def test_setting_comes_first(settings, tmp_path, monkeypatch):
    monkeypatch.setenv("MAINTENANCE_STATE", "/nowhere/state")
    assert locate().target == str(tmp_path / "state.json")
    assert locate().source == "MAINTENANCE_MODE_STATE_FILE_PATH"


def test_variable_comes_before_pyproject(nothing_set, monkeypatch):
    monkeypatch.setenv("MAINTENANCE_STATE", "/nowhere/state")
    assert (locate().target, locate().source) == ("/nowhere/state", "MAINTENANCE_STATE")


def test_pyproject_above_the_settings_is_found_also_inside_override_settings(nothing_set):
    # This repository has such a table, for the demo.
    root = HERE.parents[1]
    with override_settings(MAINTENANCE_MODE_IGNORE_STAFF=True):
        assert locate().target == str(root / "examples/demo/var/maintenance.json")
    assert "[tool.maintenance]" in locate().source


def test_store_and_reader_are_made_once_until_a_setting_changes(settings, tmp_path):
    store, reader = get_store(), get_reader()
    assert (get_store(), get_reader()) == (store, reader)
    settings.MAINTENANCE_MODE_STATE_FILE_PATH = tmp_path / "other.json"
    assert get_store().location == str(tmp_path / "other.json")
    assert get_reader() is not reader


def test_backend_has_its_old_name(tmp_path):
    assert LocalFileBackend(tmp_path / "state.json").read().problem is None


CONFIGURED = """
    import sys
    from django.conf import settings
    settings.configure(
        MIDDLEWARE=["maintenance_django.middleware.MaintenanceModeMiddleware"],
        ROOT_URLCONF=__name__,
        ALLOWED_HOSTS=["*"],
        **({"MAINTENANCE_MODE_STATE_FILE_PATH": sys.argv[1]} if len(sys.argv) > 1 else {}),
    )
    urlpatterns = []
    import django
    django.setup()
    from django.core.exceptions import ImproperlyConfigured
    from django.test import Client
    from maintenance_django.core import set_maintenance_mode
    try:
        set_maintenance_mode(True)
    except ImproperlyConfigured as error:
        print(error)
    print(Client().get("/").status_code)
"""


def test_site_works_without_apps_sessions_users_and_templates(run_python, tmp_path):
    assert run_python(CONFIGURED, tmp_path / "pause.json") == "503\n"


def test_settings_without_a_file_need_a_path(run_python):
    told = (
        "The state has no place, since the settings have no file; "
        "set MAINTENANCE_MODE_STATE_FILE_PATH to a path."
    )
    logged = f"{told} Until then maintenance mode is off and cannot be switched.\n"
    sentence, status = run_python(CONFIGURED, errors=logged).splitlines()
    assert sentence == told
    assert status == "404"


def test_settings_that_were_never_a_module_need_a_path(nothing_set, monkeypatch):
    configured = LazySettings()
    configured.configure()
    monkeypatch.setattr(engine, "settings", configured)
    with pytest.raises(LocationError, match="the settings have no file"):
        locate()


def test_settings_in_a_folder_that_is_no_module_need_a_path(nothing_set, tmp_path, monkeypatch):
    (tmp_path / "namespace_of_settings").mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    nothing_set.SETTINGS_MODULE = "namespace_of_settings"
    with pytest.raises(LocationError, match="the settings have no file"):
        locate()


def test_place_that_can_be_told_again_is_found_without_a_restart(
    nothing_set, tmp_path, monkeypatch, log
):
    state = tmp_path / "later.json"
    monkeypatch.setenv("MAINTENANCE_STATE", "memory://no-such-kind")
    for _ in range(3):
        assert not get_reader().current().on
    (line,) = log()
    assert line.startswith("memory://no-such-kind: a state of kind 'memory' is not known here;")
    assert line.endswith("Until then maintenance mode is off and cannot be switched.")
    monkeypatch.setenv("MAINTENANCE_STATE", str(state))
    set_maintenance_mode(True)
    assert get_reader().current().on


def test_fallback_counts_while_the_state_has_no_place(nothing_set, monkeypatch):
    monkeypatch.setenv("MAINTENANCE_STATE", "memory://no-such-kind")
    nothing_set.MAINTENANCE_MODE_STATE_BACKEND_FALLBACK_VALUE = True
    view = get_reader().current()
    assert view.on
    assert "'memory' is not known here" in str(view.problem)
