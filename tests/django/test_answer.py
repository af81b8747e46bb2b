"""The answer to a blocked request: its form and its headers."""

import json
import math
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from maintenance_core import View, switch_on
from maintenance_django.core import set_maintenance_mode
from maintenance_django.http import get_maintenance_response

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
HTML, TEXT = "text/html; charset=utf-8", "text/plain; charset=utf-8"
JSON, PROBLEM = "application/json", "application/problem+json"


def answer_with(value):
    return lambda request: value


def type_of_the_path(request):
    return "json" if request.path.startswith("/api/") else "html"


def failing_type(request):
    raise LookupError("of the project")


@pytest.fixture
def get(client, on):
    def get(path="/", accept="*/*", method="GET"):
        headers = {} if accept is None else {"accept": accept}
        return client.generic(method, path, headers=headers)

    return get


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        (BROWSER, HTML),
        ("text/html", HTML),
        ("*/*", HTML),
        (None, HTML),
        ("text/*", HTML),
        ("application/*", PROBLEM),
        (PROBLEM, PROBLEM),
        (JSON, JSON),
        ("application/json, text/plain, */*", JSON),
        (f"{JSON}, {PROBLEM}", JSON),
        ("application/json;q=0.5, text/html;q=0.4", JSON),
        ("application/json;q=0.4, text/html;q=0.5", HTML),
        ("text/html;q=0, */*", PROBLEM),
        ("text/html;q=0, application/json", JSON),
        ("text/plain", TEXT),
        ("image/png", TEXT),
        ("*/*;q=0", TEXT),
        ("text/html;q=0", TEXT),
        ("", TEXT),
        (", ,", TEXT),
        ("garbage", TEXT),
        ("text/html;q=garbage", HTML),
        ("text/html;q=nan", HTML),
        ("text/html;q", HTML),
        ("\x00;\xff/=", TEXT),
    ],
)
def test_form_is_negotiated(get, accept, content_type):
    response = get(accept=accept)
    assert response.status_code == 503
    assert response["Content-Type"] == content_type


@pytest.mark.parametrize(
    "accept",
    [
        "text/html;q*=bogus''x",
        "application/json;a=" + "b" * 100_000,
        "text/html;q=" + "1" * 100_000,
    ],
    ids=["unknown-encoding", "huge", "huge quality"],
)
def test_header_that_django_refuses_is_no_error(get, accept):
    assert get(accept=accept).status_code == 503


@pytest.mark.parametrize(("value", "content_type"), [("html", HTML), ("json", JSON)])
def test_setting_overrides_what_is_accepted(get, settings, value, content_type):
    settings.MAINTENANCE_MODE_RESPONSE_TYPE = value
    response = get(accept="text/plain")
    assert response["Content-Type"] == content_type
    assert "Vary" not in response


@pytest.mark.parametrize("value", [type_of_the_path, f"{__name__}.type_of_the_path"])
def test_function_of_the_project_chooses(get, settings, value):
    settings.MAINTENANCE_MODE_RESPONSE_TYPE = value
    assert get("/api/x")["Content-Type"] == JSON
    assert get("/x", accept=JSON)["Content-Type"] == HTML


@pytest.mark.parametrize(
    "function", [failing_type, *map(answer_with, ["xml", None, 5, ["json"], {}])]
)
def test_function_that_fails_leaves_the_choice_to_the_client(get, settings, log, function):
    settings.MAINTENANCE_MODE_RESPONSE_TYPE = function
    response = get(accept=JSON)
    assert (response.status_code, response["Content-Type"]) == (503, JSON)
    assert len([line for line in log() if "MAINTENANCE_MODE_RESPONSE_TYPE" in line]) == 1


async def test_function_of_the_project_chooses_under_asgi(async_client, settings):
    settings.MAINTENANCE_MODE = True
    settings.MAINTENANCE_MODE_RESPONSE_TYPE = type_of_the_path
    assert (await async_client.get("/api/x"))["Content-Type"] == JSON


@pytest.mark.parametrize("accept", ["text/html", JSON, PROBLEM, "text/plain"])
def test_headers_are_those_of_a_planned_503(get, accept):
    response = get(accept=accept)
    cache = response["Cache-Control"]
    assert "no-store" in cache
    assert "private" in cache
    assert response["Expires"] == "0"
    assert response["Vary"] == "Accept"
    assert response["Content-Language"] == "en"
    assert response["Maintenance-Mode"] == "on"
    assert response["Retry-After"] == "3600"
    assert not response.cookies


def test_head_has_the_headers_of_get(get):
    head, full = get(method="HEAD"), get()
    assert head.content == b""
    assert {**head.headers} == {**full.headers}


@pytest.mark.parametrize("code", [503, 500, 418, 599])
def test_status_code_is_the_projects(get, settings, code):
    settings.MAINTENANCE_MODE_STATUS_CODE = code
    response = get(accept=JSON)
    assert (response.status_code, response.json()["status"]) == (code, code)


@pytest.mark.parametrize("seconds", [120, None, 0])
def test_retry_after_without_an_end_is_the_projects(get, settings, seconds):
    settings.MAINTENANCE_MODE_RETRY_AFTER = seconds
    assert get().get("Retry-After") == (str(seconds) if seconds else None)


def test_retry_after_with_an_end_counts_to_it_and_never_too_little(client, settings):
    settings.MAINTENANCE_MODE_RETRY_AFTER = 5
    before = datetime.now(UTC)
    end = before + timedelta(seconds=1000.5)
    set_maintenance_mode(True, end=end)
    seconds = int(client.get("/")["Retry-After"])
    most, least = (math.ceil((end - at).total_seconds()) for at in (before, datetime.now(UTC)))
    assert least <= seconds <= most


