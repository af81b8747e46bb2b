"""A site, or a part of it, that can be read while nothing may change."""

from datetime import UTC, datetime, timedelta

import pytest
from django.shortcuts import render

from maintenance_core import switch_on
from maintenance_django.core import get_maintenance_mode
from maintenance_django.http import need_maintenance_response
from tests.django.helpers import call_asgi, call_wsgi

SAFE = ["GET", "HEAD", "OPTIONS", "TRACE"]
UNSAFE = ["POST", "PUT", "PATCH", "DELETE", "PROPFIND", "CONNECT", "odd", "GETT", "get\u00e9"]
METHODS = pytest.mark.parametrize(
    ("method", "status"), [*((method, 200) for method in SAFE), *((it, 503) for it in UNSAFE)]
)


@pytest.fixture
def freeze(store):
    """Make the site read-only: ``freeze(message="Soon.")``."""
    return lambda **options: switch_on(store, mode="read-only", **options)


@pytest.fixture
def read_only(freeze):
    """Nothing may change on the site."""
    freeze()


@METHODS
def test_methods_that_change_nothing_pass_under_wsgi(read_only, method, status):
    assert call_wsgi("/", REQUEST_METHOD=method).status == status


@METHODS
async def test_methods_that_change_nothing_pass_under_asgi(read_only, method, status):
    assert (await call_asgi("/", method=method)).status == status


def test_method_is_the_one_that_django_makes_of_it(read_only):
    assert call_wsgi("/", REQUEST_METHOD="get").status == 200
    assert call_wsgi("/", REQUEST_METHOD="post").status == 503


def test_header_that_names_another_method_opens_nothing(read_only, client):
    for header in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        assert client.post("/", {"_method": "GET"}, headers={header: "GET"}).status_code == 503


def test_only_the_part_is_read_only(freeze, client):
    freeze(paths=["/down"])
    assert client.get("/down/").status_code == 200
    assert client.post("/down/").status_code == 503
    assert client.post("/downloads/").status_code == 200


def test_part_that_is_blocked_cannot_even_be_read(read_only, store, client):
    switch_on(store, paths=["/down"])
    assert client.get("/down/").status_code == 503
    assert client.get("/").status_code == 200
    assert client.post("/").status_code == 503


@pytest.mark.parametrize(
    ("paths", "sentence"),
    [
        (["/"], "This site is read-only during maintenance."),
        (["/down"], "This part of the site is read-only during maintenance."),
    ],
)
def test_refused_client_is_told_that_it_can_read(freeze, client, paths, sentence):
    freeze(paths=paths)
    response = client.post("/down/", headers={"accept": "application/json"})
    assert (response.status_code, response["Maintenance-Mode"]) == (503, "on")
    assert response.json()["detail"] == sentence
    response = client.post("/down/", headers={"accept": "text/plain"})
    assert response.content.decode() == f"{sentence}\n"


def test_refused_client_has_the_words_and_the_times_of_the_window(freeze, client):
    end = datetime.now(UTC) + timedelta(hours=1)
    freeze(message="Writing is back soon.", end=end)
    response = client.post("/", headers={"accept": "text/html"})
    assert b"Writing is back soon." in response.content
    assert f"{end:%H:%M} UTC".encode() in response.content
    assert 3500 < int(response["Retry-After"]) <= 3600


def test_body_of_a_refused_form_is_not_read(read_only, rf):
    request = rf.post("/", data=b"x" * 100, content_type="text/plain")
    assert need_maintenance_response(request) is True
    assert request.read() == b"x" * 100


def test_refused_form_is_never_redirected(read_only, client, settings):
    settings.MAINTENANCE_MODE_REDIRECT_URL = "/down/"
    assert client.post("/").status_code == 503
    assert client.get("/").status_code == 200


def test_login_and_switch_can_be_used_while_the_site_is_read_only(
    read_only, client, settings, superuser
):
    assert client.post("/login/").status_code == 200
    credentials = {"username": "root", "password": "pw", "next": "/"}
    assert client.post("/admin/login/", credentials).status_code == 302
    assert client.post("/admin/auth/user/add/").status_code == 503
    assert client.post("/maintenance/off/").status_code == 302
    assert client.post("/").status_code == 200


def test_login_is_closed_where_nobody_needs_it(read_only, client, settings):
    settings.ROOT_URLCONF = "tests.django.urls_login"
    assert client.post("/login/").status_code == 503


def test_exempt_user_may_write_and_others_may_not(read_only, client, settings, superuser):
    settings.MAINTENANCE_MODE_IGNORE_SUPERUSER = True
    assert client.post("/").status_code == 503
    client.force_login(superuser)
    assert client.post("/").status_code == 200


def test_nobody_is_looked_up_for_a_request_that_only_reads(read_only, client, settings, log):
    # There is no database in this test: a query would be an error.
    settings.MAINTENANCE_MODE_IGNORE_SUPERUSER = True
    client.cookies["sessionid"] = "of somebody"
    assert client.get("/").status_code == 200
    assert log() == []


def test_open_view_can_be_written_to_and_closed_view_cannot_be_read(read_only, client):
    assert client.options("/open/class/").status_code == 200
    assert client.post("/open/function/").status_code == 200
    assert client.get("/closed/function/").status_code == 503


def test_site_that_is_read_only_is_not_in_maintenance_mode(read_only):
    assert get_maintenance_mode() is False


def test_pages_know_that_they_are_read_only(freeze, rf, templates):
    templates(
        "banner.html",
        "{{ maintenance_mode }} {{ maintenance.on }} {{ maintenance.phase }} "
        "{{ maintenance.window.mode }} {{ maintenance.message }}",
    )
    freeze(paths=["/down"], message="Not now.")
    assert render(rf.get("/down/"), "banner.html").content == b"False False on read-only Not now."
    assert render(rf.get("/"), "banner.html").content == b"False False on  "
