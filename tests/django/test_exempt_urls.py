"""Which paths are open, wherever the site's root is and however its URLs are made."""

import re

import pytest
from django.http import HttpResponse
from django.urls import reverse_lazy
from django.utils import translation
from django.utils.functional import lazystr

from maintenance_django.http import need_maintenance_response
from maintenance_django.middleware import MaintenanceModeMiddleware
from tests.django.helpers import call_asgi, call_wsgi


@pytest.fixture(autouse=True)
def _on(on):
    pass


@pytest.mark.parametrize(
    ("url", "path", "is_open"),
    [
        (r"/down", "/downloads/", True),
        (r"/down", "/x/down/", False),
        (r"/down/$", "/downloads/", False),
        (r"/down/$", "/down/", True),
        (r"^/down", "/downloads/", True),
        (r"/(class|down)/", "/class/", True),
        (r"/DOWN", "/down/", False),
        (re.compile(r"/DOWN", re.IGNORECASE), "/down/", True),
        (re.compile(r"/down/$"), "/downloads/", False),
        (reverse_lazy("down"), "/down/", True),
        (reverse_lazy("down"), "/downloads/", False),
        (lazystr("/d.wn/"), "/down/", False),
        (r"/störung", "/st%C3%B6rung", True),
    ],
)
def test_expression_is_matched_from_the_beginning_of_the_path(
    client, settings, url, path, is_open
):
    settings.MAINTENANCE_MODE_IGNORE_URLS = [url]
    assert (client.get(path).status_code != 503) is is_open


def test_query_is_not_part_of_the_path(client, settings):
    settings.MAINTENANCE_MODE_IGNORE_URLS = [r".*open"]
    assert client.get("/?open").status_code == 503


@pytest.mark.parametrize(
    "value",
    [
        "/",
        "/down/",
        5,
        [r"(", r"/"],
        [None, "/"],
        [b"/"],
        [["/"]],
        [re.compile(b"/")],
        [reverse_lazy("no-such-name"), "/"],
        ["a{99999999999999999999}"],
    ],
)
def test_setting_that_cannot_be_used_opens_nothing(client, settings, value):
    settings.MAINTENANCE_MODE_IGNORE_URLS = value
    assert client.get("/").status_code == 503
    assert client.get("/down/").status_code == 503


@pytest.mark.parametrize("url", [r"/down/", reverse_lazy("down"), re.compile(r"/down/$")])
def test_path_counts_from_the_sites_root(settings, url):
    settings.MAINTENANCE_MODE_IGNORE_URLS = [url]
    assert call_wsgi("/down/", SCRIPT_NAME="/app").status == 200
    assert call_wsgi("/", SCRIPT_NAME="/down").status == 503


async def test_path_counts_from_the_sites_root_under_asgi(settings):
    settings.MAINTENANCE_MODE_IGNORE_URLS = [reverse_lazy("down")]
    assert (await call_asgi("/app/down/", root_path="/app")).status == 200
    assert (await call_asgi("/app/", root_path="/app")).status == 503


@pytest.mark.parametrize("path", ["/maintenance/on/", "/maintenance/off/", "/open/function/"])
@pytest.mark.parametrize("prefix", ["", "/app"])
def test_switch_and_open_views_are_found_under_a_prefix(settings, path, prefix):
    # The switch is met without a user here, and refuses: that is not the maintenance page.
    settings.MIDDLEWARE = ["maintenance_django.middleware.MaintenanceModeMiddleware"]
    answer = call_wsgi(path, SCRIPT_NAME=prefix)
    assert answer.status in (200, 403)
    assert call_wsgi("/", SCRIPT_NAME=prefix).status == 503


@pytest.mark.parametrize("path", ["/maintenance/on", "/maintenance/", "/maintenance/off/x"])
def test_nothing_beside_the_switch_is_open(client, path):
    assert client.get(path).status_code == 503


class UseOtherURLs:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.urlconf = "tests.django.urls_bare"
        return self.get_response(request)


def test_urls_of_the_request_are_the_ones_that_count(client, settings):
    settings.MIDDLEWARE = [f"{__name__}.UseOtherURLs", *settings.MIDDLEWARE]
    # These paths are open only with the project's own URLs.
    assert client.get("/open/function/").status_code == 503
    assert client.get("/maintenance/off/").status_code == 503


