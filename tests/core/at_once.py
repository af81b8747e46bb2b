"""What is done and seen at this moment, for tests of what runs while the clock does."""

from datetime import UTC, datetime

from maintenance_core import switch_off, switch_on


def now():
    return datetime.now(UTC)


def phase(store):
    return store.read().state.phase(now())


def on(store, **fields):
    return switch_on(store, now=now(), **fields)


def off(store, **fields):
    return switch_off(store, now=now(), **fields)
