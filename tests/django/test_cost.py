"""What a request does not do, counted."""

import builtins
import os
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.sessions.backends.base import SessionBase
from django.core.cache.backends.locmem import LocMemCache
from django.http import HttpResponse
from django.template import Template
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver

from maintenance_core import issue_bypass, switch_on
from maintenance_django.core import get_maintenance_mode, set_maintenance_mode
from maintenance_django.http import get_maintenance_response
from maintenance_django.middleware import MaintenanceModeMiddleware

COSTLY = [
    (os, "open"),
    (os, "stat"),
    (builtins, "open"),
    (SessionBase, "_get_session"),
    (SessionBase, "_aget_session"),
    (Template, "__init__"),
    (Template, "render"),
    (URLPattern, "resolve"),
    (URLResolver, "resolve"),
    (URLResolver, "_reverse_with_prefix"),
    (LocMemCache, "get"),
    (LocMemCache, "set"),
]
RESOLVING = {"URLResolver.resolve", "URLPattern.resolve"}


@pytest.fixture
def counted(monkeypatch):
    """Names of the costly things that are done inside ``with counted() as names``."""

    @contextmanager
    def count():
        names = []
        with monkeypatch.context() as patch:
            for owner, name in COSTLY:
                patch.setattr(owner, name, _telling(getattr(owner, name), owner, name, names))
            yield names

    return count


def _telling(function, owner, name, names):
    def telling(*args, **kwargs):
        names.append(f"{owner.__name__}.{name}")
        return function(*args, **kwargs)

    return telling


@pytest.fixture
def an_hour_later(monkeypatch):
    """All files are old enough for their time stamps to be trusted."""
    real = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: real() + 3_600_000_000_000)


@pytest.fixture
def middleware():
    return MaintenanceModeMiddleware(lambda request: HttpResponse("view"))


@pytest.mark.parametrize("path", ["/", "/open/function/", "/closed/function/"])
def test_off_costs_one_stat_where_there_is_no_file(middleware, counted, path):
    request = RequestFactory().get(path)
    middleware(request)
    with counted() as names:
        response = middleware(request)
    assert response.content == b"view"
    assert names == ["os.stat"]


def test_off_costs_one_stat_where_there_is_a_file(middleware, counted, an_hour_later):
    set_maintenance_mode(True)
    set_maintenance_mode(False)
    middleware(RequestFactory().get("/"))
    with counted() as names:
        assert middleware(RequestFactory().get("/")).content == b"view"
    assert names == ["os.stat"]


async def test_off_costs_one_stat_in_an_event_loop(counted):
    async def view(request):
        return HttpResponse("view")

    middleware = MaintenanceModeMiddleware(view)
    await middleware(RequestFactory().get("/"))
    with counted() as names:
        assert (await middleware(RequestFactory().get("/"))).content == b"view"
    assert names == ["os.stat"]


@pytest.mark.parametrize("value", [True, False])
def test_setting_costs_not_even_a_stat(settings, middleware, counted, value):
    settings.MAINTENANCE_MODE = value
    middleware(RequestFactory().get("/"))
    with counted() as names:
        middleware(RequestFactory().get("/"))
        assert get_maintenance_mode() is value
    assert set(names) <= RESOLVING


@pytest.mark.parametrize("accept", ["text/html", "application/json", "text/plain"])
def test_blocked_visitor_costs_one_stat_once_the_page_is_made(
    on, middleware, counted, an_hour_later, accept
):
    request = RequestFactory().get("/", headers={"accept": accept})
    first = middleware(request)
    with counted() as names:
        second = middleware(request)
    assert (second.status_code, second.content) == (503, first.content)
    # Of the URLs only the decorated views are asked for.
    assert set(names) - RESOLVING == {"os.stat"}
    assert names.count("os.stat") == 1


@pytest.mark.parametrize("window", [{"paths": ["/down"]}, {"mode": "read-only"}])
def test_visitor_whom_nothing_interrupts_costs_one_stat(
    store, middleware, counted, an_hour_later, window
):
    switch_on(store, **window)
    request = RequestFactory().get("/")
    middleware(request)
    with counted() as names:
        assert middleware(request).content == b"view"
    # Of the URLs only the decorated views are asked for.
    assert set(names) - RESOLVING == {"os.stat"}
    assert names.count("os.stat") == 1


def test_announcement_costs_one_stat_as_off_does(store, middleware, counted, an_hour_later):
    now = datetime.now(UTC)
    switch_on(store, start=now + timedelta(hours=2), announce=timedelta(hours=3))
    issue_bypass(store)
    middleware(RequestFactory().get("/"))
    with counted() as names:
        assert middleware(RequestFactory().get("/")).content == b"view"
    assert names == ["os.stat"]


def test_visitors_of_several_closed_parts_cost_one_stat_each(
    store, middleware, counted, an_hour_later
):
    requests = [RequestFactory().get(path) for path in ("/down/", "/class/")]
    for request in requests:
        switch_on(store, paths=[request.path], message=request.path)
    first = [middleware(request).content for request in requests]
    with counted() as names:
        assert [middleware(request).content for request in requests] == first
    assert set(names) - RESOLVING == {"os.stat"}
    assert names.count("os.stat") == 2


@pytest.mark.django_db
def test_blocked_visitor_touches_neither_database_nor_session(
    on, client, superuser, counted, django_assert_num_queries
):
    client.force_login(superuser)
    client.get("/")
    with django_assert_num_queries(0), counted() as names:
        response = client.get("/")
    assert response.status_code == 503
    assert "SessionBase._get_session" not in names
    assert not response.cookies
    assert response["Vary"] == "Accept"


def test_anonymous_visitor_costs_no_query_although_users_are_exempt(on, client, settings):
    # There is no database in this test: a query would be an error.
    settings.MAINTENANCE_MODE_IGNORE_SUPERUSER = True
    assert client.get("/").status_code == 503


def test_page_is_rendered_once_and_kept(on, counted):
    request = RequestFactory().get("/")
    get_maintenance_response(request)
    with counted() as names:
        for _ in range(3):
            get_maintenance_response(request)
    assert "Template.render" not in names


def test_body_of_a_request_is_not_read(on, middleware):
    request = RequestFactory().post("/", data=b"x" * 100, content_type="text/plain")
    assert middleware(request).status_code == 503
    assert request.read() == b"x" * 100
