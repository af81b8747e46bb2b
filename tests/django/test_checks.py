"""manage.py check: each mistake is told, and nothing is told where there is none."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.core.checks import run_checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from maintenance_django import checks
from maintenance_django.middleware import MaintenanceModeMiddleware

OURS = "maintenance_django.middleware.MaintenanceModeMiddleware"
OLD = "maintenance_mode.middleware.MaintenanceModeMiddleware"
AUTHENTICATION = "django.contrib.auth.middleware.AuthenticationMiddleware"
SESSION = "django.contrib.sessions.middleware.SessionMiddleware"


class Child(MaintenanceModeMiddleware):
    pass


class OwnAuthentication(AuthenticationMiddleware):
    pass


def function_middleware(get_response):
    return get_response


CHILD = f"{__name__}.Child"
FUNCTION = f"{__name__}.function_middleware"


@pytest.fixture(autouse=True)
def _outside_of_this_repository(tmp_path, monkeypatch):
    """Its pyproject.toml names the state of the demo."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MAINTENANCE_STATE", raising=False)


@pytest.fixture
def told():
    """The ids and the messages of the checks, and that each message is of use."""

    def run():
        found = run_checks(tags=["maintenance"])
        for message in found:
            assert message.hint
            assert "\n" not in message.msg
        return [(message.id.removeprefix("maintenance_django."), message.msg) for message in found]

    return run


@pytest.fixture
def ids(told):
    return lambda: [id_ for id_, _ in told()]


def test_project_without_mistakes_hears_nothing(told):
    assert told() == []


def test_project_without_any_setting_hears_nothing(told, settings, tmp_path, monkeypatch):
    monkeypatch.setenv("MAINTENANCE_STATE", str(tmp_path / "state.json"))
    del settings.MAINTENANCE_MODE_STATE_FILE_PATH
    assert told() == []


def test_command_shows_the_errors(settings, capsys):
    settings.MAINTENANCE_MODE_IGNORE_URLS = "/a/"
    with pytest.raises(SystemCheckError) as error:
        call_command("check")
    assert "(maintenance_django.E001) MAINTENANCE_MODE_IGNORE_URLS is '/a/'" in str(error.value)
    assert "HINT: Until then the default is used: ()." in str(error.value)


def test_command_is_content_with_a_project_without_mistakes(capsys):
    call_command("check")
    assert "no issues" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("IGNORE_URLS", "/a/"),
        ("IGNORE_URLS", ["("]),
        ("IGNORE_IP_ADDRESSES", "10.0.0.1"),
        ("IGNORE_IP_ADDRESSES", [r"^10\.0\..*$"]),
        ("RETRY_AFTER", "60"),
        ("REDIRECT_URL", "down/"),
        ("GET_CLIENT_IP_ADDRESS", "no.such.function"),
    ],
)
def test_e001_tells_a_value_that_cannot_be_used(told, settings, name, value):
    setattr(settings, f"MAINTENANCE_MODE_{name}", value)
    ((id_, message),) = told()
    assert id_ == "E001"
    assert message.startswith(f"MAINTENANCE_MODE_{name} ")


def test_e001_tells_a_target_that_does_not_exist(told, settings):
    settings.MAINTENANCE_MODE_REDIRECT_URL = "no-such-name"
    ((id_, message),) = told()
    assert id_ == "E001"
    assert message.startswith("MAINTENANCE_MODE_REDIRECT_URL leads nowhere: ")


def test_e001_tells_a_target_that_no_browser_may_be_sent_to(ids, settings):
    settings.MAINTENANCE_MODE_REDIRECT_URL = "http://[broken/"
    assert ids() == ["E001"]


