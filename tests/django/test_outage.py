"""The site is down for a reason: what the page must not need."""

import pytest
from django.core.cache.backends.base import BaseCache
from django.db import OperationalError
from django.db.backends.sqlite3 import base

from tests.django.helpers import BUILT_IN


@pytest.fixture(autouse=True)
def _on(on):
    pass


@pytest.fixture
def no_database(monkeypatch):
    """Every connection to the database is refused."""

    def refuse(self, *args):
        raise OperationalError("connection refused")

    for name in ("connect", "ensure_connection", "cursor"):
        monkeypatch.setattr(base.DatabaseWrapper, name, refuse)


@pytest.fixture
def no_cache(settings):
    settings.CACHES = {"default": {"BACKEND": f"{__name__}.BrokenCache"}}


class BrokenCache(BaseCache):
    def __init__(self, location, params):
        super().__init__(params)

    def get(self, key, default=None, version=None):
        raise ConnectionError("no cache")


@pytest.fixture
def signed_in(client):
    client.cookies["sessionid"] = "a" * 32
    return client


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_page_is_given_without_a_database(signed_in, no_database, settings, log, accept):
    settings.MAINTENANCE_MODE_IGNORE_SUPERUSER = True
    assert signed_in.get("/", headers={"accept": accept}).status_code == 503
    assert log() == ["Maintenance mode could not tell 'user' of a request."]


async def test_page_is_given_without_a_database_in_an_event_loop(
    async_client, no_database, settings, log
):
    settings.MAINTENANCE_MODE_IGNORE_SUPERUSER = True
    async_client.cookies["sessionid"] = "a" * 32
    assert (await async_client.get("/")).status_code == 503
    assert log() == ["Maintenance mode could not tell 'user' of a request."]


@pytest.mark.parametrize("engine", ["cache", "cached_db"])
def test_page_is_given_without_a_cache(signed_in, no_database, no_cache, settings, engine):
    settings.SESSION_ENGINE = f"django.contrib.sessions.backends.{engine}"
    settings.MAINTENANCE_MODE_IGNORE_SUPERUSER = True
    assert signed_in.get("/").status_code == 503


def test_page_of_the_project_that_needs_the_database_is_passed_over(
    signed_in, no_database, templates
):
    templates("503.html", "{{ user.username }}")
    response = signed_in.get("/")
    assert response.status_code == 503
    assert BUILT_IN in response.content


def test_visitor_of_a_site_without_user_rules_leaves_no_line_in_the_log(
    signed_in, no_database, log
):
    assert signed_in.get("/").status_code == 503
    assert log() == []


def test_site_is_open_without_a_database_while_off(signed_in, no_database, settings):
    settings.MAINTENANCE_MODE = False
    assert signed_in.get("/").status_code == 200
