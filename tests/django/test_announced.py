"""What visitors are told before maintenance begins, while the site is open."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from django.shortcuts import render

from maintenance_core import Recurrence, State, switch_on
from maintenance_django.context_processors import maintenance_mode
from maintenance_django.core import get_maintenance_mode

HOUR = timedelta(hours=1)
BANNER = (
    "{{ maintenance.phase }}{% if maintenance.announced %}: {{ maintenance.announced.message }} "
    "{{ maintenance.announced.start|date:'H:i T' }} to "
    "{{ maintenance.announced.end|date:'H:i T' }} {{ maintenance.announced.mode }} "
    "{{ maintenance.announced.paths|join:' ' }}{% endif %}"
)


@pytest.fixture
def plan(store):
    """Plan a window: ``plan(2 * HOUR, announce=3 * HOUR)`` begins in two hours."""

    def plan(wait, **options):
        now = datetime.now(UTC)
        update = switch_on(store, start=now + wait, end=now + wait + HOUR, **options)
        return update.opened[0]

    return plan


@pytest.fixture
def banner(rf, templates):
    """What a page of the site says of maintenance."""
    templates("banner.html", BANNER)
    return lambda path="/": render(rf.get(path), "banner.html").content.decode()


@pytest.fixture
def told(rf):
    return lambda: maintenance_mode(rf.get("/"))["maintenance"]


def test_window_that_is_announced_is_told_while_the_site_is_open(plan, client, banner):
    window = plan(2 * HOUR, announce=3 * HOUR, message="New disks.", mode="read-only")
    assert client.get("/").status_code == client.post("/").status_code == 200
    assert get_maintenance_mode() is False
    times = f"{window.start:%H:%M} UTC to {window.end:%H:%M} UTC"
    assert banner() == f"announced: New disks. {times} read-only /"


def test_times_of_the_banner_are_in_the_current_zone(plan, banner, settings):
    settings.TIME_ZONE = "Asia/Tokyo"
    window = plan(2 * HOUR, announce=3 * HOUR)
    assert f"{window.start + 9 * HOUR:%H:%M} JST to" in banner()


def test_window_that_is_not_announced_yet_is_not_told(plan, banner, told):
    window = plan(4 * HOUR, announce=3 * HOUR)
    assert banner() == "off"
    assert told().announced is None
    assert told().next == window


def test_window_that_nobody_is_to_be_told_of_is_not_told(plan, told):
    secret = plan(HOUR)
    public = plan(2 * HOUR, announce=3 * HOUR)
    assert (told().next, told().announced) == (secret, public)


def test_first_of_several_is_told(plan, told):
    plan(3 * HOUR, announce=24 * HOUR)
    first = plan(2 * HOUR, announce=24 * HOUR)
    assert told().announced == first


def test_recurring_window_is_told_with_the_times_of_its_next_run(store, told):
    start = datetime.now(UTC).replace(second=0, microsecond=0) + HOUR
    daily = Recurrence(cron=f"{start.minute} {start.hour} * * *", duration=600, zone="UTC")
    switch_on(store, recurrence=daily, announce=2 * HOUR, message="As always.")
    announced = told().announced
    assert (announced.message, announced.recurrence) == ("As always.", None)
    assert (announced.start, announced.end) == (start, start + timedelta(seconds=600))


def test_words_of_the_announcement_are_not_those_of_now(plan, told):
    plan(2 * HOUR, announce=3 * HOUR, message="Later.")
    assert (told().on, told().window, told().message) == (False, None, "")
    assert (told().since, told().until) == (None, None)


def test_announcement_is_told_also_while_a_part_is_closed(plan, store, client, banner):
    switch_on(store, paths=["/down"], message="Now.")
    plan(2 * HOUR, announce=3 * HOUR, message="Later.")
    for path in ("/", "/down/"):
        assert banner(path).startswith("on: Later. ")
    assert client.get("/").status_code == 200


def test_kept_page_of_a_closed_part_tells_of_what_is_announced_later(
    plan, store, client, templates
):
    templates(
        "maintenance/503.html", "{{ maintenance.message }} {{ maintenance.announced.message }}"
    )
    switch_on(store, paths=["/down"], message="Now.")
    plan(2 * HOUR, message="secret")
    assert client.get("/down/").content == b"Now. "
    plan(3 * HOUR, announce=24 * HOUR, message="Later.")
    assert client.get("/down/").content == b"Now. Later."


def test_what_comes_is_looked_up_once_and_not_for_each_page(plan, banner, monkeypatch):
    later = time.time_ns() + 3600 * 10**9
    plan(24 * HOUR, announce=48 * HOUR)
    # The file is old enough for its time stamps to be trusted.
    monkeypatch.setattr(time, "time_ns", lambda: later)
    first = banner()
    looked = []
    for name in ("planned", "announced"):
        monkeypatch.setattr(State, name, lambda *args, name=name: looked.append(name))
    assert {banner(), banner()} == {first}
    assert looked == []
