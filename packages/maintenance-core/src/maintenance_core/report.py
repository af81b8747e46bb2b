"""What a state and a change mean, in words and as data, the same for every command."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Literal

import msgspec

from maintenance_core.bypass import Bypass
from maintenance_core.state import Phase, State
from maintenance_core.stores.base import Store, Update
from maintenance_core.values import printable
from maintenance_core.when import show, show_duration
from maintenance_core.window import Window

__all__ = [
    "Status",
    "describe_off",
    "describe_on",
    "describe_repair",
    "describe_status",
    "read_status",
    "update_as_data",
]


@dataclass(frozen=True, slots=True)
class Status:
    """The state of a site at one moment.

    ``value`` is ``unknown`` if the store holds no state that could be read; ``problem`` says why.
    ``active`` and ``planned`` are runs; ``recurring`` are the windows that those come from.
    """

    value: Literal["on", "off", "unknown"]
    location: str
    problem: str | None
    revision: int | None = None
    phase: Phase | None = None
    active: tuple[Window, ...] = ()
    planned: tuple[Window, ...] = ()
    recurring: tuple[Window, ...] = ()
    bypass: Bypass | None = None

    @classmethod
    def of_state(cls, state: State, location: str, now: datetime) -> "Status":
        """The status of a site whose store holds ``state``."""
        bypass = state.bypass
        return cls(
            value="on" if state.active(now) else "off",
            location=location,
            problem=None,
            revision=state.revision,
            phase=state.phase(now),
            active=state.active(now),
            planned=state.planned(now),
            recurring=tuple(window for window in state.windows if window.recurrence is not None),
            bypass=None if bypass is None or bypass.is_over(now) else bypass,
        )

    def as_data(self) -> dict[str, Any]:
        """The documented JSON of ``status``. It does not have the digest of the bypass."""
        return {
            "status": self.value,
            "state": self.location,
            "problem": self.problem,
            "revision": self.revision,
            "phase": self.phase,
            "active": msgspec.to_builtins(self.active),
            "planned": msgspec.to_builtins(self.planned),
            "recurring": msgspec.to_builtins(self.recurring),
            "bypass": self.bypass and {"expires": msgspec.to_builtins(self.bypass.expires)},
        }


def read_status(store: Store, now: datetime | None = None) -> Status:
    """The status of ``store`` at ``now`` (None: the time of the call). Never raises."""
    now = datetime.now(UTC) if now is None else now
    reading = store.read()
    if reading.state is None:
        return Status("unknown", store.location, str(reading.problem))
    return Status.of_state(reading.state, store.location, now)


def update_as_data(update: Update, location: str, now: datetime) -> dict[str, Any]:
    """The documented JSON of ``on`` and ``off``: what was done, and the status after it."""
    return {
        "changed": update.changed,
        "kept": update.kept,
        "unrecorded": update.unrecorded,
        **Status.of_state(update.after, location, now).as_data(),
    }


def describe_status(status: Status, zone: tzinfo | None) -> Iterator[str]:
    """Lines for people; times in ``zone`` (None: the system's)."""
    if status.problem is not None:
        yield f"Maintenance is unknown: {status.location}: {status.problem}"
        yield "Until then the site stays as it was read last."
        return
    yield _headline(status)
    yield from _describe_active(status.active, zone)
    yield from _describe_all("Planned:", status.planned, zone)
    yield from _describe_series("Recurring:", status.recurring)
    if status.bypass is not None:
        end = status.bypass.expires
        until = show(end, zone) if end else "it is revoked"
        yield f"Whoever has the bypass link comes in until {until}."
    yield f"State: {status.location}"


def describe_on(
    update: Update, location: str, now: datetime, zone: tzinfo | None
) -> Iterator[str]:
    """What ``on`` has done."""
    status = Status.of_state(update.after, location, now)
    if not update.changed:
        yield "This was switched on or planned already; nothing was changed."
    elif set(status.active) - set(update.before.active(now)):
        yield _headline(status)
    elif status.active:
        yield "Maintenance is planned; it is on now as well."
    else:
        yield "Maintenance is planned."
    yield from _describe_active(status.active, zone)
    yield from _describe_all("Planned:", status.planned, zone)
    yield from _describe_series("Recurring:", status.recurring)
    yield from _describe_store(update, location)


def describe_off(
    update: Update, location: str, now: datetime, zone: tzinfo | None
) -> Iterator[str]:
    """What ``off`` has done."""
    before, after = (
        Status.of_state(state, location, now) for state in (update.before, update.after)
    )
    if after.active:
        yield "Maintenance stays on."
    elif update.changed:
        yield "Maintenance is off."
    else:
        yield "Maintenance was off already; nothing was changed."
    yield from _describe_active(after.active, zone)
    yield from _describe_all("Ended:", _gone(before.active, after.active), zone)
    yield from _describe_all("Dropped:", _gone(before.planned, after.planned), zone)
    left = {window.id for window in after.recurring}
    gone = tuple(window for window in before.recurring if window.id not in left)
    yield from _describe_series("Dropped with all later runs:", gone)
    yield from _describe_all("Planned:", after.planned, zone)
    yield from _describe_series("Recurring:", after.recurring)
    yield from _describe_store(update, location)


def describe_repair(
    update: Update, location: str, now: datetime, zone: tzinfo | None
) -> Iterator[str]:
    """What ``repair`` has done."""
    if not update.changed:
        yield "The state can be read; nothing was changed."
    yield from describe_status(Status.of_state(update.after, location, now), zone)
    yield from _describe_notes(update)


def _headline(status: Status) -> str:
    if status.phase == "announced":
        return "Maintenance is off; visitors are told of what is planned."
    if not status.active:
        return "Maintenance is off."
    blocking = [window for window in status.active if window.mode == "block"]
    if any(window.is_whole_site for window in blocking):
        return "Maintenance is on."
    if not any(window.is_whole_site for window in status.active):
        return "Maintenance is on for a part of the site."
    also = ", and a part of it is closed" if blocking else ""
    return f"Maintenance is on: the site is read-only{also}."


def _gone(before: tuple[Window, ...], after: tuple[Window, ...]) -> tuple[Window, ...]:
    return tuple(window for window in before if window not in after)


def _describe_active(windows: tuple[Window, ...], zone: tzinfo | None) -> Iterator[str]:
    for window in windows:
        yield f"  {_describe(window, zone)}"
    everywhere = [window for window in windows if window.is_whole_site and window.mode == "block"]
    if len(everywhere) > 1:
        ends = [window.end for window in everywhere if window.end is not None]
        until = show(max(ends), zone) if len(ends) == len(everywhere) else "it is switched off"
        yield f"All of these count: the site stays in maintenance until {until}."


def _describe_all(heading: str, windows: tuple[Window, ...], zone: tzinfo | None) -> Iterator[str]:
    if windows:
        yield heading
    for window in windows:
        yield f"  {_describe(window, zone)}"


def _describe_series(heading: str, windows: tuple[Window, ...]) -> Iterator[str]:
    named = [(each.id, each.recurrence) for each in windows if each.recurrence is not None]
    if named:
        yield heading
    for window_id, series in named:
        yield f"  {window_id} at {series.cron} for {show_duration(series.lasts)} ({series.zone})"


def _describe_store(update: Update, location: str) -> Iterator[str]:
    yield from _describe_notes(update)
    yield f"State: {location}"


def _describe_notes(update: Update) -> Iterator[str]:
    if update.kept is not None:
        yield f"What was there was not a state; it is kept as {update.kept}"
    if update.unrecorded is not None:
        yield f"The journal does not have this: {update.unrecorded}"


def _describe(window: Window, zone: tzinfo | None) -> str:
    parts = [window.id]
    if window.mode != "block":
        parts.append(f"({window.mode})")
    if not window.is_whole_site:
        parts.append(f"for {', '.join(window.paths)}")
    if window.since is not None:
        parts.append(f"from {show(window.since, zone)}")
    if window.end is None:
        parts.append("until it is switched off")
    else:
        parts.append(f"until {show(window.end, zone)}")
    if window.lease is not None:
        parts.append("or as long as a program holds it" if window.lease else "by a program")
    if window.announce:
        parts.append(f"(announced {show_duration(timedelta(seconds=window.announce))} before)")
    if window.retry_after is not None:
        parts.append(f"(retry after {show_duration(timedelta(seconds=window.retry_after))})")
    line = " ".join(parts)
    if window.created_by:
        line += f", set by {window.created_by}"
    # A state can have been written by anybody.
    line = printable(line)
    for label, text in (("message", window.message), ("reason", window.reason)):
        if text:
            line += f"\n    {label}: {printable(' '.join(text.split()))}"
    return line
