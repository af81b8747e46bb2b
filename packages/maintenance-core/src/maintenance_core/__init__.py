"""The engine of a maintenance mode: state, store, reader and policy. It knows no web framework."""

from maintenance_core.exceptions import (
    InvalidInput,
    LocationError,
    MaintenanceError,
    StoreError,
    UnreadableState,
)
from maintenance_core.holds import Lease, Pause
from maintenance_core.operations import set_mode, switch_off, switch_on, whoami
from maintenance_core.policy import Decision, Policy, Rule, UserKind, decide
from maintenance_core.reader import Reader, View
from maintenance_core.report import Status, read_status
from maintenance_core.state import State, Window
from maintenance_core.stores import FileStore, Problem, Reading, Store, Update, open_store

__all__ = [
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
    "whoami",
]