def test_open_view_of_the_urls_of_the_request_is_found(rf, settings):
    settings.ROOT_URLCONF = "tests.django.urls_bare"
    request = rf.get("/open/function/")
    assert need_maintenance_response(request)
    request.urlconf = "tests.django.urls"
    assert not need_maintenance_response(request)


@pytest.mark.parametrize("language", ["en", "de", "pt-br"])
@pytest.mark.parametrize("where", ["first", "after the locale", "last"])
@pytest.mark.django_db
def test_pages_are_found_in_every_language(client, settings, language, where):
    settings.ROOT_URLCONF = "tests.django.urls_i18n"
    settings.LOGIN_URL = "login"
    settings.MAINTENANCE_MODE_IGNORE_ADMIN_SITE = True
    settings.MAINTENANCE_MODE_IGNORE_STAFF = True
    *others, ours = settings.MIDDLEWARE
    locale = "django.middleware.locale.LocaleMiddleware"
    settings.MIDDLEWARE = {
        "first": [ours, locale, *others],
        "after the locale": [locale, ours, *others],
        "last": [locale, *others, ours],
    }[where]
    assert client.get(f"/{language}/login/").status_code == 200
    assert client.get(f"/{language}/admin/").status_code == 302
    assert client.get(f"/{language}/störung/on/").status_code == 302
    assert client.get(f"/{language}/").status_code == 503
    assert client.get("/").status_code == 503


def test_redirect_to_a_page_in_every_language_makes_no_loop(client, settings):
    settings.ROOT_URLCONF = "tests.django.urls_i18n"
    settings.MAINTENANCE_MODE_REDIRECT_URL = "down"
    settings.MIDDLEWARE = ["django.middleware.locale.LocaleMiddleware", *settings.MIDDLEWARE]
    for path in ("/de/", "/en/", "/"):
        assert client.get(path, follow=True).content == b"page"


def test_urls_that_cannot_be_loaded_do_not_break_the_page(rf, settings, log):
    settings.ROOT_URLCONF = "tests.django.no_such_module"
    settings.MAINTENANCE_MODE_REDIRECT_URL = "down"
    settings.MAINTENANCE_MODE_IGNORE_URLS = [reverse_lazy("down")]
    response = MaintenanceModeMiddleware(lambda request: HttpResponse())(rf.get("/"))
    assert response.status_code == 503
    assert "Maintenance mode could not tell 'is_control_url' of a request." in log()


@pytest.mark.parametrize(
    "path", ["//", "//maintenance/off/", "/maintenance//off/", "/maintenance/off/;x", "/open/../"]
)
def test_odd_path_is_blocked(path):
    assert call_wsgi(path).status == 503


def test_open_view_is_found_in_the_language_of_its_path(client, on, settings):
    settings.ROOT_URLCONF = "tests.django.urls_i18n"
    settings.MIDDLEWARE = [
        "maintenance_django.middleware.MaintenanceModeMiddleware",
        "django.middleware.locale.LocaleMiddleware",
    ]
    assert client.get("/en/open/").status_code == 200
    assert client.get("/de/open/").status_code == 200
    assert client.get("/de/").status_code == 503


def test_route_that_comes_before_that_of_an_open_view_counts(client, on, settings):
    assert client.get("/shadowed/").status_code == 503
    assert client.get("/shadowed/else/").status_code == 200


def test_open_views_are_looked_for_anew_where_the_urls_change(client, on, settings):
    assert client.get("/shadowed/else/").status_code == 200
    settings.ROOT_URLCONF = "tests.django.urls_bare"
    assert client.get("/shadowed/else/").status_code == 503


def test_paths_without_the_default_language_do_not_depend_on_the_request_before(
    client, on, settings
):
    settings.ROOT_URLCONF = "tests.django.urls_i18n_default"
    settings.MIDDLEWARE = [
        "maintenance_django.middleware.MaintenanceModeMiddleware",
        "django.middleware.locale.LocaleMiddleware",
    ]
    settings.MAINTENANCE_MODE_IGNORE_ADMIN_SITE = True
    with translation.override("en"):
        for _ in range(2):
            assert client.get("/open/").status_code == 200
            assert client.get("/de/open/").status_code == 200
            assert client.get("/admin/").status_code != 503
            # As a request in German leaves the thread of a server.
            translation.activate("de")
        assert client.get("/").status_code == 503
