"""What templates are told."""

from datetime import UTC, datetime, timedelta

import pytest
from django.shortcuts import render
from django.utils import timezone

from maintenance_core import switch_on
from maintenance_django.context_processors import maintenance_mode
from maintenance_django.core import set_maintenance_mode

HOUR = timedelta(hours=1)


@pytest.fixture
def told(rf):
    return lambda path="/": maintenance_mode(rf.get(path))


def test_off_there_is_nothing_to_tell(told):
    context = told()
    maintenance = context["maintenance"]
    assert context["maintenance_mode"] is False
    assert (maintenance.on, maintenance.phase, maintenance.message) == (False, "off", "")
    assert (maintenance.window, maintenance.next, maintenance.announced) == (None, None, None)
    assert (maintenance.since, maintenance.until) == (None, None)


def test_on_the_window_and_the_next_one_are_told(told, store):
    now = datetime.now(UTC).replace(microsecond=0)
    switch_on(store, now=now, end=now + HOUR, message="Soon.")
    switch_on(store, now=now, start=now + 3 * HOUR, message="third")
    switch_on(store, now=now, start=now + 2 * HOUR, message="second")
    context = told()
    maintenance = context["maintenance"]
    assert context["maintenance_mode"] is True
    assert (maintenance.on, maintenance.phase, maintenance.message) == (True, "on", "Soon.")
    assert (maintenance.since, maintenance.until) == (now, now + HOUR)
    assert maintenance.window.message == "Soon."
    assert maintenance.next.message == "second"


def test_open_page_is_not_told_the_words_for_a_part_that_is_closed(told, store):
    switch_on(store, paths=["/down"], message="Not for you.")
    context = told()
    maintenance = context["maintenance"]
    assert context["maintenance_mode"] is False
    assert (maintenance.on, maintenance.phase, maintenance.message) == (False, "on", "")
    assert (maintenance.window, maintenance.since, maintenance.until) == (None, None, None)


def test_who_is_exempt_in_a_closed_part_is_told_its_words(told, store):
    now = datetime.now(UTC)
    end = now + HOUR
    switch_on(store, paths=["/down"], end=end, message="For you.")
    context = told("/down/deeper/")
    maintenance = context["maintenance"]
    assert context["maintenance_mode"] is False
    assert (maintenance.on, maintenance.phase, maintenance.message) == (False, "on", "For you.")
    assert (maintenance.window.paths, maintenance.until) == (("/down",), end)


def test_page_of_a_closed_part_is_found_under_a_prefix(rf, store):
    switch_on(store, paths=["/down"], message="For you.")
    request = rf.get("/down/", SCRIPT_NAME="/app")
    assert maintenance_mode(request)["maintenance"].message == "For you."


@pytest.mark.parametrize(("mode", "value"), [("block", True), ("read-only", False)])
def test_only_a_site_that_is_blocked_is_in_maintenance_mode(told, store, mode, value):
    switch_on(store, mode=mode)
    context = told()
    assert context["maintenance_mode"] is context["maintenance"].on is value
    assert context["maintenance"].window.mode == mode


@pytest.mark.parametrize("use_tz", [True, False])
def test_times_are_in_the_current_zone(told, settings, use_tz):
    settings.USE_TZ = use_tz
    set_maintenance_mode(True, end="2099-07-01T12:00Z")
    with timezone.override("Asia/Tokyo"):
        assert told()["maintenance"].until.isoformat() == "2099-07-01T21:00:00+09:00"


def test_start_that_nobody_wrote_down_is_not_told(told, state_path):
    state_path.write_text("1")
    assert told()["maintenance"].since is None


@pytest.mark.parametrize("mode", [True, False])
def test_setting_is_told(told, settings, mode):
    settings.MAINTENANCE_MODE = mode
    context = told()
    assert context["maintenance_mode"] is mode
    assert context["maintenance"].on is mode


def test_processor_can_be_used_in_a_page_of_an_exempt_visitor(on, rf, templates):
    templates("banner.html", "{{ maintenance_mode }}")
    assert render(rf.get("/"), "banner.html").content == b"True"
