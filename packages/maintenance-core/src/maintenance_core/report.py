"""What a state and a change mean, in words and as data, the same for every command."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, Literal

import msgspec

from maintenance_core.state import State, Window
from maintenance_core.stores.base import Store, Update
from maintenance_core.when import show

__all__ = [
    "Status",
    "describe_off",
    "describe_on",
    "describe_status",
    "read_status",
    "update_as_data",
]


@dataclass(frozen=True, slots=True)
class Status:
    """The state of a site at one moment.

    ``value`` is ``unknown`` if the store holds no state that could be read; ``problem`` says why.
    """

    value: Literal["on", "off", "unknown"]
    location: str
    problem: str | None
    revision: int | None
    active: tuple[Window, ...]
    planned: tuple[Window, ...]

    @classmethod
    def of_state(cls, state: State, location: str, now: datetime) -> "Status":
        """The status of a site whose store holds ``state``."""
        return cls(
            value=state.phase(now),
            location=location,
            problem=None,
            revision=state.revision,
            active=state.active(now),
            planned=state.planned(now),
        )

    def as_data(self) -> dict[str, Any]:
        """The documented JSON of ``status``."""
        return {
            "status": self.value,
            "state": self.location,
            "problem": self.problem,
            "revision": self.revision,
            "active": [msgspec.to_builtins(window) for window in self.active],
            "planned": [msgspec.to_builtins(window) for window in self.planned],
        }


def read_status(store: Store, now: datetime) -> Status:
    """The status of ``store`` at ``now``. Never raises."""
    reading = store.read()
    if reading.state is None:
        return Status("unknown", store.location, str(reading.problem), None, (), ())
    return Status.of_state(reading.state, store.location, now)


def update_as_data(update: Update, location: str, now: datetime) -> dict[str, Any]:
    """The documented JSON of ``on`` and ``off``: what was done, and the status after it."""
    return {
        "changed": update.changed,
        "kept": update.kept,
        **Status.of_state(update.after, location, now).as_data(),
    }


def describe_status(status: Status, zone: tzinfo | None) -> Iterator[str]:
    """Lines for people; times in ``zone`` (None: the system's)."""
    if status.problem is not None:
        yield f"Maintenance is unknown: {status.location}: {status.problem}"
        yield "Until then the site stays as it was read last."
        return
    yield f"Maintenance is {status.value}."
    for window in status.active:
        yield f"  {_describe(window, zone)}"
    yield from _describe_planned(status.planned, zone)
    yield f"State: {status.location}"


def describe_on(
    update: Update, location: str, now: datetime, zone: tzinfo | None
) -> Iterator[str]:
    """What ``on`` has done."""
    before, active = update.before.active(now), update.after.active(now)
    if not update.changed:
        yield "This was switched on or planned already; nothing was changed."
    elif set(active) - set(before):
        yield "Maintenance is on."
    else:
        yield "Maintenance is planned."
    for window in active:
        yield f"  {_describe(window, zone)}"
    if len(active) > 1:
        last = update.after.deciding(now)
        end = None if last is None else last.until
        until = "it is switched off" if end is None else show(end, zone)
        yield f"All of these count: the site stays in maintenance until {until}."
    yield from _describe_planned(update.after.planned(now), zone)
    yield from _describe_store(update, location)


def describe_off(
    update: Update, location: str, now: datetime, zone: tzinfo | None
) -> Iterator[str]:
    """What ``off`` has done."""
    if update.changed:
        yield "Maintenance is off."
    else:
        yield "Maintenance was off already; nothing was changed."
    kept = {window.id for window in update.after.windows}
    gone = [
        window
        for window in update.before.windows
        if window.id not in kept and not window.is_over(now)
    ]
    if gone:
        yield "Ended:"
    for window in gone:
        yield f"  {_describe(window, zone)}"
    yield from _describe_planned(update.after.planned(now), zone)
    yield from _describe_store(update, location)


def _describe_planned(windows: tuple[Window, ...], zone: tzinfo | None) -> Iterator[str]:
    if windows:
        yield "Planned:"
    for window in windows:
        yield f"  {_describe(window, zone)}"


def _describe_store(update: Update, location: str) -> Iterator[str]:
    if update.kept is not None:
        yield f"What was there was not a state; it is kept as {update.kept}"
    yield f"State: {location}"


def _describe(window: Window, zone: tzinfo | None) -> str:
    parts = [window.id]
    if window.since is not None:
        parts.append(f"from {show(window.since, zone)}")
    if window.lease is not None:
        parts.append("for as long as a program holds it")
    elif window.end is None:
        parts.append("until it is switched off")
    else:
        parts.append(f"until {show(window.end, zone)}")
    if window.created_by:
        parts.append(f"by {window.created_by}")
    line = " ".join(parts)
    for label, text in (("message", window.message), ("reason", window.reason)):
        if text:
            line += f"\n    {label}: {' '.join(text.split())}"
    return line
