"""Times and durations as people write them."""

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintenance_core import InvalidInput
from maintenance_core.when import (
    MAX_DURATION,
    as_utc,
    parse_duration,
    parse_time,
    show,
    show_duration,
)
from tests.core.helpers import NOW

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(params=["passed in", "of the system"])
def berlin(request, monkeypatch):
    """The zone of Berlin, as an argument or as the system's own."""
    if request.param == "passed in":
        yield BERLIN
        return
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Europe/Berlin")
        time.tzset()
        yield None
    time.tzset()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90),
        ("30m", 1800),
        ("1h30m", 5400),
        (" 1H 30M ", 5400),
        ("2d", 172_800),
        ("1w", 604_800),
        ("1w2d3h4m5s", 788_645),
        ("3650d", 315_360_000),
        ("007s", 7),
    ],
)
def test_a_duration_is_numbers_with_units(text, seconds):
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "5",
        "5x",
        "m",
        "-5m",
        "1.5h",
        "1m1h",
        "5m5m",
        "५m",
        "1h\x00",
        "\udcff",
        "x" * 10**6,
    ],
)
def test_no_duration_is_refused(text):
    with pytest.raises(InvalidInput, match=r"^lease: .* is not a duration; write 90s") as refused:
        parse_duration(text, "lease")
    assert refused.value.field == "lease"
    assert len(str(refused.value)) < 150


@pytest.mark.parametrize("text", ["0s", "0w0d", "3651d", "9" * 20 + "w", "9" * 5000 + "s"])
def test_a_duration_of_nothing_or_of_ages_is_refused(text):
    with pytest.raises(InvalidInput, match=r"^duration: .* between one second and ten years"):
        parse_duration(text)


@given(st.integers(1, int(MAX_DURATION.total_seconds())))
def test_a_duration_written_in_any_way_comes_back(seconds):
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3600)
    minutes, left = divmod(rest, 60)
    expected = timedelta(seconds=seconds)
    assert parse_duration(f"{seconds}s") == expected
    assert parse_duration(f"{days}d{hours}h{minutes}m{left}s") == expected
    assert parse_duration(f"{days // 7}w {days % 7}d {hours}h {minutes}m {left}s") == expected


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-22T21:00",
        "2026-11-22 21:00",
        " 20261122T2100 ",
        "2026-11-22T20:00Z",
        "2026-11-22T12:00-08:00",
    ],
)
def test_a_time_without_a_zone_is_read_in_the_zone_given(text, berlin):
    moment = parse_time(text, NOW, berlin)
    assert moment == datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
    assert moment.tzinfo is UTC


def test_a_clock_time_is_the_next_one(berlin):
    assert parse_time("21:00", NOW, berlin) == datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
    assert parse_time("9:05", NOW, berlin) == datetime(2026, 11, 23, 8, 5, tzinfo=UTC)
    assert parse_time("13:00", NOW, berlin) == NOW + timedelta(days=1)


@pytest.mark.parametrize(
    ("now", "text", "zone", "expected"),
    [
        ("2026-11-22T23:30Z", "00:15", "Europe/Berlin", "2026-11-23T23:15Z"),
        ("2026-11-22T23:30Z", "00:45", "Europe/Berlin", "2026-11-22T23:45Z"),
        ("2026-11-23T02:00Z", "20:00", "America/Los_Angeles", "2026-11-23T04:00Z"),
    ],
)
def test_today_is_the_day_of_the_zone_also_around_midnight(now, text, zone, expected):
    found = parse_time(text, datetime.fromisoformat(now), ZoneInfo(zone))
    assert found == datetime.fromisoformat(expected)


@pytest.mark.parametrize(
    "text",
    ["", "soon", "25:00", "12:60", "1:2", "2026-02-30T10:00", "2026-11-22T25:00",
     "0000-01-01T00:00", "2026-11-22T10:00+25:00", "\udcff", "a\x00", "x" * 10**6],
)  # fmt: skip
def test_no_time_is_refused(text):
    with pytest.raises(InvalidInput, match=r"^until: .* is not a time; write 2026") as refused:
        parse_time(text, NOW, UTC, "until")
    assert refused.value.field == "until"
    assert len(str(refused.value)) < 200


def test_a_date_alone_is_refused_with_what_to_write():
    with pytest.raises(InvalidInput, match="no time of day; write 2026-11-22T06:00, say"):
        parse_time("2026-11-22", NOW, UTC)


def test_a_local_time_that_the_clocks_skip_is_refused(berlin):
    with pytest.raises(InvalidInput, match="does not exist, the clocks skip it; give another"):
        parse_time("2026-03-29T02:30", NOW, berlin)


def test_a_local_time_that_happens_twice_is_refused(berlin):
    with pytest.raises(InvalidInput, match="happens twice, the clocks change; write 2026-10-25T0"):
        parse_time("2026-10-25T02:30", NOW, berlin)
    assert parse_time("2026-10-25T02:30+01:00", NOW, berlin).hour == 1


def test_both_times_that_the_sentence_says_to_write_are_accepted(berlin):
    with pytest.raises(InvalidInput) as refused:
        parse_time("2026-10-25T02:30", NOW, berlin)
    choice = str(refused.value).rpartition("write ")[2].rstrip(".").split(" or ")
    assert choice == ["2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"]
    assert [parse_time(written, NOW, berlin) for written in choice] == [
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    ]


def test_the_next_clock_time_is_tomorrow_once_the_change_of_the_clocks_is_past(berlin):
    evening = datetime(2026, 3, 29, 20, 0, tzinfo=UTC)
    assert parse_time("02:30", evening, berlin) == datetime(2026, 3, 30, 0, 30, tzinfo=UTC)
    evening = datetime(2026, 10, 25, 20, 0, tzinfo=UTC)
    assert parse_time("02:30", evening, berlin) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


def test_a_clock_time_that_comes_again_today_is_refused(berlin):
    between = datetime(2026, 10, 25, 0, 45, tzinfo=UTC)  # 02:45, for the first time
    with pytest.raises(InvalidInput, match="happens twice"):
        parse_time("02:30", between, berlin)


@pytest.mark.parametrize("text", ["0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00"])
def test_a_time_outside_the_calendar_is_refused(text):
    with pytest.raises(InvalidInput, match=r"^start: .* outside the calendar"):
        parse_time(text, NOW, UTC, "start")


def test_a_naive_time_outside_the_calendar_is_refused():
    moment = datetime(9999, 12, 31, 23, 0)  # noqa: DTZ001
    with pytest.raises(InvalidInput, match=r"^end: .* outside the calendar"):
        as_utc(moment, ZoneInfo("America/Los_Angeles"), "end")


def test_a_moment_is_shown_in_the_zone_of_the_reader(berlin):
    assert show(NOW, berlin) == "2026-11-22 13:00 CET"
    assert show(NOW, UTC) == "2026-11-22 12:00 UTC"


@pytest.mark.parametrize("moment", ["0001-01-01T00:00Z", "9999-12-31T23:59Z"])
def test_a_moment_that_the_zone_has_no_name_for_is_shown_all_the_same(moment):
    moment = datetime.fromisoformat(moment)
    zones = (BERLIN, ZoneInfo("America/Los_Angeles"), None)
    assert all(str(moment.year) in show(moment, zone) for zone in zones)


@pytest.mark.parametrize("text", ["1s", "59s", "30m", "1h30m", "2d", "1w", "2w3d4h5m6s"])
def test_a_duration_is_shown_as_it_is_written(text):
    assert show_duration(parse_duration(text)) == text


def test_no_duration_is_shown_as_no_seconds():
    assert show_duration(timedelta(0)) == "0s"
