"""The switch in the browser."""

import os
from urllib.parse import quote

import pytest

from maintenance_core import switch_on
from maintenance_django.core import get_maintenance_mode, set_maintenance_mode

ON, OFF = "/maintenance/on/", "/maintenance/off/"
BOTH = pytest.mark.parametrize(("url", "value"), [(ON, True), (OFF, False)], ids=["on", "off"])


@BOTH
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_get_asks_and_changes_nothing(root, state_path, url, value, method):
    set_maintenance_mode(not value)
    before = state_path.read_bytes() if state_path.exists() else None
    response = root.generic(method, url)
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert get_maintenance_mode() is not value
    assert (state_path.read_bytes() if state_path.exists() else None) == before
    if method == "GET":
        assert b'<form method="post">' in response.content


@BOTH
def test_post_switches_and_goes_to_the_root(post, url, value):
    set_maintenance_mode(not value)
    response = post(url)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert get_maintenance_mode() is value


@BOTH
def test_post_without_the_token_is_refused(root, url, value):
    set_maintenance_mode(not value)
    assert root.post(url).status_code == 403
    assert root.post(url, {"csrfmiddlewaretoken": "x" * 64}).status_code == 403
    assert get_maintenance_mode() is not value


def test_post_without_the_token_is_refused_also_without_the_middleware(root, settings):
    settings.MIDDLEWARE = [path for path in settings.MIDDLEWARE if "Csrf" not in path]
    assert root.post(ON).status_code == 403
    assert get_maintenance_mode() is False


@BOTH
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.django_db
def test_anonymous_visitor_is_sent_to_the_login(client, url, value, method):
    set_maintenance_mode(not value)
    response = client.generic(method, url)
    assert (response.status_code, response["Location"]) == (302, f"/login/?next={url}")
    assert get_maintenance_mode() is not value


@pytest.mark.parametrize(
    ("login_url", "expected"),
    [
        ("login", "/login/"),
        ("/missing/", "/admin/login/"),
        ("no-such-name", "/admin/login/"),
        ("https://login.example.com/in", "https://login.example.com/in"),
    ],
)
@pytest.mark.django_db
def test_login_is_the_projects_or_the_admins(client, settings, login_url, expected):
    settings.LOGIN_URL = login_url
    response = client.get(f"{ON}?next=/x")
    assert response["Location"] == f"{expected}?next={quote(f'{ON}?next=/x', safe='/')}"


@BOTH
@pytest.mark.parametrize("who", ["staff", "member"])
def test_anybody_but_a_superuser_is_refused(client, request, url, value, who):
    set_maintenance_mode(not value)
    client.force_login(request.getfixturevalue(who))
    for method in ("GET", "POST"):
        assert client.generic(method, url).status_code == 403
    assert get_maintenance_mode() is not value


def test_without_the_authentication_nobody_may_switch(client, settings):
    settings.MIDDLEWARE = []
    assert client.post(ON).status_code == 403


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_are_not_allowed(client, superuser, method):
    client.force_login(superuser)
    assert client.generic(method, ON).status_code == 405


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("/class/?a=b", "/class/?a=b"),
        ("http://testserver/class/", "http://testserver/class/"),
        ("//evil.example/", "/"),
        ("https://evil.example/", "/"),
        ("/\\evil.example/", "/"),
        ("\\\\evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("data:text/html,x", "/"),
        (" //evil.example", "/"),
        ("", "/"),
    ],
)
def test_next_address_is_one_of_this_site(root, post, url, expected):
    assert post(ON, next=url)["Location"] == expected
    assert post(f"{OFF}?next={quote(url)}")["Location"] == expected
    page = root.get(ON, {"next": url}).content.decode()
    assert f'name="next" value="{expected}"' in page
    assert f'href="{expected}"' in page


def test_form_names_its_next_address_over_the_query(post):
    assert post(f"{ON}?next=/a", next="/b")["Location"] == "/b"


