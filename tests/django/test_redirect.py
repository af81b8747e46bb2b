"""MAINTENANCE_MODE_REDIRECT_URL: who is sent there, and that nobody goes round in circles."""

import pytest
from django.urls import reverse_lazy

from maintenance_django.http import get_maintenance_response
from tests.django.helpers import call_wsgi


@pytest.fixture(autouse=True)
def target(on, settings):
    settings.MAINTENANCE_MODE_REDIRECT_URL = "/down/"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_html_get_is_sent_to_the_target(client, method):
    response = client.generic(method, "/")
    assert (response.status_code, response["Location"]) == (302, "/down/")
    assert "no-store" in response["Cache-Control"]
    assert response["Retry-After"] == "3600"
    assert response["Maintenance-Mode"] == "on"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_other_methods_get_the_503(client, method):
    response = client.generic(method, "/")
    assert response.status_code == 503
    assert "Location" not in response


@pytest.mark.parametrize("accept", ["application/json", "application/problem+json", "text/plain"])
def test_other_forms_get_the_503(client, accept):
    assert client.get("/", headers={"accept": accept}).status_code == 503


@pytest.mark.parametrize("path", ["/down/", "/down/?why=this"])
def test_target_itself_is_open(client, path):
    response = client.get(path)
    assert (response.status_code, response.content) == (200, b"page")


@pytest.mark.parametrize("path", ["/", "/downloads/", "/down", "/down/x", "/DOWN/", "/x/down/"])
def test_nothing_but_the_target_is_open(client, path):
    assert client.get(path)["Location"] == "/down/"
    assert client.post(path).status_code == 503


def test_root_as_target_does_not_open_the_site(client, settings):
    settings.MAINTENANCE_MODE_REDIRECT_URL = "/"
    assert client.get("/").content == b"page"
    assert client.get("/class/")["Location"] == "/"
    assert client.get("/downloads/")["Location"] == "/"


@pytest.mark.parametrize("url", ["down", reverse_lazy("down")], ids=["name", "lazy"])
def test_target_can_be_the_name_of_a_url(client, settings, url):
    settings.MAINTENANCE_MODE_REDIRECT_URL = url
    assert client.get("/")["Location"] == "/down/"
    assert client.get("/down/").status_code == 200


@pytest.mark.parametrize(
    "url",
    [
        "http://testserver/down/",
        "https://TestServer/down/",
        "http://testserver:80/down/#x",
        "//testserver/down/?a=b",
    ],
)
def test_whole_address_of_the_same_host_makes_no_loop(client, settings, url):
    settings.MAINTENANCE_MODE_REDIRECT_URL = url
    assert client.get("/")["Location"] == url
    assert client.get("/down/").status_code == 200


def test_whole_address_without_a_path_means_the_root(client, settings):
    settings.MAINTENANCE_MODE_REDIRECT_URL = "http://testserver"
    assert client.get("/").status_code == 200
    assert client.get("/down/").status_code == 302


def test_address_of_ipv6_makes_no_loop(client, settings):
    settings.ALLOWED_HOSTS = ["[::1]"]
    settings.MAINTENANCE_MODE_REDIRECT_URL = "http://[::1]:8000/down/"
    assert client.get("/down/", headers={"host": "[::1]:8000"}).status_code == 200


def test_path_of_another_host_is_not_open_here(client, settings):
    settings.MAINTENANCE_MODE_REDIRECT_URL = "https://status.example.com/down/"
    response = client.get("/down/")
    assert response["Location"] == "https://status.example.com/down/"


def test_target_is_open_also_for_a_forged_host(client, log):
    # Whoever is sent to a path must not be sent there once more.
    response = client.get("/", headers={"host": "evil.example"})
    assert response["Location"] == "/down/"
    assert client.get("/down/", headers={"host": "evil.example"}).status_code == 200
    assert log() == []


