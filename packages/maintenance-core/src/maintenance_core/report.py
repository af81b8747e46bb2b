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
    yield from _describe_active(status.active, zone)
    yield from _describe_all("Planned:", status.planned, zone)
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
    elif active:
        yield "Maintenance is planned; it is on now as well."
    else:
        yield "Maintenance is planned."
    yield from _describe_active(active, zone)
    yield from _describe_all("Planned:", update.after.planned(now), zone)
    yield from _describe_store(update, location)


def describe_off(
    update: Update, location: str, now: datetime, zone: tzinfo | None
) -> Iterator[str]:
    """What ``off`` has done."""
    if update.changed:
        yield "Maintenance is off."
    else:
        yield "Maintenance was off already; nothing was changed."
    left = update.after.planned(now)
    dropped = tuple(window for window in update.before.planned(now) if window not in left)
    if update.changed:
        yield from _describe_all("Ended:", update.before.active(now), zone)
    yield from _describe_all("Dropped:", dropped, zone)
    yield from _describe_all("Planned:", left, zone)
    yield from _describe_store(update, location)


def _describe_active(windows: tuple[Window, ...], zone: tzinfo | None) -> Iterator[str]:
    for window in windows:
        yield f"  {_describe(window, zone)}"
    if len(windows) > 1:
        ends = [window.end for window in windows if window.end is not None]
        until = show(max(ends), zone) if len(ends) == len(windows) else "it is switched off"
        yield f"All of these count: the site stays in maintenance until {until}."


def _describe_all(heading: str, windows: tuple[Window, ...], zone: tzinfo | None) -> Iterator[str]:
    if windows:
        yield heading
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
    if window.end is None:
        parts.append("until it is switched off")
    else:
        parts.append(f"until {show(window.end, zone)}")
    if window.lease is not None:
        parts.append("or as long as a program holds it")
    if window.created_by:
        parts.append(f"by {window.created_by}")
    line = " ".join(parts)
    for label, text in (("message", window.message), ("reason", window.reason)):
        if text:
            line += f"\n    {label}: {' '.join(text.split())}"
    return line
