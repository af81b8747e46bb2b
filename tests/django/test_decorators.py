"""Views that are always open, or always in maintenance."""

import pytest
from django.views import View

from maintenance_django.core import set_maintenance_mode
from maintenance_django.decorators import force_maintenance_mode_off, force_maintenance_mode_on
from tests.django import urls
from tests.django.helpers import call_asgi, call_wsgi

KINDS = sorted(urls.OPEN)
STATES = pytest.mark.parametrize("value", [True, False], ids=["on", "off"])


@pytest.fixture
def without_users(settings):
    settings.MIDDLEWARE = ["maintenance_django.middleware.MaintenanceModeMiddleware"]


@STATES
@pytest.mark.parametrize("kind", KINDS)
def test_open_view_is_reachable_whatever_the_state(without_users, settings, kind, value):
    settings.MAINTENANCE_MODE = value
    answer = call_wsgi(f"/open/{kind}/")
    assert answer.status == 200
    assert b"page" in answer.body


@STATES
@pytest.mark.parametrize("kind", KINDS)
async def test_open_view_is_reachable_in_an_event_loop(without_users, settings, kind, value):
    settings.MAINTENANCE_MODE = value
    answer = await call_asgi(f"/open/{kind}/")
    assert answer.status == 200
    assert b"page" in answer.body


@STATES
@pytest.mark.parametrize("kind", KINDS)
def test_closed_view_gives_the_page_whatever_the_state(without_users, settings, kind, value):
    settings.MAINTENANCE_MODE = value
    answer = call_wsgi(f"/closed/{kind}/")
    assert answer.status == 503
    assert answer.headers["Maintenance-Mode"] == "on"


@STATES
@pytest.mark.parametrize("kind", KINDS)
async def test_closed_view_gives_the_page_in_an_event_loop(without_users, settings, kind, value):
    settings.MAINTENANCE_MODE = value
    assert (await call_asgi(f"/closed/{kind}/")).status == 503


@STATES
@pytest.mark.parametrize("kind", KINDS)
def test_superuser_does_not_see_a_closed_view(client, settings, superuser, kind, value):
    settings.MAINTENANCE_MODE_IGNORE_SUPERUSER = True
    client.force_login(superuser)
    set_maintenance_mode(value)
    assert client.get(f"/closed/{kind}/").status_code == 503
    assert client.get("/").status_code == 200


@pytest.mark.django_db
def test_view_that_is_open_still_asks_for_a_login(on, client, member):
    assert client.get("/members/open/").status_code == 302
    client.force_login(member)
    assert client.get("/members/open/").content == b"page"


def test_closed_view_has_the_form_that_is_accepted(client):
    response = client.get("/closed/class/", headers={"accept": "application/json"})
    assert response.json()["status"] == 503


def test_mark_is_not_left_on_the_view_itself(on, client):
    # The same function has been decorated elsewhere.
    assert client.get("/").status_code == 503
    assert client.get("/async/").status_code == 503
    assert client.get("/class/").status_code == 503


def test_mark_is_not_left_on_the_parent_of_a_class(on, client):
    @force_maintenance_mode_off
    class Child(urls.Page):
        pass

    assert Child.as_view().force_maintenance_mode_off
    assert not hasattr(urls.Page.as_view(), "force_maintenance_mode_off")


def test_child_can_be_the_opposite_of_its_parent(rf):
    @force_maintenance_mode_on
    class Parent(View):
        pass

    @force_maintenance_mode_off
    class Child(Parent):
        def dispatch(self, request):
            return "of the child"

    assert Child.as_view()(rf.get("/")) == "of the child"
    assert Parent.as_view()(rf.get("/")).status_code == 503


def test_decorated_view_keeps_its_name():
    def named(request):
        """Words."""

    for decorator in (force_maintenance_mode_on, force_maintenance_mode_off):
        assert decorator(named).__name__ == "named"
        assert decorator(named).__doc__ == "Words."


def test_urls_are_not_resolved_where_no_view_is_decorated(run_python):
    # In a process of its own, since the views of the test site are decorated.
    code = """
        import django
        from django.conf import settings
        settings.configure(ROOT_URLCONF="__main__", MAINTENANCE_MODE=True)
        django.setup()
        from django.test import RequestFactory
        from django.urls import URLResolver, path
        from maintenance_django.http import need_maintenance_response
        urlpatterns = [path("", lambda request: None)]
        need_maintenance_response(RequestFactory().get("/"))
        URLResolver.resolve = lambda self, path: print("resolved")
        print(need_maintenance_response(RequestFactory().get("/")))
    """
    assert run_python(code) == "True\n"
