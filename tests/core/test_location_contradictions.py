"""Where pyproject.toml and the Django settings do not agree, nothing is guessed."""

import pytest

from maintenance_core import LocationError
from maintenance_core.location import VARIABLE, find_location

PATH = "MAINTENANCE_MODE_STATE_FILE_PATH"


@pytest.fixture
def project(tmp_path):
    """A Django project whose pyproject.toml names a state."""
    (tmp_path / "shop").mkdir()
    (tmp_path / "manage.py").write_text(
        'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n'
    )
    say(tmp_path, "")
    (tmp_path / "pyproject.toml").write_text('[tool.maintenance]\nstate = "var/state.json"\n')
    return tmp_path


def say(project, text):
    (project / "shop" / "settings.py").write_text(text)


def find(directory, option=None, **environ):
    return find_location(option, environ, directory)


def test_settings_that_name_another_state_are_told_with_both(project):
    settings, named = project / "shop" / "settings.py", project / "var" / "state.json"
    say(project, f"{PATH} = '/srv/x'")
    with pytest.raises(LocationError) as refused:
        find(project / "shop")
    assert str(refused.value) == (
        f"{settings} says /srv/x, but [tool.maintenance] in {project / 'pyproject.toml'} says "
        f"{named}; remove one of the two, or name the state with --state PATH."
    )


@pytest.mark.parametrize("named", ["var/state.json", "var/../var/state.json", "link/state.json"])
def test_settings_that_name_the_same_state_in_any_way_agree(project, named):
    (project / "var").mkdir()
    (project / "link").symlink_to("var")
    say(project, f"{PATH} = {str(project / named)!r}")
    assert find(project).target == str(project / "var" / "state.json")


@pytest.mark.parametrize("url", ["redis://host/0", "redis://host/1"])
def test_urls_agree_if_they_are_the_same(project, url):
    (project / "pyproject.toml").write_text('[tool.maintenance]\nstate = "redis://host/0"\n')
    say(project, f"{PATH} = {url!r}")
    if url == "redis://host/0":
        assert find(project).target == url
        return
    with pytest.raises(LocationError, match="remove one of the two"):
        find(project)


@pytest.mark.parametrize("with_pyproject", [True, False])
@pytest.mark.parametrize("path", ["state.json", "./var/state.json"])
def test_a_relative_path_in_the_settings_is_refused(project, with_pyproject, path):
    if not with_pyproject:
        (project / "pyproject.toml").unlink()
    say(project, f"{PATH} = {path!r}")
    with pytest.raises(LocationError) as refused:
        find(project)
    assert f"settings.py: {PATH} is {path!r}, which means another file in" in str(refused.value)
    assert "write the whole path, or name the state with --state PATH." in str(refused.value)


def test_a_url_in_the_settings_is_no_relative_path(project):
    (project / "pyproject.toml").unlink()
    say(project, f"{PATH} = 'redis://host/0'")
    assert find(project).target == "redis://host/0"


@pytest.mark.parametrize("value", [True, False])
def test_settings_that_outrank_any_switch_are_told_although_pyproject_names_a_state(
    project, value
):
    say(project, f"MAINTENANCE_MODE = {value}")
    with pytest.raises(LocationError, match="sets MAINTENANCE_MODE, which outranks any switch"):
        find(project)


@pytest.mark.parametrize(
    "settings",
    [f"{PATH} = '/srv/x'", f"{PATH} = 'x'", "MAINTENANCE_MODE = True", "x = ("],
)
def test_the_option_and_the_variable_win_without_a_look_at_the_settings(project, settings):
    say(project, settings)
    assert find(project, "/srv/y").target == "/srv/y"
    assert find(project, **{VARIABLE: "/srv/z"}).target == "/srv/z"


@pytest.mark.parametrize(
    "settings",
    [
        f"{PATH} = BASE_DIR / 'x'",
        f"{PATH} = 1",
        "MAINTENANCE_MODE = env('X')",
        "from installed.settings import *",
        "x = (",
    ],
)
def test_settings_that_cannot_be_told_leave_it_to_pyproject(project, settings):
    say(project, settings)
    assert find(project).target == str(project / "var" / "state.json")
    (project / "pyproject.toml").unlink()
    with pytest.raises(LocationError):
        find(project)


@pytest.mark.parametrize("module", ["gone.settings", "shop.settings"])
def test_a_settings_module_that_is_not_there_leaves_it_to_pyproject(project, module):
    (project / "shop" / "settings.py").unlink()
    found = find(project, DJANGO_SETTINGS_MODULE=module)
    assert found.target == str(project / "var" / "state.json")


def test_a_name_alone_in_the_settings_does_not_contradict_pyproject(project):
    say(project, "MAINTENANCE_MODE_STATE_FILE_NAME = 'x.txt'")
    assert find(project).target == str(project / "var" / "state.json")


def test_pyproject_alone_is_enough(project):
    (project / "manage.py").unlink()
    assert find(project).target == str(project / "var" / "state.json")


def test_a_table_beside_the_settings_counts_as_it_does_for_the_site(tmp_path):
    settings = site_in(tmp_path, "backend")
    table = settings.with_name("pyproject.toml")
    table.write_text('[tool.maintenance]\nstate = "near.json"\n')
    assert find_location(None, {}, tmp_path).target == str(table.with_name("near.json"))


def test_a_table_that_the_site_does_not_find_is_refused(tmp_path):
    site_in(tmp_path, "shop")
    frontend = tmp_path / "frontend"
    frontend.mkdir()
    (frontend / "pyproject.toml").write_text('[tool.maintenance]\nstate = "other.json"\n')
    with pytest.raises(LocationError, match=r"is not what the site of .* finds; move it beside"):
        find_location(None, {}, frontend)


def site_in(folder, package):
    (folder / "manage.py").write_text(f'x("DJANGO_SETTINGS_MODULE", "{package}.settings")\n')
    settings = folder / package / "settings.py"
    settings.parent.mkdir()
    settings.touch()
    return settings