def test_forged_host_is_not_compared_with_a_whole_address(client, settings):
    settings.MAINTENANCE_MODE_REDIRECT_URL = "http://testserver/down/"
    response = client.get("/down/", headers={"host": "evil.example"})
    assert response["Location"] == "http://testserver/down/"


def test_target_with_escapes_is_recognised(client, settings):
    settings.MAINTENANCE_MODE_REDIRECT_URL = "/pause%20f%C3%BCr%20alle/"
    assert client.get("/pause%20f%C3%BCr%20alle/").status_code == 404


def test_target_is_taken_as_it_is_under_a_prefix(settings):
    settings.MAINTENANCE_MODE_REDIRECT_URL = "/app/down/"
    assert call_wsgi("/", SCRIPT_NAME="/app").headers["Location"] == "/app/down/"
    assert call_wsgi("/down/", SCRIPT_NAME="/app").status == 200


def test_name_of_a_url_is_found_under_a_prefix(settings):
    settings.MAINTENANCE_MODE_REDIRECT_URL = "down"
    assert call_wsgi("/", SCRIPT_NAME="/app").headers["Location"] == "/app/down/"
    assert call_wsgi("/down/", SCRIPT_NAME="/app").status == 200


@pytest.mark.parametrize("url", ["no-such-name", reverse_lazy("no-such-name")])
def test_name_that_does_not_exist_gives_the_page(client, settings, log, url):
    settings.MAINTENANCE_MODE_REDIRECT_URL = url
    assert [client.get("/").status_code for _ in range(3)] == [503] * 3
    assert len(log()) == 1


@pytest.mark.parametrize("url", ["down/", "./down/", "../down/", "down.html"])
def test_relative_target_would_never_be_reached_and_is_not_used(client, settings, url):
    settings.MAINTENANCE_MODE_REDIRECT_URL = url
    assert client.get("/").status_code == 503


@pytest.mark.parametrize("url", ["javascript://x", "foo://bar/", "http://[bad/"])
def test_target_that_no_browser_may_be_sent_to_gives_the_page(client, settings, url):
    settings.MAINTENANCE_MODE_REDIRECT_URL = url
    assert client.get("/").status_code == 503


def test_target_that_is_not_ascii_is_recognised(client, settings):
    settings.MAINTENANCE_MODE_REDIRECT_URL = "/störung/"
    assert client.get("/")["Location"] == "/st%C3%B6rung/"
    assert client.get("/st%C3%B6rung/").status_code == 404


def test_function_gives_the_redirect_as_well(rf):
    assert get_maintenance_response(rf.get("/"))["Location"] == "/down/"


COMMON = "django.middleware.common.CommonMiddleware"
LOCALE = "django.middleware.locale.LocaleMiddleware"


def hops(client, path):
    """The addresses that a browser sees until it gets a page."""
    seen = [path]
    while len(seen) < 9:
        response = client.get(seen[-1])
        if response.status_code not in (301, 302):
            return [*seen, response.status_code]
        seen.append(response["Location"])
    return seen


def test_target_without_its_slash_makes_no_loop(client, settings):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, COMMON]
    settings.MAINTENANCE_MODE_REDIRECT_URL = "/down"
    assert hops(client, "/x/") == ["/x/", "/down", "/down/", 200]
    assert client.get("/downloads/")["Location"] == "/down"


def test_target_that_gains_a_language_makes_no_loop(client, settings):
    settings.ROOT_URLCONF = "tests.django.urls_i18n"
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, LOCALE, COMMON]
    for target in ("/down/", "/down"):
        settings.MAINTENANCE_MODE_REDIRECT_URL = target
        assert hops(client, "/x/")[-2:] == ["/en/down/", 200]
    assert client.get("/en/admin/")["Location"] == "/down"


def test_target_that_does_not_exist_here_is_all_that_is_open(client, settings):
    settings.MAINTENANCE_MODE_REDIRECT_URL = "/static/down.html"
    assert client.get("/static/down.html").status_code == 404
    assert client.get("/static/down.html/")["Location"] == "/static/down.html"