def test_e001_tells_an_async_function_that_would_never_be_awaited(ids, settings):
    async def address(request):
        return "10.0.0.1"

    settings.MAINTENANCE_MODE_GET_CLIENT_IP_ADDRESS = address
    assert ids() == ["E001"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("INSTALLED_APPS", ["maintenance_mode"]),
        ("TEMPLATES", [{"x": ["maintenance_mode.context_processors.maintenance_mode"]}]),
        ("LOGGING", {"filters": {"()": "maintenance_mode.logging.RequireNotMaintenanceMode503"}}),
    ],
)
def test_e004_tells_what_names_the_old_package(monkeypatch, name, value):
    # Really loading it would rewrite the settings of this process.
    clean = {"MIDDLEWARE": [], "INSTALLED_APPS": [], "TEMPLATES": [], "LOGGING": {}}
    monkeypatch.setattr(checks, "settings", SimpleNamespace(**clean))
    assert [*checks.check_old_name(None)] == []
    monkeypatch.setattr(checks, "settings", SimpleNamespace(**clean | {name: value}))
    (message,) = checks.check_old_name(None)
    assert message.id == "maintenance_django.E004"
    assert name in message.msg


@pytest.mark.parametrize("value", ["down", "/anywhere/", "https://example.com/"])
def test_target_that_exists_or_is_elsewhere_is_in_order(told, settings, value):
    settings.MAINTENANCE_MODE_REDIRECT_URL = value
    assert told() == []


@pytest.mark.parametrize("middleware", [[OURS, OURS], [OURS, CHILD]])
def test_e002_tells_a_middleware_that_is_there_twice(ids, settings, middleware):
    settings.MIDDLEWARE = middleware
    assert ids() == ["E002"]


@pytest.mark.parametrize("middleware", [[OURS], [OURS, SESSION, AUTHENTICATION]])
def test_e003_tells_a_middleware_before_the_authentication(ids, settings, middleware):
    settings.MIDDLEWARE = middleware
    assert ids() == []
    settings.MAINTENANCE_MODE_IGNORE_STAFF = True
    assert ids() == ["E003"]


@pytest.mark.parametrize("authentication", [AUTHENTICATION, f"{__name__}.OwnAuthentication"])
def test_middleware_after_the_authentication_is_in_order(ids, settings, authentication):
    settings.MIDDLEWARE = [SESSION, authentication, OURS]
    settings.MAINTENANCE_MODE_IGNORE_STAFF = True
    assert ids() == []


@pytest.mark.parametrize("path", [OLD, "maintenance_mode.middleware.Other"])
def test_e004_tells_the_middleware_of_django_maintenance_mode(told, settings, path):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, path]
    ((id_, _),) = told()
    assert id_ == "E004"


def test_e005_tells_a_backend_that_is_not_there(ids, settings):
    settings.MAINTENANCE_MODE_STATE_BACKEND = "maintenance_django.backends.LocalFileBackend"
    assert ids() == []
    settings.MAINTENANCE_MODE_STATE_BACKEND = "maintenance_django.backends.CacheBackend"
    assert ids() == ["E005"]


def test_e006_tells_a_state_that_has_no_place(told, settings):
    settings.MAINTENANCE_MODE_STATE_FILE_PATH = "ftp://host/state"
    ((id_, message),) = told()
    assert (id_, message.startswith("ftp://host/state: ")) == ("E006", True)


def test_w001_tells_a_name_that_nothing_reads(settings):
    settings.MAINTENANCE_MODE_IGNORE_SUPERUSERS = True
    settings.MAINTENANCE_MODE_IGNORE_TESTS = True
    settings.MAINTENANCE_OF_OUR_CARS = True
    messages = run_checks(tags=["maintenance"])
    assert [message.id for message in messages] == ["maintenance_django.W001"] * 2
    hints = {message.msg.split()[0]: message.hint for message in messages}
    assert hints == {
        "MAINTENANCE_MODE_IGNORE_SUPERUSERS": "Did you mean MAINTENANCE_MODE_IGNORE_SUPERUSER?",
        "MAINTENANCE_MODE_IGNORE_TESTS": "Remove it; without it maintenance-django does as if it "
        "had its default.",
    }


