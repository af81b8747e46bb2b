"""The errors of maintenance-core: each is one sentence that a person can act on."""

__all__ = ["InvalidInput", "LocationError", "MaintenanceError", "StoreError", "UnreadableState"]


class MaintenanceError(Exception):
    """Base of all errors raised here; ``str(error)`` is one sentence for people."""


class InvalidInput(MaintenanceError, ValueError):
    """A value given by a person was refused, and nothing was written.

    ``field`` names the value (``end``, ``message``, …).
    """

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(field, reason)
        self.field = field
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.field}: {self.reason}"


class UnreadableState(MaintenanceError, ValueError):
    """Some bytes are not a maintenance state; the message says why."""


class LocationError(MaintenanceError):
    """It could not be told where the state lives; the message says what to give."""


class StoreError(MaintenanceError, OSError):
    """A change was not made; the store holds what it held before, or the message says otherwise.

    ``location`` is the path of the store.
    """

    def __init__(self, location: str, reason: str) -> None:
        super().__init__(location, reason)
        self.location = location
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.location}: {self.reason}"
