"""Every setting: its default, what it may be, and what happens to anything else."""

import re
from ipaddress import ip_network
from pathlib import Path

import pytest
from django.urls import reverse_lazy
from django.utils.functional import Promise

from maintenance_django.conf import MaintenanceSettings, conf

BACKEND = "maintenance_django.backends.LocalFileBackend"
DEFAULTS = {
    "MODE": None,
    "STATE_BACKEND": BACKEND,
    "STATE_BACKEND_FALLBACK_VALUE": False,
    "STATE_FILE_NAME": "maintenance_mode_state.txt",
    "STATE_FILE_PATH": None,
    "IGNORE_ADMIN_SITE": False,
    "IGNORE_ANONYMOUS_USER": False,
    "IGNORE_AUTHENTICATED_USER": False,
    "IGNORE_STAFF": False,
    "IGNORE_SUPERUSER": False,
    "IGNORE_IP_ADDRESSES": (),
    "IGNORE_URLS": (),
    "GET_CLIENT_IP_ADDRESS": None,
    "LOG_RESPONSES": False,
    "REDIRECT_URL": None,
    "RESPONSE_TYPE": None,
    "RETRY_AFTER": 3600,
    "STATUS_CODE": 503,
    "TEMPLATE": "503.html",
}
FLAGS = [name for name, default in DEFAULTS.items() if default is False]
TEXTS = ["STATE_BACKEND", "STATE_FILE_NAME", "TEMPLATE"]
LISTS = ["IGNORE_IP_ADDRESSES", "IGNORE_URLS"]
FUNCTIONS = ["GET_CLIENT_IP_ADDRESS", "RESPONSE_TYPE"]
PATTERN = re.compile("/a")


def function(request):
    return "json"


def name_of(attribute):
    return "MAINTENANCE_MODE" if attribute == "MODE" else f"MAINTENANCE_MODE_{attribute}"


GOOD = [
    *((flag, value, value) for flag in FLAGS for value in (True, False)),
    *((flag, None, False) for flag in FLAGS),
    *(("MODE", value, value) for value in (True, False, None)),
    *((text, "x", "x") for text in TEXTS),
    ("STATE_FILE_PATH", "/srv/state", "/srv/state"),
    ("STATE_FILE_PATH", Path("/srv/state"), "/srv/state"),
    ("STATE_FILE_PATH", None, None),
    *((name, empty, ()) for name in LISTS for empty in (None, [], (), set(), frozenset())),
    ("IGNORE_IP_ADDRESSES", ["10.0.0.1"], (ip_network("10.0.0.1"),)),
    ("IGNORE_IP_ADDRESSES", ("2001:db8::/32", PATTERN), (ip_network("2001:db8::/32"), PATTERN)),
    ("IGNORE_IP_ADDRESSES", {ip_network("10.0.0.0/8")}, (ip_network("10.0.0.0/8"),)),
    ("IGNORE_URLS", ["/a"], (PATTERN,)),
    ("IGNORE_URLS", {PATTERN}, (PATTERN,)),
    ("IGNORE_URLS", [reverse_lazy("down")], (re.compile("/down/"),)),
    *((name, function, function) for name in FUNCTIONS),
    *((name, f"{__name__}.function", function) for name in FUNCTIONS),
    *((name, None, None) for name in FUNCTIONS),
    *(("RESPONSE_TYPE", value, value) for value in ("html", "json")),
    *(("REDIRECT_URL", value, value) for value in (None, "/", "/a.b/", "a-name", "space:name")),
    ("REDIRECT_URL", "https://example.com/a", "https://example.com/a"),
    *(("RETRY_AFTER", value, value) for value in (1, 315_360_000, None)),
    ("RETRY_AFTER", 0, None),
    *(("STATUS_CODE", value, value) for value in (400, 503, 599)),
]
BAD = [
    *((flag, value) for flag in [*FLAGS, "MODE"] for value in ("True", "", 0, 1, [], object())),
    *((text, value) for text in TEXTS for value in ("", None, 5, b"x", ["x"])),
    *(("STATE_FILE_PATH", value) for value in ("", 5, b"x", ["x"])),
    *((name, value) for name in LISTS for value in ("", "/a/", b"x", 5, {"a": 1}, iter("a"))),
    *(("IGNORE_IP_ADDRESSES", [value]) for value in ("", r"10\..*", "10.0.0.1/8", 5, None, b"x")),
    ("IGNORE_IP_ADDRESSES", [re.compile(b"x")]),
    *(("IGNORE_URLS", [value]) for value in ("(", None, 5, b"x", [], re.compile(b"x"))),
    ("IGNORE_URLS", [reverse_lazy("no-such-name")]),
    *((name, value) for name in FUNCTIONS for value in (5, "", "no_dots", "no.such.module", [])),
    *((name, "tests.django.broken_module.function") for name in FUNCTIONS),
    *((name, f"{__name__}.DEFAULTS") for name in FUNCTIONS),
    ("RESPONSE_TYPE", "xml"),
    *(("REDIRECT_URL", value) for value in ("", 5, "down/", "./down", "down.html", b"/", ["/"])),
    *(("RETRY_AFTER", value) for value in (-1, 10**9, 10**30, 1.5, "60", True, False, [])),
    *(("STATUS_CODE", value) for value in (200, 302, 399, 600, "503", None, 503.0)),
]