@pytest.mark.parametrize(
    "name", ["LOGOUT_AUTHENTICATED_USER", "GET_AUTHENTICATED_USER", "GET_CONTEXT", "CACHE_BACKEND"]
)
def test_w001_proposes_no_exemption_for_a_setting_of_the_old_package(settings, name):
    setattr(settings, f"MAINTENANCE_MODE_{name}", True)
    (message,) = run_checks(tags=["maintenance"])
    assert message.id == "maintenance_django.W001"
    assert "of django-maintenance-mode that this version does not have" in message.msg
    assert "Did you mean" not in message.hint


@pytest.mark.parametrize("middleware", [[], [SESSION, FUNCTION], ["no.such.Middleware"]])
def test_w002_tells_that_the_middleware_is_missing(ids, settings, middleware):
    settings.MIDDLEWARE = middleware
    assert ids() == ["W002"]


@pytest.mark.parametrize("middleware", [[OURS], [CHILD], (FUNCTION, OURS)])
def test_middleware_that_is_there_is_in_order(ids, settings, middleware):
    settings.MIDDLEWARE = middleware
    assert ids() == []


def test_w003_tells_an_unreadable_state_and_the_way_out(state_path):
    state_path.write_text("{")
    (message,) = run_checks(tags=["maintenance"])
    assert message.id == "maintenance_django.W003"
    assert str(state_path) in message.msg
    assert "`manage.py maintenance_mode off` makes a new one" in message.hint


def test_w003_tells_a_missing_directory(settings, tmp_path):
    settings.MAINTENANCE_MODE_STATE_FILE_PATH = tmp_path / "missing/state.json"
    (message,) = run_checks(tags=["maintenance"])
    assert message.id == "maintenance_django.W003"
    assert "there is no directory" in message.msg
    assert message.hint == "Until then maintenance mode is as it was read last."


def test_w004_tells_a_state_that_everybody_can_write(on, told, state_path):
    assert told() == []
    state_path.chmod(0o666)
    ((id_, message),) = told()
    assert (id_, message.startswith(f"{state_path} ")) == ("W004", True)


def test_w004_tells_a_directory_that_everybody_can_write(ids, settings, tmp_path):
    directory = tmp_path / "open"
    directory.mkdir()
    settings.MAINTENANCE_MODE_STATE_FILE_PATH = directory / "state.json"
    directory.chmod(0o777)
    assert ids() == ["W004"]
    directory.chmod(0o1777)
    assert ids() == []


def test_w005_tells_that_the_command_means_another_file(told, tmp_path, monkeypatch):
    monkeypatch.setenv("MAINTENANCE_STATE", str(tmp_path / "other.json"))
    ((id_, message),) = told()
    assert id_ == "W005"
    assert "MAINTENANCE_STATE sends the `maintenance` command to" in message
    monkeypatch.setenv("MAINTENANCE_STATE", str(tmp_path / "x/../state.json"))
    assert told() == []


def test_w005_tells_that_the_command_cannot_know_the_file(told, tmp_path, monkeypatch):
    (tmp_path / "pyproject.toml").write_text("[tool.")
    monkeypatch.chdir(tmp_path)
    ((id_, message),) = told()
    assert id_ == "W005"
    assert "pyproject.toml cannot be read" in message


def test_w008_tells_a_path_that_is_relative(ids, settings, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings.MAINTENANCE_MODE_STATE_FILE_PATH = "state.json"
    assert ids() == ["W008"]
    settings.MAINTENANCE_MODE_STATE_FILE_PATH = tmp_path / "state.json"
    assert ids() == []


def test_w006_tells_a_template_that_does_not_exist(ids, settings, templates):
    settings.MAINTENANCE_MODE_TEMPLATE = "503.html"
    assert ids() == []
    settings.MAINTENANCE_MODE_TEMPLATE = "pause.html"
    assert ids() == ["W006"]
    templates("pause.html", "ours")
    assert ids() == []


def test_w007_tells_a_template_that_is_broken(told, templates):
    templates("503.html", "{% no_such_tag %}")
    ((id_, message),) = told()
    assert id_ == "W007"
    assert "'503.html' is broken" in message
