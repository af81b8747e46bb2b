"""Who gets in by being somebody, and the pages on which one says who one is."""

from types import SimpleNamespace

import pytest
from asgiref.sync import iscoroutinefunction
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.utils.decorators import sync_and_async_middleware
from django.utils.functional import SimpleLazyObject

from maintenance_django.http import need_maintenance_response
from maintenance_django.middleware import MaintenanceModeMiddleware
from tests.django.helpers import call_wsgi

IN = {
    "IGNORE_SUPERUSER": {"superuser"},
    "IGNORE_STAFF": {"superuser", "staff"},
    "IGNORE_AUTHENTICATED_USER": {"superuser", "staff", "member"},
    "IGNORE_ANONYMOUS_USER": {"anonymous"},
    None: set(),
}
WHO = ["superuser", "staff", "member", "anonymous"]
CASES = [(setting, who) for setting in IN for who in WHO]
LOGIN = ["IGNORE_SUPERUSER", "IGNORE_STAFF", "IGNORE_AUTHENTICATED_USER"]


@pytest.fixture(autouse=True)
def _on(on):
    pass


@pytest.fixture
def users(superuser, staff, member):
    return {"superuser": superuser, "staff": staff, "member": member}


def ignore(settings, name):
    if name:
        setattr(settings, f"MAINTENANCE_MODE_{name}", True)


@pytest.mark.parametrize(("setting", "who"), CASES)
def test_exempt_user_gets_in_and_nobody_else(client, settings, users, setting, who):
    ignore(settings, setting)
    if who in users:
        client.force_login(users[who])
    assert client.get("/").status_code == (200 if who in IN[setting] else 503)


@pytest.mark.parametrize(("setting", "who"), CASES)
@pytest.mark.django_db(transaction=True)
async def test_same_in_an_event_loop(async_client, settings, users, setting, who):
    ignore(settings, setting)
    if who in users:
        await async_client.aforce_login(users[who])
    response = await async_client.get("/async/")
    assert response.status_code == (200 if who in IN[setting] else 503)


@pytest.mark.django_db(transaction=True)
async def test_exempt_user_reaches_a_sync_view_in_an_event_loop(async_client, settings, superuser):
    ignore(settings, "IGNORE_SUPERUSER")
    await async_client.aforce_login(superuser)
    assert (await async_client.get("/")).content == b"page"


def test_deactivated_user_does_not_get_in(client, settings, superuser):
    ignore(settings, "IGNORE_SUPERUSER")
    client.force_login(superuser)
    superuser.is_active = False
    superuser.save()
    assert client.get("/").status_code == 503


@pytest.mark.parametrize("cookie", ["", "x" * 5000, "'; DROP", "\\000"])
@pytest.mark.django_db
def test_forged_session_is_nobodys(client, settings, cookie):
    ignore(settings, "IGNORE_SUPERUSER")
    client.cookies["sessionid"] = cookie
    assert client.get("/").status_code == 503


@pytest.mark.parametrize("user", [None, AnonymousUser(), object(), "root", 5])
def test_whatever_else_is_a_user_is_anonymous(rf, settings, user):
    ignore(settings, "IGNORE_SUPERUSER")
    request = rf.get("/")
    request.user = user
    assert need_maintenance_response(request)


def test_request_without_a_user_is_anonymous(rf, settings):
    ignore(settings, "IGNORE_SUPERUSER")
    assert need_maintenance_response(rf.get("/"))
    ignore(settings, "IGNORE_ANONYMOUS_USER")
    assert not need_maintenance_response(rf.get("/"))


async def passed(request):
    return HttpResponse("passed")


async def test_request_without_a_user_is_anonymous_in_an_event_loop(async_rf, settings):
    ignore(settings, "IGNORE_SUPERUSER")
    assert (await MaintenanceModeMiddleware(passed)(async_rf.get("/"))).status_code == 503


@pytest.mark.django_db(transaction=True)
async def test_user_of_the_projects_own_making_may_ask_the_database(
    async_rf, settings, superuser, django_user_model
):
    from django.utils.functional import SimpleLazyObject  # noqa: PLC0415

    ignore(settings, "IGNORE_SUPERUSER")
    request = async_rf.get("/")
    request.user = SimpleLazyObject(lambda: django_user_model.objects.get(pk=superuser.pk))
    assert (await MaintenanceModeMiddleware(passed)(request)).content == b"passed"


@pytest.mark.parametrize("path", ["/admin/", "/admin/auth/user/", "/admin", "/admin/missing"])
@pytest.mark.django_db
def test_admin_site_is_open_if_it_is_exempt(client, settings, path):
    assert client.get(path).status_code == 503
    ignore(settings, "IGNORE_ADMIN_SITE")
    assert client.get(path).status_code in (302, 404)


@pytest.mark.parametrize("path", ["/administration/", "/x/admin/", "/ADMIN/", "/"])
def test_exempt_admin_site_opens_nothing_else(client, settings, path):
    ignore(settings, "IGNORE_ADMIN_SITE")
    assert client.get(path).status_code == 503


def test_admin_site_is_found_under_a_prefix(settings, db):
    ignore(settings, "IGNORE_ADMIN_SITE")
    assert call_wsgi("/admin/", SCRIPT_NAME="/app").status == 302
    assert call_wsgi("/", SCRIPT_NAME="/admin").status == 503


