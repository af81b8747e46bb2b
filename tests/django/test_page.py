"""Which HTML page a visitor gets: the project's, the pack's or the one built in."""

from datetime import UTC, datetime, timedelta

import pytest
from django.template import TemplateSyntaxError, loader
from django.template.autoreload import reset_loaders
from django.utils import timezone, translation

from maintenance_core import switch_off, switch_on
from maintenance_django.core import set_maintenance_mode
from maintenance_django.http import get_maintenance_response
from tests.django.helpers import BUILT_IN

LAST_RESORT = b"Down for maintenance"
BROKEN = "{% no_such_tag %}"
FAILING = "{{ request.fail }}{% include maintenance.no_such_name %}"


@pytest.fixture
def pack(templates):
    templates("maintenance/503.html", "pack: {{ maintenance.message }}")


def body(client, **options):
    response = client.get("/", **options)
    assert response.status_code == 503
    return response.content


def test_without_any_template_the_built_in_page_is_given(on, client):
    assert BUILT_IN in body(client)


def test_page_of_the_pack_comes_before_the_built_in(on, client, pack):
    assert body(client) == b"pack: "


def test_page_of_the_project_comes_first(on, client, pack, templates):
    templates("503.html", "ours")
    assert body(client) == b"ours"


def test_page_of_the_project_has_request_and_context(store, client, templates):
    end = datetime.now(UTC) + timedelta(hours=1)
    switch_on(store, now=datetime.now(UTC), end=end, message="Soon.")
    templates(
        "503.html",
        "{{ request.path }} {{ user.is_authenticated }} {{ maintenance_mode }} {{ status_code }} "
        "{{ maintenance.message }} {{ maintenance.phase }} {{ maintenance.on }} "
        "{{ maintenance.until|date:'H:i' }} {{ maintenance.since|date:'Y' }} [{{ retry_url }}]",
    )
    expected = f"/ False True 503 Soon. on True {end:%H:%M} {datetime.now(UTC):%Y} []"
    assert body(client).decode() == expected


def test_template_can_have_another_name(on, client, templates, settings):
    templates("503.html", "not this")
    templates("pause/page.html", "this")
    settings.MAINTENANCE_MODE_TEMPLATE = "pause/page.html"
    assert body(client) == b"this"


def test_template_that_does_not_exist_is_passed_over(on, client, pack, settings):
    settings.MAINTENANCE_MODE_TEMPLATE = "missing.html"
    assert body(client) == b"pack: "


@pytest.mark.parametrize("source", [BROKEN, FAILING, "{% extends 'missing.html' %}"])
def test_broken_page_of_the_project_is_logged_and_passed_over(
    client, pack, templates, log, source
):
    set_maintenance_mode(True)
    templates("503.html", source)
    assert body(client) == b"pack: "
    assert any("503.html" in line for line in log())


@pytest.mark.parametrize("source", [BROKEN, "{% include maintenance.no_such_name %}"])
def test_broken_page_of_the_pack_is_logged_and_passed_over(on, client, templates, log, source):
    templates("maintenance/503.html", source)
    assert BUILT_IN in body(client)
    assert len(log()) == 1


def test_broken_pages_of_project_and_pack_leave_the_built_in(on, client, templates):
    templates("503.html", FAILING)
    templates("maintenance/503.html", FAILING)
    assert BUILT_IN in body(client)


def test_broken_translation_leaves_the_last_resort(on, client, settings, log, tmp_path):
    locale = tmp_path / "locale/en/LC_MESSAGES"
    locale.mkdir(parents=True)
    (locale / "django.mo").write_bytes(b"\xde\x12\x04\x95 not a catalogue")
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    assert LAST_RESORT in body(client)
    assert any("simpler one" in line for line in log())


@pytest.mark.parametrize(
    "templates_setting",
    [
        [],
        [{"BACKEND": "django.template.backends.dummy.TemplateStrings"}],
        [{"BACKEND": "no.such.backend"}],
        [{"BACKEND": "django.template.backends.django.DjangoTemplates", "OPTIONS": {"x": 1}}],
    ],
    ids=["none", "other-backend", "missing-backend", "wrong-options"],
)
def test_settings_of_templates_do_not_matter(on, client, settings, templates_setting):
    settings.TEMPLATES = templates_setting
    assert BUILT_IN in body(client)


def test_template_of_another_backend_is_the_projects(on, client, settings, tmp_path):
    (tmp_path / "503.html").write_text("$status_code ours")
    settings.TEMPLATES = [
        {"BACKEND": "django.template.backends.dummy.TemplateStrings", "DIRS": [tmp_path]}
    ]
    assert body(client) == b"503 ours"


def test_page_without_the_app_installed_is_the_built_in(on, client, settings):
    settings.INSTALLED_APPS = [app for app in settings.INSTALLED_APPS if "maintenance" not in app]
    assert BUILT_IN in body(client)


def test_kept_page_is_renewed_when_the_window_changes(store, client, pack):
    now = datetime.now(UTC)
    seen = []
    for message in ("first", "second"):
        switch_off(store, now=now)
        switch_on(store, now=now, message=message)
        seen += [body(client), body(client)]
    assert seen == [b"pack: first"] * 2 + [b"pack: second"] * 2


def test_kept_page_is_renewed_when_a_window_is_planned(on, store, client, templates):
    templates("maintenance/503.html", "next: {{ maintenance.next.message }}")
    assert body(client) == b"next: "
    now = datetime.now(UTC)
    switch_on(store, now=now, start=now + timedelta(hours=1), message="later")
    assert body(client) == b"next: later"


