"""The pass in a cookie: as good as the secret for a while, and worth nothing after that."""

import hmac
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintenance_core.bypass import Bypass, accepts_pass, bypass_for, new_secret, sign_pass
from tests.core.helpers import HOUR, NOW
from tests.core.test_bypass import ANY_TEXT, ANYTHING, INSTANT, SECRET, resembling

BYPASS = bypass_for(SECRET, None)
KEYS = [b"the key of today", b"the key of yesterday"]
SECOND = timedelta(seconds=1)
COOKIE = sign_pass(BYPASS, KEYS, NOW, HOUR)
EXPIRY, MAC = COOKIE.split(".")


def accepted(cookie, bypass=BYPASS, keys=KEYS, now=NOW):
    return accepts_pass(bypass, keys, cookie, now)


def mac_of(expiry, key=KEYS[0], bypass=BYPASS):
    text = f"maintenance bypass pass.{bypass.digest}.{expiry}"
    return hmac.new(key, text.encode(), sha256).hexdigest()


def with_its_mac(expiry, **others):
    return f"{expiry}.{mac_of(expiry, **others)}"


def test_a_pass_is_its_expiry_and_a_mac_of_that_and_the_digest():
    assert with_its_mac(int((NOW + HOUR).timestamp())) == COOKIE
    assert accepted(COOKIE)


def test_a_pass_holds_until_its_lifetime_is_over():
    assert accepted(COOKIE, now=NOW + HOUR - INSTANT)
    assert not accepted(COOKIE, now=NOW + HOUR)
    assert not accepted(COOKIE, now=NOW + 2 * HOUR)


@pytest.mark.parametrize("lifetime", [timedelta(0), -SECOND, SECOND / 2, timedelta.min])
def test_a_lifetime_of_less_than_a_second_is_none(lifetime):
    assert not accepted(sign_pass(BYPASS, KEYS, NOW, lifetime))


@pytest.mark.parametrize("odd", [timedelta(0), INSTANT, SECOND - INSTANT])
def test_a_pass_never_outlives_the_bypass(odd):
    expires = NOW + SECOND + odd
    bypass = Bypass(digest=BYPASS.digest, expires=expires)
    cookie = sign_pass(bypass, KEYS, NOW, HOUR)
    assert accepted(cookie, bypass, now=NOW + SECOND - INSTANT)
    # Even if the state said afterwards that the same secret has no end.
    for later in (bypass, BYPASS):
        assert not accepted(cookie, later, now=expires)


def test_a_bypass_that_is_made_to_end_earlier_takes_its_passes_with_it():
    earlier = Bypass(digest=BYPASS.digest, expires=NOW + SECOND)
    assert accepted(COOKIE, earlier, now=NOW + SECOND - INSTANT)
    assert not accepted(COOKIE, earlier, now=NOW + SECOND)


def test_a_bypass_that_is_over_makes_no_pass_that_is_accepted():
    over = Bypass(digest=BYPASS.digest, expires=NOW)
    cookie = sign_pass(over, KEYS, NOW, HOUR)
    assert not accepted(cookie, over)
    assert not accepted(cookie, BYPASS)


def test_revoked_or_renewed_the_passes_are_worthless():
    assert not accepted(COOKIE, None)
    assert not accepted(COOKIE, bypass_for(new_secret(), None))


@given(st.sets(st.text("0123456789abcdef", min_size=64, max_size=64), min_size=2, max_size=2))
def test_a_pass_for_one_digest_is_none_for_another(digests):
    one, other = (Bypass(digest=digest) for digest in digests)
    cookie = sign_pass(one, KEYS, NOW, HOUR)
    assert accepted(cookie, one)
    assert not accepted(cookie, other)


def test_a_pass_outlives_a_change_of_key_while_the_old_one_is_kept():
    new = b"the key of tomorrow"
    assert accepted(COOKIE, keys=[new, *KEYS])
    assert not accepted(COOKIE, keys=[new])
    assert not accepted(sign_pass(BYPASS, [new, *KEYS], NOW, HOUR))


@pytest.mark.parametrize("keys", [[], [b""], [b"", b"key"]])
def test_without_a_key_nothing_is_signed(keys):
    with pytest.raises(ValueError, match="without a key"):
        sign_pass(BYPASS, keys, NOW, HOUR)


def test_without_a_key_nothing_is_accepted():
    by_nobody = with_its_mac(EXPIRY, key=b"")
    assert not accepted(COOKIE, keys=[])
    assert not accepted(by_nobody, keys=[b""])
    assert not accepted(by_nobody, keys=[*KEYS, b""])
    assert accepted(COOKIE, keys=[b"", *KEYS])


