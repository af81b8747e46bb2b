"""The secret link is made, replaced and revoked; only its digest is kept."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from maintenance_core import InvalidInput, issue_bypass, revoke_bypass, switch_off, switch_on
from maintenance_core.bypass import bypass_for, opens
from tests.core.helpers import HOUR, NOW


def test_the_secret_is_returned_and_the_state_has_its_digest(store, path):
    secret, update = issue_bypass(store)
    assert opens(store.read().state.bypass, secret, NOW)
    assert update.after.bypass == store.read().state.bypass == bypass_for(secret, None)
    assert update.changed
    for file in path.parent.iterdir():
        assert secret.encode() not in file.read_bytes()


def test_a_new_secret_makes_the_old_one_worthless(store):
    old, first = issue_bypass(store)
    new, second = issue_bypass(store)
    assert old != new
    assert not opens(store.read().state.bypass, old, NOW)
    assert opens(store.read().state.bypass, new, NOW)
    assert second.before.bypass == first.after.bypass


def test_a_bypass_ends_when_it_is_said_to(store):
    secret, update = issue_bypass(store, expires=NOW + HOUR, now=NOW)
    assert update.after.bypass.expires == NOW + HOUR
    assert opens(store.read().state.bypass, secret, NOW + HOUR - timedelta(microseconds=1))
    assert not opens(store.read().state.bypass, secret, NOW + HOUR)


@pytest.mark.parametrize("expires", [NOW, NOW - HOUR])
def test_an_end_in_the_past_is_refused_and_the_old_secret_stays(store, expires):
    secret, _ = issue_bypass(store)
    with pytest.raises(InvalidInput) as refused:
        issue_bypass(store, expires=expires, now=NOW)
    assert str(refused.value) == "expires: it is in the past; give a later time."
    assert opens(store.read().state.bypass, secret, NOW)


def test_whether_an_end_is_past_is_told_by_the_clock_if_no_moment_is_given(store):
    now = datetime.now(UTC)
    with pytest.raises(InvalidInput, match="it is in the past"):
        issue_bypass(store, expires=now)
    assert issue_bypass(store, expires=now + HOUR)[1].changed


def test_an_end_without_a_zone_is_one_of_the_system(store, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Europe/Berlin")
        time.tzset()
        naive = datetime(2026, 11, 22, 14, 0)  # noqa: DTZ001
        _, update = issue_bypass(store, expires=naive, now=NOW)
    time.tzset()
    assert update.after.bypass.expires == NOW + HOUR


def test_an_end_outside_the_calendar_is_refused(store):
    with pytest.raises(InvalidInput, match=r"^expires: .* outside the calendar"):
        issue_bypass(store, expires=datetime.fromisoformat("9999-12-31T23:00-14:00"))


def test_a_bypass_that_is_revoked_opens_nothing(store):
    secret, _ = issue_bypass(store)
    update = revoke_bypass(store)
    assert update.changed
    assert store.read().state.bypass is None
    assert not opens(store.read().state.bypass, secret, NOW)
    assert not revoke_bypass(store).changed


def test_a_bypass_outlives_the_windows_and_they_outlive_it(store):
    secret, _ = issue_bypass(store)
    switch_on(store, now=NOW)
    switch_on(store, now=NOW, start=NOW + HOUR)
    switch_off(store, now=NOW, everything=True)
    assert opens(store.read().state.bypass, secret, NOW)
    switch_on(store, now=NOW)
    revoke_bypass(store)
    assert store.read().state.phase(NOW) == "on"


def test_revoking_where_there_is_nothing_writes_no_file(store, path):
    assert not revoke_bypass(store).changed
    assert not path.exists()
