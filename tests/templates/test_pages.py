"""The pages: self-contained, escaped, and telling what is known and no more."""

import gzip
import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from django.template import Context
from django.template.backends.django import DjangoTemplates
from django.utils import translation

from maintenance_django.pages import builtin_engine

UNTIL = datetime(2026, 11, 22, 21, 30, tzinfo=UTC)
SINCE = datetime(2026, 11, 22, 20, 45, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script> \"quoted\" & 'more' {{ 7|add:7 }}"


def from_the_pack(name):
    config = {"NAME": "pack", "DIRS": [], "APP_DIRS": True, "OPTIONS": {}}
    return DjangoTemplates(config).get_template(name).render


def built_in(context):
    template = builtin_engine().get_template("maintenance_django/builtin.html")
    return template.render(Context(context))


@pytest.fixture(params=["maintenance/503.html", "maintenance/base.html", None], ids=str)
def render(request, settings):
    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "maintenance_templates"]

    def render_page(message="", until=None, since=None):
        maintenance = SimpleNamespace(message=message, until=until, since=since)
        context = {"maintenance": maintenance, "status_code": 503, "retry_url": ""}
        if request.param is None:
            return built_in(context)
        return from_the_pack(request.param)(context)

    return render_page


class Elements(HTMLParser):
    """Every start tag with its attributes, and the text of the page."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data

    def all(self, tag):
        return [attributes for name, attributes in self.found if name == tag]


def test_page_is_whole_and_has_one_heading_and_one_main(render):
    elements = Elements(render())
    assert elements.all("html")[0]["lang"] == translation.get_language()
    assert len(elements.all("h1")) == len(elements.all("main")) == len(elements.all("title")) == 1
    assert any("viewport" in attributes.values() for attributes in elements.all("meta"))


def test_page_loads_nothing_and_runs_nothing(render):
    html = render("A message.", UNTIL, SINCE)
    elements = Elements(html)
    for tag in ("script", "link", "iframe", "img", "object", "embed"):
        assert elements.all(tag) == []
    assert re.findall(r"url\((?!#)", html) == []
    assert "@import" not in html
    for _, attributes in elements.found:
        assert not {name for name in attributes if name == "style" or name.startswith("on")}
        for name in ("src", "srcset", "href", "xlink:href"):
            assert (attributes.get(name) or "").startswith("#") or not attributes.get(name)
    refresh = [a for a in elements.all("meta") if a.get("http-equiv", "").lower() == "refresh"]
    assert refresh == []


def test_what_the_operator_says_is_text_and_nothing_else(render):
    html = render(HOSTILE)
    elements = Elements(html)
    assert HOSTILE in elements.text
    assert "<script" not in html
    assert any(attributes.get("dir") == "auto" for _, attributes in elements.found)


def test_expected_end_is_told_for_people_and_for_machines(render):
    elements = Elements(render(until=UNTIL))
    assert "22 November 2026, 21:30 UTC" in elements.text
    assert datetime.fromisoformat(elements.all("time")[0]["datetime"]) == UNTIL


def test_without_an_end_the_page_does_not_make_one_up(render):
    elements = Elements(render("A message."))
    assert elements.all("time") == []
    assert "A message." in elements.text


def test_trying_again_means_the_same_address(render):
    links = Elements(render()).all("a")
    assert [link["href"] for link in links] == [""]


def test_direction_follows_the_language(render):
    with translation.override("ar"):
        html = Elements(render()).all("html")[0]
    assert (html["lang"], html["dir"]) == ("ar", "rtl")


def test_page_is_small(render):
    assert len(gzip.compress(render("A message.", UNTIL, SINCE).encode())) < 14 * 1024


def test_style_does_not_depend_on_what_is_told(render):
    def style(html):
        return html[html.index("<style>") : html.index("</style>")]

    assert style(render()) == style(render(HOSTILE, UNTIL, SINCE))


def test_own_page_can_extend_the_base(settings, tmp_path):
    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "maintenance_templates"]
    (tmp_path / "503.html").write_text(
        '{% extends "maintenance/base.html" %}'
        "{% block brand %}<header>Our library</header>{% endblock %}"
        "{% block style %}{{ block.super }} :root { --ink: #102030; }{% endblock %}"
    )
    backend = DjangoTemplates(
        {"NAME": "site", "DIRS": [tmp_path], "APP_DIRS": True, "OPTIONS": {}},
    )
    html = backend.get_template("503.html").render({"maintenance": {"message": "Hello."}})
    assert "<header>Our library</header>" in html
    assert "--ink: #102030" in html
    assert "Hello." in html
