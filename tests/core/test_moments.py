"""Whatever was written, a state that can be read has an answer at any moment: nothing raises."""

import json
from datetime import UTC, datetime, timedelta, timezone
from itertools import islice

from hypothesis import example, given, reject, settings
from hypothesis import strategies as st

from maintenance_core import UnreadableState, View
from maintenance_core.codec import decode
from maintenance_core.values import EPOCH, MAX_SECONDS
from tests.core.helpers import NOW

EAST, WEST = timezone(timedelta(hours=14)), timezone(timedelta(hours=-14))
ENDS = [
    end.replace(tzinfo=zone)
    for end in (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC), EPOCH)
    for zone in (UTC, EAST, WEST)
]
INSTANT = timedelta(microseconds=1)

zones = st.sampled_from([UTC, EAST, WEST])
moments = st.sampled_from(ENDS) | st.datetimes(timezones=zones) | st.just(NOW)
seconds = st.sampled_from([0, 1, 3600, MAX_SECONDS])
series = st.fixed_dictionaries(
    {
        "cron": st.sampled_from(
            ["* * * * *", "0 3 * * *", "30 2 29 2 *", "0 0 1 1 *", "59 23 31 12 *", "0 0 L * *"]
        ),
        "duration": st.sampled_from([1, 60, 86_400, MAX_SECONDS]),
        "zone": st.sampled_from(["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"]),
    }
)
windows = st.fixed_dictionaries(
    {
        "id": st.text(max_size=3),
        "start": moments.map(datetime.isoformat),
        "created_at": moments.map(datetime.isoformat),
    },
    optional={
        "end": st.none() | moments.map(datetime.isoformat),
        "recurrence": st.none() | series,
        "mode": st.sampled_from(["block", "read-only"]),
        "announce": seconds,
        "retry_after": seconds,
        "lease": st.none() | seconds,
        "paths": st.lists(st.sampled_from(["/", "//", "/a", "/a/b/"]), min_size=1, max_size=2),
        "message": st.sampled_from(["", "x"]),
    },
)
documents = st.lists(windows, max_size=3).map(lambda some: {"schema": 1, "windows": some})


def asked_around(state, moment):
    """``moment``, and those of the state itself, each with its neighbours."""
    own = [each for window in state.windows for each in (window.start, window.end)]
    for near in (moment, *own):
        for step in (-INSTANT, 0 * INSTANT, INSTANT):
            try:
                yield near + step
            except (OverflowError, TypeError):
                continue


@given(document=documents, moment=moments)
@settings(max_examples=200)
@example(
    document={"schema": 1, "windows": [{
        "id": "", "start": "0001-01-01T00:00:00+14:00", "created_at": "0001-01-01T00:00:00Z",
        "recurrence": {"cron": "0 3 * * *", "duration": 60, "zone": "UTC"},
    }]},
    moment=ENDS[0],
)  # fmt: skip
def test_every_state_has_an_answer_at_every_moment(document, moment):
    try:
        state = decode(json.dumps(document).encode())
    except UnreadableState:
        reject()
    for now in asked_around(state, moment):
        active, planned = state.active(now), state.planned(now)
        phase, change = state.phase(now), state.next_change(now)
        assert all(run.recurrence is None for run in (*active, *planned))
        assert set(state.announced(now)) <= set(planned)
        assert phase == ("on" if active else "announced" if state.announced(now) else "off")
        assert (state.deciding(now, "/a") is None) <= (state.deciding(now) is None)
        assert change is None or change > now or now.year == 9999
        assert len([*islice(state.runs(now), 3)]) >= len(planned[:1])
        view_of(state, now)


def view_of(state, now):
    """Clocks count in UTC, and no longer than the calendar goes."""
    try:
        seconds = now.astimezone(UTC).replace(microsecond=0).timestamp()
    except OverflowError:
        return
    view = View.of_state(state, seconds)
    assert view.since < seconds <= view.until
    assert view.is_open == (view.phase != "on")