def test_a_pass_that_differs_in_anything_is_refused():
    assert [near for near in resembling(COOKIE) if accepted(near)] == []


def test_no_part_of_a_pass_is_accepted():
    parts = [EXPIRY, MAC, *(COOKIE[:length] for length in range(len(COOKIE)))]
    assert [part for part in parts if accepted(part)] == []


@pytest.mark.parametrize("seconds", [-1, 1, 60, 10**6])
def test_nobody_without_the_key_can_move_the_expiry(seconds):
    assert not accepted(f"{int(EXPIRY) + seconds}.{MAC}")


@pytest.mark.parametrize(
    "expiry",
    ["", "0", "-1", "+1800000000", "01800000000", "0x70000000", "1_800_000_000", "1800000000.0",
     "1.8e9", " 1800000000", "1800000000 ", "1800000000\n", "1800000000\0", "\u0661800000000",
     "\uff11800000000", "180000000\u0660", "infinity", "nan", "9" * 16, "9" * 5000, "9" * 10**7],
    ids=lambda text: ascii(text[:20]),
)  # fmt: skip
def test_an_expiry_in_any_other_form_is_refused_even_if_the_mac_is_right(expiry):
    assert accepted(with_its_mac("1800000000"))
    assert not accepted(with_its_mac(expiry))


def test_nothing_may_stand_around_a_pass():
    for extra in ("\n", "\r\n", " ", "\0", ".", "=", ";", "\u2028"):
        assert not accepted(COOKIE + extra)
        assert not accepted(extra + COOKIE)
    assert not accepted(f"{EXPIRY}:{MAC}")


@pytest.mark.parametrize("mac", ["", MAC.upper(), MAC[:-1], f"{MAC}0", "é" * 64, "\ud800" * 64],
                         ids=ascii)  # fmt: skip
def test_a_mac_in_any_other_form_is_refused(mac):
    assert not accepted(f"{EXPIRY}.{mac}")


@pytest.mark.parametrize("sent", [None, 0, True, 1.5, b"", COOKIE.encode(), [COOKIE], {COOKIE},
                                  (EXPIRY, MAC), "", "\0", "\ud800", ".", "x" * 10**7],
                         ids=lambda sent: ascii(sent)[:20])  # fmt: skip
def test_whatever_is_sent_in_place_of_a_pass_is_refused(sent):
    assert accepted(sent) is False


@given(ANYTHING | st.builds("{}.{}".format, st.integers() | ANY_TEXT | st.just(EXPIRY), ANY_TEXT))
def test_nothing_that_can_be_sent_is_accepted_or_raises(sent):
    assert accepted(sent) is False


@given(st.integers(0, 10**15 - 1), st.text("0123456789abcdef", min_size=64, max_size=64))
def test_nothing_in_the_form_of_a_pass_is_accepted_without_the_key(expiry, mac):
    assert not accepted(f"{expiry}.{mac}")


FIRST = datetime.min.replace(tzinfo=timezone(timedelta(hours=14)))
LAST = datetime.max.replace(tzinfo=timezone(timedelta(hours=-12)))


@pytest.mark.parametrize("lifetime", [HOUR, timedelta.max])
def test_the_first_and_the_last_moments_of_a_calendar_are_no_error(lifetime):
    for now in (FIRST, datetime.min.replace(tzinfo=UTC), NOW, LAST):
        for bypass in (BYPASS, Bypass(digest=BYPASS.digest, expires=LAST)):
            cookie = sign_pass(bypass, KEYS, now, lifetime)
            for when in (FIRST, NOW, LAST):
                assert accepted(cookie, bypass, now=when) in (True, False)
    assert accepted(sign_pass(BYPASS, KEYS, LAST, lifetime), now=LAST)


@pytest.mark.parametrize("equal", [True, False])
def test_a_comparison_in_constant_time_decides_and_sees_macs_only(monkeypatch, equal):
    compared = []
    monkeypatch.setattr(hmac, "compare_digest", lambda *both: compared.append(both) or equal)
    zeros = "0" * len(MAC)
    assert accepted(COOKIE, keys=KEYS[:1]) is equal
    assert accepted(f"{EXPIRY}.{zeros}", keys=KEYS[:1]) is equal
    assert compared == [(MAC.encode(), MAC.encode()), (MAC.encode(), zeros.encode())]