def test_message_is_kept_with_the_lines_of_a_browser(post, store):
    post(ON, message="First.\r\nSecond.")
    (window,) = store.read().state.windows
    assert window.message == "First.\nSecond."
    assert window.created_by == f"site user root@{os.uname().nodename}"


def test_message_that_is_refused_is_kept_in_the_form(post):
    response = post(ON, message="x" * 5000)
    assert response.status_code == 400
    assert b"x" * 5000 in response.content
    assert b"message: it has 5,000 characters" in response.content
    assert get_maintenance_mode() is False


def test_message_of_the_form_is_escaped(post):
    response = post(ON, message="</textarea><script>" + "x" * 5000)
    assert b"<script>" not in response.content


def test_off_ends_what_is_active_and_leaves_what_is_planned(post, store):
    set_maintenance_mode(True, start="2099-01-01T00:00")
    window = store.read().state.windows
    post(ON)
    post(OFF)
    assert store.read().state.windows == window


def test_on_while_only_a_part_is_closed_closes_the_whole_site(post, store):
    switch_on(store, paths=["/down"])
    assert post(ON).status_code == 302
    assert get_maintenance_mode() is True
    assert len(store.read().state.windows) == 2


def test_off_opens_the_parts_and_makes_the_site_writable(post, store, client):
    switch_on(store, paths=["/down"])
    switch_on(store, mode="read-only")
    assert post(OFF).status_code == 302
    assert store.read().state.windows == ()
    assert client.get("/down/").status_code == client.post("/").status_code == 200


@BOTH
def test_switch_that_is_not_in_the_journal_is_done_and_logged(post, state_path, log, url, value):
    set_maintenance_mode(not value)
    journal = state_path.with_name("state.json.journal")
    journal.unlink(missing_ok=True)
    journal.mkdir()
    assert post(url).status_code == 302
    assert get_maintenance_mode() is value
    sentence = f"The journal does not have this switch: {journal}: it is not a regular file;"
    assert log()[-1].startswith(sentence)


def test_journal_names_the_user_of_the_site(post, store):
    post(ON)
    post(OFF)
    entries = store.history().entries
    assert [(entry.action, entry.user, entry.tool) for entry in entries] == [
        ("on", "site user root", "control page"),
        ("off", "site user root", "control page"),
    ]


@BOTH
def test_switch_is_within_reach_during_maintenance(on, root, url, value):
    assert root.get("/").status_code == 503
    assert root.get(url).status_code == 200


@BOTH
def test_state_that_cannot_be_written_is_told_in_one_sentence(
    post, settings, tmp_path, url, value
):
    settings.MAINTENANCE_MODE_STATE_FILE_PATH = tmp_path / "missing/state.json"
    response = post(url, message="Kept.")
    assert response.status_code == 409
    assert b"there is no directory" in response.content
    if value:
        assert b"Kept." in response.content


@BOTH
def test_unreadable_state_is_replaced_by_a_switch(post, state_path, url, value):
    state_path.write_text("{")
    assert post(url).status_code == 302
    assert get_maintenance_mode() is value
    assert len(list(state_path.parent.glob("state.json.unreadable-*"))) == 1


@BOTH
def test_setting_that_outranks_the_switch_is_told_in_one_sentence(post, settings, url, value):
    settings.MAINTENANCE_MODE = True
    response = post(url)
    assert response.status_code == 409
    assert b"The setting MAINTENANCE_MODE = True outranks any switch" in response.content


def test_name_of_the_user_cannot_break_the_state(django_user_model, db, client, store):
    client.force_login(django_user_model.objects.create_superuser("a\x1b[31m" + "b" * 140))
    assert client.post(ON).status_code == 302
    assert "\x1b" not in store.read().state.windows[0].created_by


def test_switch_cannot_be_framed(client, superuser):
    client.force_login(superuser)
    assert client.get("/maintenance/on/")["X-Frame-Options"] == "DENY"


def test_site_without_any_login_page_refuses_who_is_not_logged_in(client, settings):
    settings.ROOT_URLCONF = "tests.django.urls_switch_only"
    settings.LOGIN_URL = "no-such-name"
    assert client.get("/off/").status_code == 403