@pytest.mark.parametrize("setting", LOGIN)
def test_login_page_is_open_while_users_are_exempt(client, settings, setting):
    settings.ROOT_URLCONF = "tests.django.urls_login"
    assert client.get("/login/").status_code == 503
    ignore(settings, setting)
    assert client.get("/login/").status_code == 200
    assert client.post("/login/").status_code == 200


@pytest.mark.parametrize("path", ["/login/x", "/login", "/x/login/", "/"])
def test_open_login_page_opens_nothing_else(client, settings, path):
    ignore(settings, "IGNORE_STAFF")
    assert client.get(path).status_code == 503


@pytest.mark.parametrize("setting", [None, "IGNORE_ANONYMOUS_USER", "IGNORE_ADMIN_SITE"])
def test_login_page_is_closed_where_it_would_let_nobody_in(client, settings, member, setting):
    settings.ROOT_URLCONF = "tests.django.urls_login"
    ignore(settings, setting)
    client.force_login(member)
    assert client.get("/login/").status_code == 503


@pytest.mark.parametrize("url", ["login", "/login/", "/login/?next=/"])
def test_login_page_can_be_named_in_every_way(client, settings, url):
    ignore(settings, "IGNORE_STAFF")
    settings.LOGIN_URL = url
    assert client.get("/login/").status_code == 200


ELSEWHERE = ["https://login.example.com", "https://login.example.com/", "//example.com/down/"]


@pytest.mark.parametrize("url", ["/missing/", "no-such-name", *ELSEWHERE])
def test_login_page_of_the_admin_stands_in_for_a_missing_one(client, settings, url, db):
    ignore(settings, "IGNORE_STAFF")
    settings.LOGIN_URL = url
    assert client.get("/admin/login/").status_code == 200
    assert client.get("/admin/").status_code == 503
    assert client.get("/").status_code == 503
    assert client.get("/down/").status_code == 503


@pytest.mark.parametrize("url", ELSEWHERE)
def test_login_page_elsewhere_opens_nothing_here(client, settings, url):
    ignore(settings, "IGNORE_STAFF")
    settings.LOGIN_URL = url
    settings.ROOT_URLCONF = "tests.django.urls_bare"
    assert client.get("/").status_code == 503
    assert client.get("/bare/").status_code == 503


@pytest.mark.parametrize("url", ["login", "/login/", "/app/login/"])
def test_login_page_is_found_under_a_prefix(settings, url):
    ignore(settings, "IGNORE_STAFF")
    settings.LOGIN_URL = url
    assert call_wsgi("/login/", SCRIPT_NAME="/app").status == 200
    assert call_wsgi("/", SCRIPT_NAME="/app").status == 503


def test_site_without_login_and_admin_blocks_as_usual(client, settings):
    ignore(settings, "IGNORE_STAFF")
    ignore(settings, "IGNORE_ADMIN_SITE")
    settings.ROOT_URLCONF = "tests.django.urls_bare"
    assert client.get("/").status_code == 503
    assert client.get("/admin/login/").status_code == 503


@pytest.mark.parametrize("url", ["/login", "login"])
def test_login_page_named_without_its_slash_is_open(client, on, settings, url):
    settings.MAINTENANCE_MODE_IGNORE_SUPERUSER = True
    settings.LOGIN_URL = url
    assert client.get("/login/").status_code == 200


@pytest.mark.parametrize("url", [None, 7, "http://[broken/", "no-such-name"])
def test_login_url_that_cannot_be_used_closes_nothing_else(client, on, superuser, settings, url):
    settings.MAINTENANCE_MODE_IGNORE_SUPERUSER = True
    settings.LOGIN_URL = url
    assert client.get("/maintenance/off/")["Location"].startswith("/admin/login/?next=")
    client.force_login(superuser)
    assert client.get("/").status_code == 200
    assert client.get("/maintenance/off/").status_code == 200


async def test_user_set_by_another_middleware_counts_in_an_event_loop(async_client, on, settings):
    settings.MAINTENANCE_MODE_IGNORE_SUPERUSER = True
    settings.MIDDLEWARE = [
        *settings.MIDDLEWARE[:-1],
        "tests.django.test_exempt_users.token_user",
        settings.MIDDLEWARE[-1],
    ]
    assert (await async_client.get("/")).status_code == 200


@sync_and_async_middleware
def token_user(get_response):
    def set_user(request):
        user = SimpleNamespace(is_authenticated=True, is_superuser=True)
        request.user = SimpleLazyObject(lambda: user)

    if iscoroutinefunction(get_response):

        async def middleware(request):
            set_user(request)
            return await get_response(request)

        return middleware

    def middleware_sync(request):
        set_user(request)
        return get_response(request)

    return middleware_sync


def test_login_page_is_open_for_whoever_wants_to_reach_the_switch(client, on):
    assert client.get("/maintenance/off/")["Location"].startswith("/login/?next=")
    assert client.get("/login/").status_code == 200
    assert client.get("/").status_code == 503


def test_login_page_of_the_admin_is_open_although_a_catch_all_route_takes_the_other(
    client, on, settings
):
    settings.ROOT_URLCONF = "tests.django.urls_catch_all"
    settings.LOGIN_URL = "/accounts/login/"
    settings.MAINTENANCE_MODE_IGNORE_SUPERUSER = True
    assert client.get("/admin/login/").status_code == 200
    assert client.get("/anything/").status_code == 503
