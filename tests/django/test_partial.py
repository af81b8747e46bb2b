"""Maintenance of a part of the site: who is kept out of it, and of nothing else."""

from datetime import UTC, datetime, timedelta

import pytest

from maintenance_core import Recurrence, switch_on
from maintenance_django.core import get_maintenance_mode
from tests.django.helpers import call_asgi, call_wsgi

HOUR = timedelta(hours=1)
PATHS = pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/down/", 503),
        ("/down", 503),
        ("//down//", 503),
        ("/down/and/deeper/", 503),
        ("/", 200),
        ("/downloads/", 200),
        ("/async/", 200),
        ("/Down/", 404),
        ("/missing/down/", 404),
    ],
)


@pytest.fixture
def close(store):
    """Close parts of the site: ``close("/down", message="Soon.")``."""
    return lambda *paths, **options: switch_on(store, paths=paths, **options)


@pytest.fixture
def closed(close):
    """A part of the site is closed: ``/down`` and all below it."""
    close("/down", message="Down there.")


@PATHS
def test_part_is_blocked_and_the_rest_is_open_under_wsgi(closed, path, status):
    assert call_wsgi(path).status == status


@PATHS
async def test_part_is_blocked_and_the_rest_is_open_under_asgi(closed, path, status):
    assert (await call_asgi(path)).status == status


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE", "OPTIONS", "odd"])
def test_every_method_is_blocked_in_the_part_and_none_outside(closed, client, method):
    assert client.generic(method, "/down/").status_code == 503
    assert client.generic(method, "/downloads/").status_code == 200


def test_part_is_blocked_however_its_path_is_encoded(close, client):
    close("/störung", "/class")
    for path in ("/st%C3%B6rung/", "/st%c3%b6rung", "/cl%61ss/", "/%63lass/x"):
        assert client.get(path).status_code == 503
    assert client.get("/").status_code == 200


def test_head_of_the_part_has_the_headers_of_get(closed, client):
    head, full = client.head("/down/"), client.get("/down/")
    assert (head.status_code, head.content) == (503, b"")
    assert {**head.headers} == {**full.headers}


@pytest.mark.parametrize("accept", ["text/html", "application/json", "text/plain"])
def test_each_part_tells_of_its_own_window(close, client, accept):
    close("/down", message="The first.")
    close("/class", message="The second.")
    for _ in range(2):
        for path, message in (("/down/", b"The first."), ("/class/", b"The second.")):
            response = client.get(path, headers={"accept": accept})
            assert response.status_code == 503
            assert message in response.content


def test_document_without_a_message_says_that_it_is_a_part(close, client):
    close("/down")
    document = client.get("/down/", headers={"accept": "application/json"}).json()
    assert document["detail"] == "This part of the site is down for maintenance."
    close("/")
    document = client.get("/", headers={"accept": "application/json"}).json()
    assert document["detail"] == "This site is down for maintenance."


def test_retry_after_is_that_of_the_window_of_the_path(close, client, settings):
    settings.MAINTENANCE_MODE_RETRY_AFTER = 77
    close("/down")
    close("/class", retry_after=timedelta(seconds=1234))
    close("/async", retry_after=timedelta(seconds=1234), end=datetime.now(UTC) + HOUR)
    seconds = {path: client.get(path)["Retry-After"] for path in ("/down/", "/class/", "/async/")}
    assert seconds["/down/"] == "77"
    assert seconds["/class/"] == "1234"
    assert 3500 < int(seconds["/async/"]) <= 3600
    document = client.get("/class/", headers={"accept": "application/json"}).json()
    assert document["retry_after"] == 1234


def test_retry_after_of_a_window_counts_also_where_the_setting_sends_none(close, client, settings):
    settings.MAINTENANCE_MODE_RETRY_AFTER = None
    close("/", retry_after=timedelta(seconds=5))
    assert client.get("/")["Retry-After"] == "5"


