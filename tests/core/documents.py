"""Stored documents with windows of all kinds, and arbitrary ones."""

from datetime import UTC, timedelta, timezone

from hypothesis import strategies as st

from maintenance_core import State
from maintenance_core.bypass import Bypass
from maintenance_core.recurrence import Recurrence
from maintenance_core.values import MAX_COUNT, MAX_SECONDS
from maintenance_core.window import Window
from tests.core.helpers import HOUR, NOW, planned, window

SERIES = Recurrence(cron="30 2 * * SUN", duration=5400, zone="Europe/Berlin")
BYPASS = Bypass(digest="5e" * 32, expires=NOW + HOUR)

EVERYTHING = State(
    revision=17,
    windows=(
        window(end=NOW + HOUR, message="Zurück um 9 ☕\n\tja", created_by="anna@web1"),
        window(id="rec", recurrence=SERIES, announce=86400, reason="backup"),
        window(id="part", mode="read-only", paths=("/shop", "/blog/ü"), retry_after=60),
        window(id="held", end=NOW + HOUR, lease=600),
        planned(end=NOW + 2 * HOUR),
    ),
    bypass=BYPASS,
)
"""A state with something in every field."""

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
ZONES = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(timezones=st.just(UTC) | ZONES)
SECONDS = st.integers(0, MAX_SECONDS)
CRONS = ["* * * * *", "30 2 * * SUN", "0 0 29 2 *", "*/7 1-5 1,15 JAN-MAR 1-5", "0 3 L * *"]

SERIES_OF_ALL_KINDS = st.builds(
    Recurrence,
    cron=st.sampled_from(CRONS),
    duration=st.integers(1, MAX_SECONDS),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]),
)
WINDOWS = st.builds(
    Window,
    id=TEXT,
    mode=st.sampled_from(["block", "read-only"]),
    start=MOMENTS,
    end=st.none() | MOMENTS,
    recurrence=st.none() | SERIES_OF_ALL_KINDS,
    paths=st.lists(TEXT.map(lambda text: "/" + text), min_size=1, max_size=3).map(tuple),
    message=TEXT,
    reason=TEXT,
    retry_after=st.none() | SECONDS,
    lease=st.none() | SECONDS,
    announce=SECONDS,
    created_by=TEXT,
    created_at=MOMENTS,
)
BYPASSES = st.builds(
    Bypass,
    digest=st.text("0123456789abcdef", min_size=64, max_size=64),
    expires=st.none() | MOMENTS,
)
STATES = st.builds(
    State,
    revision=st.integers(0, MAX_COUNT),
    windows=st.lists(WINDOWS, max_size=3).map(tuple),
    bypass=st.none() | BYPASSES,
)
