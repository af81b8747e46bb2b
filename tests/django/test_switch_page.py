"""What the page of the switch says before it is pressed."""

import re
from datetime import datetime

import pytest

from maintenance_core import Actor, switch_on

ON, OFF = "/maintenance/on/", "/maintenance/off/"


def test_active_window_is_shown(root, store):
    ann = Actor("ann", "web1", 1, "test")
    switch_on(store, message="<b>Bold.</b>", reason="why", by=ann)
    page = root.get(OFF).content.decode()
    assert "&lt;b&gt;Bold.&lt;/b&gt;" in page
    assert "why" in page
    assert "ann@web1" in page


STATES = [
    ({}, "Maintenance is already on.", "Maintenance is on."),
    ({"mode": "read-only"}, *["Maintenance is on: the site is read-only."] * 2),
    ({"paths": ["/down"]}, *["Maintenance is on for a part of the site."] * 2),
    (
        {"paths": ["/down"], "mode": "read-only"},
        *["Maintenance is on for a part of the site."] * 2,
    ),
    ({"start": "2099-01-01T00:00Z"}, "Maintenance is off.", "Maintenance is already off."),
]


@pytest.mark.parametrize(("window", "on", "off"), STATES)
def test_page_says_what_is_on_before_it_asks(root, store, window, on, off):
    start = window.get("start")
    switch_on(store, **window | {"start": start and datetime.fromisoformat(start)})
    for url, sentence in ((ON, on), (OFF, off)):
        page = root.get(url).content.decode()
        said = re.search(r'<p class="state( is-on)?">(.*?)</p>', page)
        assert said[2] == sentence
        assert (said[1] is None) is (start is not None)


def test_page_says_where_and_how_each_window_interrupts(root, store):
    switch_on(store, paths=["/<b>", "/down"], mode="read-only")
    page = root.get(OFF).content.decode()
    assert "<dt>Where</dt>\n          <dd><bdi>/&lt;b&gt; /down</bdi></dd>" in page
    assert "<dd>Read-only</dd>" in page
    switch_on(store)
    page = root.get(OFF).content.decode()
    assert (page.count("<li>"), page.count("<dt>Where"), page.count("<dt>How")) == (2, 1, 1)


def test_start_that_nobody_wrote_down_is_not_shown(root, state_path):
    state_path.write_text("1")
    page = root.get(OFF).content.decode()
    assert "<dt>Until</dt>" in page
    assert "<dt>Since</dt>" not in page


def test_problem_of_the_state_is_shown_before_the_switch(root, state_path):
    state_path.write_text("{")
    response = root.get(ON)
    assert response.status_code == 200
    assert b"it is not JSON, nor 0 or 1" in response.content


def test_setting_that_outranks_the_switch_is_told_before_it_is_pressed(
    client, superuser, settings
):
    settings.MAINTENANCE_MODE = True
    client.force_login(superuser)
    page = client.get("/maintenance/off/").content.decode()
    assert "The setting MAINTENANCE_MODE = True outranks any switch" in page
