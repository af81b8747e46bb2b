"""The engine of a maintenance mode, from state to gate. It knows no web framework."""

from maintenance_core.actor import Actor
from maintenance_core.bypass import Bypass, accepts_pass, opens, sign_pass
from maintenance_core.draining import Drained, Occupancy, drain
from maintenance_core.entrance import Entrance
from maintenance_core.exceptions import (
    InvalidInput,
    LocationError,
    MaintenanceError,
    StoreError,
    UnreadableState,
)
from maintenance_core.gate import Gate, Visit
from maintenance_core.holds import Lease, Pause
from maintenance_core.journal import Entry, History
from maintenance_core.operations import (
    issue_bypass,
    remove_window,
    renew_lease,
    repair,
    revoke_bypass,
    set_mode,
    skip_run,
    switch_off,
    switch_on,
)
from maintenance_core.policy import Decision, Facts, Policy, Rule, UserKind, decide
from maintenance_core.reader import Reader, View
from maintenance_core.recurrence import Recurrence
from maintenance_core.report import Status, read_status
from maintenance_core.state import State
from maintenance_core.stores import FileStore, Note, Problem, Reading, Store, Update, open_store
from maintenance_core.window import Window

__all__ = [
    "Actor",
    "Bypass",
    "Decision",
    "Drained",
    "Entrance",
    "Entry",
    "Facts",
    "FileStore",
    "Gate",
    "History",
    "InvalidInput",
    "Lease",
    "LocationError",
    "MaintenanceError",
    "Note",
    "Occupancy",
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
    "Visit",
    "Window",
    "accepts_pass",
    "decide",
    "drain",
    "issue_bypass",
    "open_store",
    "opens",
    "read_status",
    "remove_window",
    "renew_lease",
    "repair",
    "revoke_bypass",
    "set_mode",
    "sign_pass",
    "skip_run",
    "switch_off",
    "switch_on",
]