def test_part_that_comes_round_again_is_blocked_during_its_run(close, client):
    now = datetime.now(UTC)
    begin = now - timedelta(minutes=5)
    daily = Recurrence(cron=f"{begin.minute} {begin.hour} * * *", duration=3600, zone="UTC")
    close("/down", start=now - 24 * HOUR, recurrence=daily)
    response = client.get("/down/")
    assert response.status_code == 503
    assert 3200 < int(response["Retry-After"]) <= 3300
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    ("root", "path", "status"),
    [("", "/down/", 503), ("/app", "/down/", 503), ("/down", "/", 200), ("/app", "/", 200)],
)
async def test_path_counts_from_the_root_of_the_site(closed, root, path, status):
    answers = [call_wsgi(path, SCRIPT_NAME=root), await call_asgi(f"{root}{path}", root_path=root)]
    assert [answer.status for answer in answers] == [status] * 2
    assert [b"Down there." in answer.body for answer in answers] == [status == 503] * 2


def test_path_is_the_one_that_is_asked_for_with_its_language(close, client, settings):
    settings.ROOT_URLCONF = "tests.django.urls_i18n"
    settings.MIDDLEWARE = ["django.middleware.locale.LocaleMiddleware", *settings.MIDDLEWARE]
    close("/down")
    assert client.get("/de/down/").status_code == 200
    close("/de/down")
    assert client.get("/de/down/").status_code == 503
    assert client.get("/en/down/").status_code == 200


@pytest.mark.parametrize("kind", ["function", "async-function", "class", "async-class"])
def test_open_view_is_open_in_the_part_and_closed_view_is_closed_outside(close, client, kind):
    close("/open", message="Not for you.")
    assert client.get(f"/open/{kind}/").status_code == 200
    response = client.get(f"/closed/{kind}/")
    assert response.status_code == 503
    # The window is of another part.
    assert b"Not for you." not in response.content


def test_closed_view_in_the_part_tells_of_its_window(close, client):
    close("/closed", message="For you.")
    assert b"For you." in client.get("/closed/function/").content


def test_switch_and_login_are_within_reach_in_a_part_that_is_closed(close, client, superuser):
    close("/maintenance", "/login", "/admin")
    assert client.get("/login/").status_code == 200
    assert client.get("/admin/login/").status_code == 200
    assert client.get("/admin/").status_code == 503
    client.force_login(superuser)
    assert client.get("/maintenance/off/").status_code == 200
    assert client.post("/maintenance/off/").status_code == 302
    assert client.get("/down/").status_code == 200


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("IGNORE_URLS", ["/admin/login/$"]),
        ("IGNORE_IP_ADDRESSES", ["127.0.0.0/8"]),
        ("IGNORE_ADMIN_SITE", True),
        ("IGNORE_ANONYMOUS_USER", True),
    ],
)
@pytest.mark.django_db
def test_who_is_exempt_gets_into_the_part(close, client, settings, setting, value):
    settings.ROOT_URLCONF = "tests.django.urls_i18n_default"  # it has no switch, and so no login
    close("/admin")
    assert client.get("/admin/login/").status_code == 503
    setattr(settings, f"MAINTENANCE_MODE_{setting}", value)
    assert client.get("/admin/login/").status_code == 404


def test_exempt_user_gets_into_the_part_and_others_do_not(closed, client, settings, superuser):
    settings.MAINTENANCE_MODE_IGNORE_SUPERUSER = True
    assert client.get("/down/").status_code == 503
    client.force_login(superuser)
    assert client.get("/down/").status_code == 200


def test_visitor_of_the_part_is_redirected_and_no_other(closed, client, settings):
    settings.MAINTENANCE_MODE_REDIRECT_URL = "/"
    response = client.get("/down/")
    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.get("/").status_code == 200
    assert client.post("/down/").status_code == 503


def test_mode_is_on_only_while_the_whole_site_is_blocked(close):
    close("/down", "/class")
    assert get_maintenance_mode() is False
    close("/", mode="read-only")
    assert get_maintenance_mode() is False
    close("/down", "/")
    assert get_maintenance_mode() is True


def test_whole_site_that_is_blocked_as_well_blocks_everything(closed, close, client):
    close("/", end=datetime.now(UTC) + HOUR, message="All of it.")
    assert b"All of it." in client.get("/").content
    # There, the window that lasts longer decides.
    assert b"Down there." in client.get("/down/").content
