"""The middleware in a real WSGI and ASGI handler."""

import asyncio
import threading

import pytest
from django.http import HttpResponse
from django.test import AsyncRequestFactory, RequestFactory

from maintenance_core import switch_on
from maintenance_django.core import set_maintenance_mode
from maintenance_django.http import aneed_maintenance_response
from maintenance_django.middleware import MaintenanceModeMiddleware
from tests.django.helpers import call_asgi, call_wsgi

MIDDLEWARE = "maintenance_django.middleware.MaintenanceModeMiddleware"
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "odd"]
PATHS = ["/", "/async/", "/class/", "/async-class/", "/missing/", "//", "/%2e%2e", "/admin/"]


@pytest.fixture
def only_ours(settings):
    settings.MIDDLEWARE = [MIDDLEWARE]


@pytest.mark.parametrize(("path", "body"), [("/", b"page"), ("/async/", b"async page")])
def test_off_every_view_answers_under_wsgi(path, body):
    answer = call_wsgi(path)
    assert (answer.status, answer.body) == (200, body)


@pytest.mark.parametrize("path", PATHS)
def test_on_every_path_is_blocked_under_wsgi(on, path):
    answer = call_wsgi(path)
    assert answer.status == 503
    assert b"maintenance" in answer.body


@pytest.mark.parametrize(("path", "body"), [("/", b"page"), ("/async/", b"async page")])
async def test_off_every_view_answers_under_asgi(path, body):
    answer = await call_asgi(path)
    assert (answer.status, answer.body) == (200, body)


@pytest.mark.parametrize("path", PATHS)
async def test_on_every_path_is_blocked_under_asgi(on, path):
    assert (await call_asgi(path)).status == 503


@pytest.mark.parametrize("method", METHODS)
def test_on_every_method_is_blocked(on, client, method):
    response = client.generic(method, "/")
    assert response.status_code == 503
    assert response["Maintenance-Mode"] == "on"


@pytest.mark.parametrize("method", METHODS)
async def test_on_every_method_is_blocked_under_asgi(on, async_client, method):
    response = await async_client.generic(method, "/")
    assert response.status_code == 503


def test_switch_is_honoured_by_the_next_request_of_every_handler():
    answers = []
    for value in (False, True, False, True):
        set_maintenance_mode(value)
        answers.append((call_wsgi("/").status, asyncio.run(call_asgi("/async/")).status))
    assert answers == [(200, 200), (503, 503), (200, 200), (503, 503)]


def test_middleware_knows_both_kinds_of_callers():
    assert MaintenanceModeMiddleware.sync_capable
    assert MaintenanceModeMiddleware.async_capable


def test_exception_of_a_view_passes_through():
    def broken(request):
        raise LookupError("of the view")

    with pytest.raises(LookupError, match="of the view"):
        MaintenanceModeMiddleware(broken)(RequestFactory().get("/"))


@pytest.mark.parametrize("value", [True, False], ids=["on", "off"])
async def test_no_thread_is_used_under_asgi(only_ours, monkeypatch, value):
    await asyncio.to_thread(set_maintenance_mode, value)
    await call_asgi("/async/")  # whatever is made once has been made
    started = []
    start = threading.Thread.start
    submitted = []
    loop = asyncio.get_running_loop()
    in_executor = loop.run_in_executor
    monkeypatch.setattr(
        threading.Thread, "start", lambda thread: started.append(thread) or start(thread)
    )
    monkeypatch.setattr(
        loop, "run_in_executor", lambda *args: submitted.append(args) or in_executor(*args)
    )
    seen = []

    async def view(request):
        seen.append(threading.get_ident())
        return HttpResponse()

    response = await MaintenanceModeMiddleware(view)(AsyncRequestFactory().get("/"))
    assert response.status_code == (503 if value else 200)
    assert seen == ([] if value else [threading.get_ident()])
    assert (started, submitted) == ([], [])


async def test_project_page_is_rendered_in_a_thread_under_asgi(templates, on_async, async_client):
    templates("503.html", "{{ request.find_thread }}")
    seen = []

    class Request:
        @staticmethod
        def find_thread():
            seen.append(threading.get_ident())

    request = AsyncRequestFactory().get("/")
    request.find_thread = Request.find_thread
    await MaintenanceModeMiddleware(async_nothing)(request)
    assert len(seen) == 1
    assert seen != [threading.get_ident()]


@pytest.fixture
def submitted(monkeypatch):
    """What the event loop gives to a thread, once ``submitted()`` has been called in it."""
    given = []

    def watch():
        loop = asyncio.get_running_loop()
        in_executor = loop.run_in_executor
        monkeypatch.setattr(
            loop, "run_in_executor", lambda *args: given.append(args) or in_executor(*args)
        )
        return given

    return watch


@pytest.fixture
def seen(settings):
    """The threads in which the project's function for the address has been asked."""
    threads = []
    settings.MAINTENANCE_MODE_GET_CLIENT_IP_ADDRESS = lambda request: threads.append(
        threading.get_ident()
    )
    settings.MAINTENANCE_MODE_IGNORE_IP_ADDRESSES = ["10.0.0.1"]
    return threads


@pytest.mark.parametrize(
    ("window", "method", "threads"),
    [
        ({}, "GET", 1),
        ({"paths": ["/down"]}, "GET", 1),
        ({"paths": ["/class"]}, "GET", 0),
        ({"mode": "read-only"}, "GET", 0),
        ({"mode": "read-only"}, "POST", 1),
        ({"mode": "read-only", "paths": ["/down"]}, "HEAD", 0),
    ],
)
async def test_function_for_the_address_has_a_thread_where_it_is_asked(
    store, seen, window, method, threads
):
    switch_on(store, **window)
    request = AsyncRequestFactory().generic(method, "/down/")
    response = await MaintenanceModeMiddleware(async_nothing)(request)
    assert response.status_code == (503 if threads else 200)
    assert len(seen) == threads
    assert threading.get_ident() not in seen


@pytest.mark.parametrize("window", [{"paths": ["/down"]}, {"mode": "read-only"}])
async def test_no_thread_is_used_for_a_request_that_nothing_interrupts(
    store, seen, submitted, window
):
    switch_on(store, **window)
    given = submitted()
    request = AsyncRequestFactory().get("/")
    assert (await MaintenanceModeMiddleware(async_nothing)(request)).status_code == 200
    assert given == []


@pytest.mark.parametrize("value", [True, False], ids=["on", "off"])
async def test_fixed_setting_asks_for_the_address_only_when_on(settings, seen, value):
    settings.MAINTENANCE_MODE = value
    assert await aneed_maintenance_response(AsyncRequestFactory().get("/")) is value
    assert len(seen) == value
    assert threading.get_ident() not in seen


async def test_json_needs_no_thread_although_the_project_has_a_page(
    templates, on_async, submitted
):
    templates("503.html", "ours")
    given = submitted()
    request = AsyncRequestFactory().get("/", headers={"accept": "application/json"})
    response = await MaintenanceModeMiddleware(async_nothing)(request)
    assert response["Content-Type"] == "application/json"
    assert given == []


async def async_nothing(request):
    return HttpResponse()


@pytest.fixture
async def on_async():
    await asyncio.to_thread(set_maintenance_mode, True)


async def test_setting_true_blocks_and_false_opens_under_asgi(settings, on_async, async_client):
    settings.MAINTENANCE_MODE = False
    assert (await async_client.get("/")).status_code == 200
    settings.MAINTENANCE_MODE = True
    assert (await async_client.get("/")).status_code == 503