def test_list_of_this_test_is_complete():
    assert {setting.attribute for setting in MaintenanceSettings.all()} == set(DEFAULTS)


@pytest.fixture
def setting(settings):
    """Forget what the tests set by default."""
    del settings.MAINTENANCE_MODE_STATE_FILE_PATH
    return settings


@pytest.mark.parametrize("attribute", DEFAULTS)
def test_setting_that_is_not_there_has_its_default(setting, attribute):
    assert not hasattr(setting, name_of(attribute))
    assert getattr(conf, attribute) == DEFAULTS[attribute]
    descriptor = getattr(MaintenanceSettings, attribute)
    assert descriptor.problem() is None
    assert descriptor.is_default


@pytest.mark.parametrize(("attribute", "value", "expected"), GOOD)
def test_setting_is_what_the_project_says(settings, attribute, value, expected):
    setattr(settings, name_of(attribute), value)
    assert getattr(conf, attribute) == expected
    assert getattr(MaintenanceSettings, attribute).problem() is None


@pytest.mark.parametrize(("attribute", "value"), BAD)
def test_setting_that_cannot_be_used_has_its_default_and_a_sentence(settings, attribute, value):
    setattr(settings, name_of(attribute), value)
    assert getattr(conf, attribute) == DEFAULTS[attribute]
    problem = getattr(MaintenanceSettings, attribute).problem()
    assert problem.startswith(f"{name_of(attribute)} ")
    assert problem.endswith(".")
    assert "\n" not in problem


def test_lazy_target_stays_lazy_since_urls_may_not_be_loaded_yet(settings):
    settings.MAINTENANCE_MODE_REDIRECT_URL = reverse_lazy("down")
    assert isinstance(conf.REDIRECT_URL, Promise)
    assert str(conf.REDIRECT_URL) == "/down/"


def test_setting_is_read_once_until_it_changes(settings):
    settings.MAINTENANCE_MODE_IGNORE_URLS = ["/a"]
    assert conf.IGNORE_URLS is conf.IGNORE_URLS
    settings.MAINTENANCE_MODE_IGNORE_URLS = ["/b"]
    assert (re.compile("/b"),) == conf.IGNORE_URLS


def test_wrong_list_is_told_how_to_write_it(settings):
    settings.MAINTENANCE_MODE_IGNORE_URLS = "/a/"
    problem = MaintenanceSettings.IGNORE_URLS.problem()
    assert problem == "MAINTENANCE_MODE_IGNORE_URLS is '/a/'; write a list: ['/a/']."
