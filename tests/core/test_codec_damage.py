"""Whatever happens to the bytes of a state, they are a state or unreadable; nothing else."""

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintenance_core import Bypass, State, UnreadableState
from maintenance_core.codec import decode, encode
from maintenance_core.state import SCHEMA
from tests.core.helpers import HOUR, NOW, planned, recurring, window

STATE = State(
    revision=3,
    windows=(window(end=NOW + HOUR, message="Zurück"), planned(), recurring(announce=60)),
    bypass=Bypass(digest="0123456789abcdef" * 4, expires=NOW),
)
DATA = encode(STATE)


def is_readable(data):
    """Is ``data`` a state? Anything but an answer fails the test."""
    try:
        state = decode(data)
    except UnreadableState:
        return False
    # What was read can be worked with.
    state.phase(NOW)
    state.next_change(NOW)
    assert decode(encode(state)) == state
    return True


def test_cut_short_it_is_unreadable_wherever_the_cut_is():
    whole = len(DATA.rstrip())
    assert not [length for length in range(whole) if is_readable(DATA[:length])]
    assert is_readable(DATA[:whole])


def test_with_one_bit_flipped_it_is_a_state_or_unreadable():
    unreadable = set()
    for position in range(len(DATA)):
        for bit in range(8):
            damaged = bytearray(DATA)
            damaged[position] ^= 1 << bit
            if not is_readable(bytes(damaged)):
                unreadable.add(position)
    # No brace, bracket, colon or quotation mark can be another one and still be a state.
    assert unreadable >= {at for at, byte in enumerate(DATA) if byte in b'{}[]:"'}


def test_with_one_byte_more_or_less_it_is_a_state_or_unreadable():
    for position in range(len(DATA)):
        without = is_readable(DATA[:position] + DATA[position + 1 :])
        assert not (without and DATA[position] in b'{}[]:"')
        assert not is_readable(DATA[:position] + b"\0" + DATA[position:])


def test_shuffled_pieces_are_a_state_or_unreadable():
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    answers = set()
    for _ in range(2000):
        start, end = sorted(chance.choices(range(len(DATA)), k=2))
        place = chance.randrange(len(DATA))
        try:
            answers.add(is_readable(DATA[:place] + DATA[start:end] + DATA[place:]))
        except Exception as error:
            raise AssertionError(f"seed {seed}") from error
    assert False in answers, f"seed {seed}"


@pytest.mark.parametrize("change", [b"\xef\xbb\xbf%b", b"%b\r\n\r\n", b"\n\t %b"])
def test_what_editors_add_does_not_matter(change):
    assert decode(change % DATA) == STATE
    assert decode(change % DATA.replace(b"\n", b"\r\n")) == STATE


@given(st.binary(max_size=200))
def test_any_bytes_are_a_state_or_unreadable(data):
    if is_readable(data):
        document = json.loads(data.decode("utf-8-sig"))
        assert type(document) is dict or (type(document) is int and document in (0, 1))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(
    st.dictionaries(
        st.sampled_from(["schema", "revision", "windows", "bypass", "start", "end", "more"]), JSON
    )
)
def test_any_json_object_is_a_state_or_unreadable(document):
    if is_readable(json.dumps(document).encode()):
        assert document.get("schema") == SCHEMA or document.keys() <= {"start", "end"}


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_moments_at_the_ends_of_the_calendar_can_be_worked_with(moment):
    assert is_readable(b'{"start": "%b"}' % moment.encode())
    assert is_readable(b'{"end": "%b"}' % moment.encode())