def test_kept_page_of_a_part_is_renewed_when_the_whole_site_follows(store, client, templates):
    templates("maintenance/503.html", "{{ maintenance_mode }} {{ maintenance.on }}")
    switch_on(store, paths=["/down"])
    assert client.get("/down/").content == b"False False"
    # The window that decides there is the same one, since it lasts longer.
    switch_on(store, end=datetime.now(UTC) + timedelta(hours=1))
    assert client.get("/down/").content == b"True True"


def test_kept_page_of_a_closed_view_is_renewed_when_a_part_closes(store, client, templates):
    templates("maintenance/503.html", "{{ maintenance.phase }}")
    assert client.get("/closed/function/").content == b"off"
    switch_on(store, paths=["/down"])
    assert client.get("/closed/function/").content == b"on"


def test_kept_pages_are_kept_for_each_part_and_not_without_end(store, client, templates):
    templates("maintenance/503.html", "{% now 'u' %}")
    for number in range(150):
        switch_on(store, paths=[f"/{number}"], message=f"{number}")
    first = {client.get(f"/{number}").content for number in range(100)}
    assert {client.get(f"/{number}").content for number in range(100)} == first
    for number in range(100, 150):
        client.get(f"/{number}")
    assert client.get("/0").content not in first


def test_page_of_a_part_is_made_anew_while_debugging(store, client, templates, settings):
    settings.DEBUG = True
    templates("maintenance/503.html", "{% now 'u' %}")
    switch_on(store, paths=["/down"])
    assert len({client.get("/down/").content for _ in range(3)}) == 3


def test_page_of_the_project_is_told_what_is_closed(store, client, templates):
    templates(
        "503.html",
        "{{ maintenance_mode }} {{ maintenance.on }} {{ maintenance.phase }} "
        "{{ maintenance.message }} {{ maintenance.window.paths|join:' ' }}",
    )
    switch_on(store, paths=["/down", "/class"], message="Soon.")
    assert client.get("/down/").content == b"False False on Soon. /down /class"


def test_kept_page_outlives_a_state_that_is_read_again(on, client, templates, rf):
    templates("maintenance/503.html", "{% now 'u' %}")
    # The file has just been written, so that it is read anew for each request.
    assert len({body(client) for _ in range(5)}) == 1
    assert get_maintenance_response(rf.get("/")).content == body(client)


def test_page_is_made_anew_for_each_request_while_debugging(on, client, templates, settings):
    settings.DEBUG = True
    templates("maintenance/503.html", "{% now 'u' %}")
    assert len({body(client) for _ in range(5)}) == 5


def test_template_is_looked_up_anew_while_debugging(on, client, templates, settings, tmp_path):
    settings.DEBUG = True
    assert BUILT_IN in body(client)
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates/503.html").write_text("new")
    reset_loaders()  # as the development server does when a template changes
    assert body(client) == b"new"


@pytest.mark.parametrize("template", [None, "{{ maintenance.until|date:'c' }}"])
@pytest.mark.parametrize("use_tz", [True, False])
def test_end_is_shown_in_the_projects_zone(client, templates, settings, template, use_tz):
    settings.USE_TZ = use_tz
    settings.TIME_ZONE = "Asia/Tokyo"
    if template:
        templates("503.html", template)
    set_maintenance_mode(True, end="2099-11-22T21:30")
    assert b"2099-11-22T21:30:00+09" in body(client)


@pytest.mark.parametrize("name", ["503.html", "maintenance/503.html", None])
def test_page_does_not_need_translations(on, client, templates, settings, name):
    settings.USE_I18N = False
    if name:
        templates(name, "{% load i18n %}{% translate 'maintenance' %}")
    assert b"maintenance" in body(client)


def test_language_of_the_header_is_that_of_the_page(on, client, templates, settings):
    settings.MIDDLEWARE = ["django.middleware.locale.LocaleMiddleware", *settings.MIDDLEWARE]
    german = {"headers": {"accept-language": "de"}}
    assert client.get("/", **german)["Content-Language"] == "en"
    templates("503.html", "{% load i18n %}{% get_current_language as code %}{{ code }}")
    response = client.get("/", **german)
    assert (response.content, response["Content-Language"]) == (b"de", "de")


def test_templates_of_this_test_are_as_broken_as_they_seem(templates):
    templates("broken.html", BROKEN)
    templates("failing.html", FAILING)
    with pytest.raises(TemplateSyntaxError):
        loader.get_template("broken.html")
    with pytest.raises(Exception, match="template"):
        loader.get_template("failing.html").render({})


def test_ready_made_page_is_in_english_and_in_the_zone_of_the_project(client, settings):
    settings.TIME_ZONE = "Asia/Tokyo"
    set_maintenance_mode(True, end="2099-01-01T00:00:00Z")
    with translation.override("fr"), timezone.override("America/New_York"):
        page = client.get("/").content.decode()
    assert 'lang="en"' in page
    assert "1 January 2099, 09:00 JST" in page


def test_failure_of_a_template_is_logged_once_and_not_for_each_visitor(
    client, on, templates, settings, log
):
    templates("503.html", "{% url 'no-such-page' %}")
    for _ in range(3):
        assert client.get("/").status_code == 503
    assert len(log()) == 1
    templates("503.html", "{% url 'another-missing-page' %}")
    client.get("/")
    assert len(log()) == 2


def test_failures_that_differ_with_each_visitor_do_not_fill_the_log(client, on, templates, log):
    templates("503.html", "{% url request.path %}")
    for visitor in range(30):
        assert client.get(f"/{visitor}/").status_code == 503
    assert len(log()) == 20
