"""What is of the wrong kind is refused with its field, and nothing is written."""

from datetime import timedelta

import pytest

from maintenance_core import (
    InvalidInput,
    Recurrence,
    drain,
    issue_bypass,
    renew_lease,
    set_mode,
    skip_run,
    switch_off,
    switch_on,
)
from tests.core.helpers import NOW

NIGHTLY = {"cron": "0 3 * * *", "duration": 60, "zone": "UTC"}

WRONG = {
    "start as a text": ("start", lambda store: switch_on(store, start="21:00")),
    "end as a duration": ("end", lambda store: switch_on(store, end=timedelta(hours=1))),
    "expiry as a number": ("expires", lambda store: issue_bypass(store, expires=1.5)),
    "now as a text": ("now", lambda store: switch_off(store, now="now")),
    "cron as a recurrence": ("recurrence", lambda store: switch_on(store, recurrence="0 3 * * *")),
    "no paths": ("paths", lambda store: switch_on(store, paths=None)),
    "a path that is none": ("paths", lambda store: switch_on(store, paths=[None])),
    "a pattern as a path": ("paths", lambda store: switch_on(store, paths=["/shop*"])),
    "a path with dots": ("paths", lambda store: switch_on(store, paths=["/a/../b"])),
    "message as bytes": ("message", lambda store: switch_on(store, message=b"Back soon")),
    "no reason": ("reason", lambda store: switch_on(store, reason=None)),
    "who as a text": ("by", lambda store: switch_on(store, by="deploy")),
    "a mode as a text": ("value", lambda store: set_mode(store, "off")),
    "no id": ("window", lambda store: renew_lease(store, None)),
    "an id that there is not": ("window", lambda store: skip_run(store, "none", now=NOW)),
    "timeout as a text": ("timeout", lambda store: drain(store.gate_path, "5")),
    "a duration of a series": ("duration", lambda store: Recurrence(
        **(NIGHTLY | {"duration": timedelta(hours=1)}))),
    "half a second": ("duration", lambda store: Recurrence(**(NIGHTLY | {"duration": 1.5}))),
    "no time at all": ("duration", lambda store: Recurrence(**(NIGHTLY | {"duration": 0}))),
    "no cron": ("cron", lambda store: Recurrence(**(NIGHTLY | {"cron": None}))),
    "no zone": ("zone", lambda store: Recurrence(**(NIGHTLY | {"zone": None}))),
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
def test_it_is_refused_with_its_field(store, path, wrong):
    field, doing = WRONG[wrong]
    with pytest.raises(InvalidInput) as refusal:
        doing(store)
    assert refusal.value.field == field
    assert not path.exists()
