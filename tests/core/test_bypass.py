"""The secret link: who has the secret gets in, and nothing that resembles it does."""

import base64
import hmac
from datetime import timedelta
from hashlib import sha256

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintenance_core import InvalidInput
from maintenance_core.bypass import Bypass, bypass_for, new_secret, opens
from tests.core.helpers import HOUR, NOW

SECRET = base64.urlsafe_b64encode(bytes(range(200, 232))).decode().rstrip("=")
BYPASS = bypass_for(SECRET, None)
INSTANT = timedelta(microseconds=1)
DIGEST = "0123456789abcdef" * 4

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=60)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.binary(max_size=60) | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=5,
)


def test_the_secret_opens_and_another_does_not():
    assert opens(BYPASS, SECRET, NOW)
    assert not opens(BYPASS, new_secret(), NOW)


def test_a_secret_has_256_bits_that_can_stand_in_an_address():
    made = {new_secret() for _ in range(100)}
    assert len(made) == 100
    assert {len(base64.urlsafe_b64decode(f"{secret}=")) for secret in made} == {32}


def test_the_state_keeps_a_digest_and_never_the_secret():
    stored = msgspec.json.encode(bypass_for(SECRET, NOW))
    assert msgspec.json.decode(stored) == {
        "digest": sha256(SECRET.encode()).hexdigest(),
        "expires": "2026-11-22T12:00:00Z",
    }
    assert msgspec.json.decode(stored, type=Bypass) == bypass_for(SECRET, NOW)


@pytest.mark.parametrize("digest", [DIGEST.upper(), DIGEST[1:], f"{DIGEST}0", f"{DIGEST}\n",
                                    f"g{DIGEST[1:]}", "", None, 0])  # fmt: skip
def test_a_stored_digest_is_64_lowercase_hex_digits(digest):
    assert msgspec.convert({"digest": DIGEST}, Bypass) == Bypass(digest=DIGEST)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"digest": digest}, Bypass)


@pytest.mark.parametrize("more", [{"expires": "2026-11-22T12:00:00"}, {"secret": SECRET}])
def test_a_stored_bypass_has_a_time_with_a_zone_and_no_other_field(more):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"digest": DIGEST} | more, Bypass)


@pytest.mark.parametrize(
    "secret", ["", "123456", "x" * 42, "x" * 44, f"{SECRET}\n", f"{SECRET[1:]}é"]
)
def test_a_secret_that_somebody_has_thought_up_is_refused(secret):
    with pytest.raises(InvalidInput, match="secret: it was not made by new_secret"):
        bypass_for(secret, None)


def test_without_a_bypass_nothing_opens():
    assert not opens(None, SECRET, NOW)
    assert not opens(None, None, NOW)


def test_it_opens_until_the_moment_at_which_it_expires():
    bypass = bypass_for(SECRET, NOW)
    assert opens(bypass, SECRET, NOW - INSTANT)
    assert not opens(bypass, SECRET, NOW)
    assert not opens(bypass, SECRET, NOW + HOUR)


def test_a_renewed_bypass_is_opened_by_its_new_secret_only():
    secret = new_secret()
    renewed = bypass_for(secret, None)
    assert opens(renewed, secret, NOW)
    assert not opens(renewed, SECRET, NOW)


def test_the_digest_is_no_secret():
    assert not opens(BYPASS, BYPASS.digest, NOW)
    assert not opens(BYPASS, BYPASS.digest[:43], NOW)


def resembling(text):
    """``text`` with a character less, more, or another, with a bit or its case flipped, …"""
    letters = "aA0-_. \n\0é\u0663"
    found = {text.upper(), text.lower(), text[::-1], text * 2, f'"{text}"', f"{text}="}
    found |= {text + more for more in letters}
    for at, letter in enumerate(text):
        before, after = text[:at], text[at + 1 :]
        flipped = {chr(ord(letter) ^ 1 << bit) for bit in range(16)}
        found |= {before + other + after for other in {*letters, *flipped, letter.swapcase(), ""}}
        found |= {before + more + letter + after for more in letters}
    return found - {text}


def test_a_secret_that_differs_in_anything_does_not_open():
    assert [near for near in resembling(SECRET) if opens(BYPASS, near, NOW)] == []


@pytest.mark.parametrize("length", range(len(SECRET)))
def test_no_part_of_the_secret_opens(length):
    assert not opens(BYPASS, SECRET[:length], NOW)
    assert not opens(BYPASS, SECRET[-length:] if length else "", NOW)


NO_SECRETS = [
    None, 0, 1, True, b"", SECRET.encode(), bytearray(SECRET, "ascii"), [SECRET], (SECRET,),
    {SECRET: SECRET}, {SECRET}, object, "", " ", "\0", "\ud800" * 43, "é" * 43, "\u0663" * 43,
]  # fmt: skip


@pytest.mark.parametrize("sent", NO_SECRETS, ids=ascii)
def test_whatever_is_sent_in_place_of_a_secret_does_not_open(sent):
    assert opens(BYPASS, sent, NOW) is False


@given(ANYTHING)
def test_nothing_that_can_be_sent_opens_or_raises(sent):
    assert opens(BYPASS, sent, NOW) is False


@pytest.mark.parametrize(
    "text",
    ["", "x" * 42, "x" * 44, "x" * 10**7, f"{'x' * 43}\n", f" {'x' * 43}", f"{'x' * 42}\0",
     "é" * 43, "\u0663" * 43],
    ids=lambda text: ascii(text[-50:]),
)  # fmt: skip
def test_what_no_secret_looks_like_is_refused_even_where_its_digest_is_the_stored_one(text):
    bypass = Bypass(digest=sha256(text.encode()).hexdigest())
    assert not opens(bypass, text, NOW)


@pytest.mark.parametrize("equal", [True, False])
def test_a_comparison_in_constant_time_decides_and_sees_digests_only(monkeypatch, equal):
    compared = []
    monkeypatch.setattr(hmac, "compare_digest", lambda *both: compared.append(both) or equal)
    other = new_secret()
    assert opens(BYPASS, other, NOW) is opens(BYPASS, SECRET, NOW) is equal
    digest = BYPASS.digest.encode()
    assert compared == [(sha256(other.encode()).hexdigest().encode(), digest), (digest, digest)]
