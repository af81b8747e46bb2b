"""The engine of a maintenance mode: state, store, reader and policy. It knows no web framework."""

from maintenance_core.actor import Actor
from maintenance_core.bypass import Bypass
from maintenance_core.exceptions import (
    InvalidInput,
    LocationError,
    MaintenanceError,
    StoreError,
    UnreadableState,
)
from maintenance_core.holds import Lease, Pause
from maintenance_core.operations import set_mode, switch_off, switch_on
from maintenance_core.policy import Decision, Policy, Rule, UserKind, decide
from maintenance_core.reader import Reader, View
from maintenance_core.recurrence import Recurrence
from maintenance_core.report import Status, read_status
from maintenance_core.state import State
from maintenance_core.stores import FileStore, Problem, Reading, Store, Update, open_store
from maintenance_core.window import Window

__all__ = [
    "Actor",
    "Bypass",
    "Decision",
    "FileStore",
    "InvalidInput",
    "Lease",
    "LocationError",
    "MaintenanceError",
    "Pause",
    "Policy",
    "Problem",
    "Reader",
    "Reading",
    "Recurrence",
    "Rule",
    "State",
    "Status",
    "Store",
    "StoreError",
    "UnreadableState",
    "Update",
    "UserKind",
    "View",
    "Window",
    "decide",
    "open_store",
    "read_status",
    "set_mode",
    "switch_off",
    "switch_on",
]