def test_retry_after_is_never_less_than_a_second(store, rf):
    now = datetime.now(UTC)
    update = switch_on(store, now=now, end=now + timedelta(seconds=60))
    # The request was decided on just before the end, and is answered just after it.
    over = replace(update.after.windows[0], end=now)
    view = View.of_state(replace(update.after, windows=(over,)), now.timestamp() - 1)
    response = get_maintenance_response(rf.get("/"), view)
    assert response["Retry-After"] == "1"


def test_document_tells_machines_everything(client, store):
    now = datetime.now(UTC)
    end = (now + timedelta(hours=1)).replace(microsecond=0)
    switch_on(store, now=now, end=end, message='A "faster" <database>.')
    document = client.get("/", headers={"accept": PROBLEM}).json()
    assert 3590 <= document.pop("retry_after") <= 3600
    assert document == {
        "type": "about:blank",
        "title": "Service Unavailable",
        "status": 503,
        "detail": 'A "faster" <database>.',
        "maintenance_until": end.isoformat().replace("+00:00", "Z"),
    }


def test_document_is_not_empty_where_nothing_is_known(get, settings):
    settings.MAINTENANCE_MODE_RETRY_AFTER = None
    document = json.loads(get(accept=JSON).content)
    assert document["detail"] == "This site is down for maintenance."
    assert document["retry_after"] is None
    assert document["maintenance_until"] is None


def test_text_has_the_message_and_the_end(client, store):
    now = datetime.now(UTC)
    end = (now + timedelta(hours=1)).replace(microsecond=0)
    switch_on(store, now=now, end=end, message="Back soon: größer.")
    lines = client.get("/", headers={"accept": "text/plain"}).content.decode().splitlines()
    assert lines == ["Back soon: größer.", f"Expected back: {end:%Y-%m-%dT%H:%M:%SZ}"]


def test_text_without_a_message_or_an_end_is_one_sentence(get):
    assert get(accept="text/plain").content == b"This site is down for maintenance.\n"


@pytest.mark.parametrize("template", [None, "{{ maintenance.message }}"], ids=["built-in", "own"])
def test_message_is_escaped_in_the_page(client, store, templates, template):
    if template:
        templates("503.html", template)
    switch_on(store, now=datetime.now(UTC), message="<script>alert(1)</script>")
    body = client.get("/").content
    assert b"<script>alert" not in body
    assert b"&lt;script&gt;alert(1)&lt;/script&gt;" in body


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("application/json; charset=utf-8", "application/json"),
        ("text/html;charset=utf-8", "text/html; charset=utf-8"),
        ("text/html;level=1;q=0.2, application/json;q=0.9", "application/json"),
        ("application/vnd.api+json", "application/json"),
        ("application/ld+json;profile=x, text/html;q=0.1", "application/json"),
        ("application/problem+json;charset=utf-8", "application/problem+json"),
        ("application/vnd.x+json;q=0, application/json", "application/json"),
        ("text/html;level=2;q=0, text/html", "text/html; charset=utf-8"),
        ("application/json;q=0.000, */*;q=0.1", "text/html; charset=utf-8"),
    ],
)
def test_parameters_and_kinds_of_json_do_not_matter(client, on, accept, content_type):
    assert client.get("/", headers={"accept": accept})["Content-Type"] == content_type


@pytest.mark.parametrize("accept", ["text/html", "application/json", "text/plain"])
def test_end_at_the_end_of_the_calendar_is_no_error(client, settings, accept):
    settings.TIME_ZONE = "Asia/Tokyo"
    set_maintenance_mode(True, end="9999-12-31T23:59:59Z")
    response = client.get("/", headers={"accept": accept})
    assert response.status_code == 503
    # Django's templates cannot tell that moment in this zone.
    assert (b"9999" in response.content) is (accept != "text/html")


def test_title_is_that_of_the_status(client, on, settings):
    settings.MAINTENANCE_MODE_STATUS_CODE = 500
    answer = client.get("/", headers={"accept": "application/json"}).json()
    assert (answer["status"], answer["title"]) == (500, "Internal Server Error")
    settings.MAINTENANCE_MODE_STATUS_CODE = 599
    answer = client.get("/", headers={"accept": "application/json"}).json()
    assert (answer["status"], answer["title"]) == (599, "Maintenance")


def test_middleware_outside_may_add_to_the_page(client, on, settings):
    settings.MIDDLEWARE = ["tests.django.test_answer.Footer", *settings.MIDDLEWARE]
    response = client.get("/")
    assert response.content.endswith(b"<!-- added -->")
    assert int(response.get("Content-Length", len(response.content))) == len(response.content)


class Footer:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.content += b"<!-- added -->"
        return response


def test_answer_that_cannot_be_made_is_a_plain_503(client, on, monkeypatch, log):
    def fail(view):
        raise RuntimeError("no memory, say")

    monkeypatch.setattr("maintenance_django.http._retry_after", lambda view: None)
    monkeypatch.setattr("maintenance_django.http._document", fail)
    response = client.get("/", headers={"accept": "application/json"})
    assert (response.status_code, response["Content-Type"]) == (503, "text/plain; charset=utf-8")
    assert response.content == b"This site is down for maintenance.\n"
    assert log()[-1].startswith("The maintenance page could not be made;")
