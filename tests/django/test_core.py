"""Asking and switching from code."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ImproperlyConfigured

from maintenance_core import InvalidInput, StoreError, switch_on
from maintenance_django.core import get_maintenance_mode, set_maintenance_mode

SOON = datetime(2099, 11, 22, 21, 0, tzinfo=UTC)
LATER = SOON + timedelta(hours=1)


def windows(store):
    return store.read().state.windows


def test_mode_is_off_at_first_and_asking_creates_nothing(state_path):
    assert get_maintenance_mode() is False
    assert list(state_path.parent.iterdir()) == []


def test_mode_is_what_was_set_last(store):
    for value in (True, False, False, True, True):
        set_maintenance_mode(value)
        assert get_maintenance_mode() is value
    assert len(windows(store)) == 1


def test_who_has_set_it_is_written_down(store):
    set_maintenance_mode(True)
    assert "@" in windows(store)[0].created_by


def test_window_with_a_start_is_planned(store):
    set_maintenance_mode(True, start=SOON, end=LATER)
    assert get_maintenance_mode() is False
    assert [(window.start, window.end) for window in windows(store)] == [(SOON, LATER)]


@pytest.mark.parametrize("value", [True, False])
def test_nothing_stays_active_or_planned(store, value):
    now = datetime.now(UTC)
    switch_on(store, now=now, message="active")
    switch_on(store, now=now, start=SOON)
    set_maintenance_mode(value)
    assert len(windows(store)) == value
    assert all(window.message == "" for window in windows(store))


@pytest.mark.parametrize(
    "end", [LATER, LATER.isoformat(), LATER.astimezone(ZoneInfo("Asia/Tokyo"))]
)
def test_time_can_be_given_as_a_datetime_or_a_text(store, end):
    set_maintenance_mode(True, end=end)
    assert windows(store)[0].end == LATER


@pytest.mark.parametrize("end", [datetime(2099, 7, 1, 12), "2099-07-01T12:00"])  # noqa: DTZ001
def test_time_without_a_zone_is_in_the_projects(store, settings, end):
    settings.TIME_ZONE = "Asia/Tokyo"
    set_maintenance_mode(True, end=end)
    assert windows(store)[0].end == datetime(2099, 7, 1, 3, tzinfo=UTC)


@pytest.mark.parametrize("value", [1, 0, None, "on", "False", [], object()])
def test_value_that_is_no_boolean_is_refused(state_path, value):
    with pytest.raises(TypeError, match="give True or False"):
        set_maintenance_mode(value)
    assert not state_path.exists()


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [
        (None, "2020-01-01T00:00:00Z", "end"),
        (LATER, SOON, "end"),
        (SOON, SOON, "end"),
        ("tomorrow", None, "start"),
        (None, "2099-02-30T10:00", "end"),
        (None, "", "end"),
        (None, "2099-99-99", "end"),
    ],
)
def test_time_that_makes_no_sense_is_refused_by_its_name(state_path, start, end, field):
    with pytest.raises(InvalidInput) as error:
        set_maintenance_mode(True, start=start, end=end)
    assert isinstance(error.value, ValueError)
    assert error.value.field == field
    assert str(error.value).startswith(f"{field}: ")
    assert list(state_path.parent.iterdir()) == []


@pytest.mark.parametrize("end", [5, date(2099, 1, 1), timedelta(1), b"2099-01-01T00:00"])
def test_time_of_another_type_is_refused_by_its_name(end):
    with pytest.raises(TypeError, match=r"^end: .* is not a datetime\.$"):
        set_maintenance_mode(True, end=end)


@pytest.mark.parametrize("times", [{"start": SOON}, {"end": SOON}, {"start": SOON, "end": LATER}])
def test_off_with_a_time_is_refused(on, times):
    with pytest.raises(ValueError, match="only for the value True"):
        set_maintenance_mode(False, **times)
    assert get_maintenance_mode() is True


@pytest.mark.parametrize("value", [True, False])
def test_last_write_wins_over_parts_and_a_site_that_is_read_only(store, client, value):
    switch_on(store, paths=["/down"], message="part")
    switch_on(store, mode="read-only", message="read-only")
    set_maintenance_mode(value)
    assert [window.message for window in windows(store)] == [""] * value
    assert client.post("/down/").status_code == (503 if value else 200)


@pytest.mark.parametrize("value", [True, False])
def test_switch_that_is_not_in_the_journal_is_done_and_logged(store, state_path, log, value):
    set_maintenance_mode(not value)
    journal = state_path.with_name("state.json.journal")
    journal.unlink(missing_ok=True)
    journal.mkdir()
    set_maintenance_mode(value)
    assert get_maintenance_mode() is value
    sentence = f"The journal does not have this switch: {journal}: it is not a regular file;"
    assert log()[-1].startswith(sentence)


@pytest.mark.parametrize("mode", [True, False])
def test_setting_outranks_the_state_and_switching_is_refused(store, settings, mode):
    set_maintenance_mode(not mode)
    before = store.read().state
    settings.MAINTENANCE_MODE = mode
    assert get_maintenance_mode() is mode
    with pytest.raises(ImproperlyConfigured, match=f"^The setting MAINTENANCE_MODE = {mode} "):
        set_maintenance_mode(mode)
    assert store.read().state == before


def test_state_in_a_missing_directory_is_an_error_in_one_sentence(settings, tmp_path):
    settings.MAINTENANCE_MODE_STATE_FILE_PATH = tmp_path / "missing/state.json"
    with pytest.raises(StoreError, match="there is no directory"):
        set_maintenance_mode(True)
    assert isinstance(StoreError("place", "reason"), OSError)
    assert get_maintenance_mode() is False


def test_location_of_an_unknown_kind_is_an_error_in_one_sentence(settings):
    settings.MAINTENANCE_MODE_STATE_FILE_PATH = "ftp://host/state"
    with pytest.raises(ImproperlyConfigured, match=r"^ftp://host/state: .* not known here"):
        set_maintenance_mode(True)
    assert get_maintenance_mode() is False
    settings.MAINTENANCE_MODE_STATE_BACKEND_FALLBACK_VALUE = True
    assert get_maintenance_mode() is True


@pytest.mark.parametrize(
    ("contents", "expected"),
    [
        ("0", False),
        ("1", True),
        ("1\n", True),
        ('{"start": "2020-01-01T00:00:00+00:00", "end": null}', True),
        ('{"start": null, "end": "2020-01-01T00:00:00+00:00"}', False),
        ('{"start": null, "end": "2099-01-01T00:00:00+00:00"}', True),
        ('{"start": "2099-01-01T00:00:00+00:00", "end": null}', False),
    ],
)
def test_contents_of_django_maintenance_mode_are_understood(
    state_path, client, contents, expected
):
    state_path.write_text(contents)
    assert get_maintenance_mode() is expected
    assert client.get("/").status_code == (503 if expected else 200)
    assert state_path.read_text() == contents
    set_maintenance_mode(not expected)
    assert get_maintenance_mode() is not expected
