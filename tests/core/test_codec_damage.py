"""Whatever happens to the bytes of a state, they are a state or unreadable; nothing else."""

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintenance_core import State, UnreadableState
from maintenance_core.codec import decode, encode, salvage
from maintenance_core.state import SCHEMA
from tests.core.documents import EVERYTHING
from tests.core.helpers import NOW

DATA = encode(EVERYTHING)
STRUCTURE = b'{}[]:"'


def is_readable(data):
    """Is ``data`` a state? Anything but an answer fails the test."""
    salvaged = salvage(data)
    try:
        state = decode(data)
    except UnreadableState:
        work_with(salvaged)
        return False
    work_with(state)
    return True


def work_with(state):
    """What was read, or saved, can be asked, written and read again."""
    assert type(state) is State
    state.phase(NOW)
    state.next_change(NOW)
    assert decode(encode(state)) == state


def test_cut_short_it_is_unreadable_wherever_the_cut_is():
    whole = len(DATA.rstrip())
    assert not [length for length in range(whole) if is_readable(DATA[:length])]
    assert is_readable(DATA[:whole])


def test_with_one_bit_flipped_it_is_a_state_or_unreadable():
    unreadable, saved = set(), set()
    for position in range(len(DATA)):
        for bit in range(8):
            damaged = bytearray(DATA)
            damaged[position] ^= 1 << bit
            if not is_readable(bytes(damaged)):
                unreadable.add(position)
                saved.add(len(salvage(bytes(damaged)).windows))
    # No brace, bracket, colon or quotation mark can be another one and still be a state.
    assert unreadable >= {at for at, byte in enumerate(DATA) if byte in STRUCTURE}
    assert saved == {0, len(EVERYTHING.windows) - 1, len(EVERYTHING.windows)}


def test_with_one_byte_more_or_less_it_is_a_state_or_unreadable():
    for position in range(len(DATA)):
        without = is_readable(DATA[:position] + DATA[position + 1 :])
        assert not (without and DATA[position] in STRUCTURE)
        assert not is_readable(DATA[:position] + b"\0" + DATA[position:])


def test_with_a_byte_that_is_not_utf_8_it_is_unreadable():
    for position in range(len(DATA)):
        for byte in (b"\xc0", b"\xff"):
            assert not is_readable(DATA[:position] + byte + DATA[position + 1 :])


def test_half_a_letter_in_an_escape_is_unreadable():
    assert not is_readable(DATA.replace(b"backup", b"\\ud83d"))
    assert is_readable(DATA.replace(b"backup", b"\\ud83d\\ude00"))


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
    assert decode(change % DATA) == EVERYTHING
    assert decode(change % DATA.replace(b"\n", b"\r\n")) == EVERYTHING
    assert salvage(change % DATA) == EVERYTHING


@pytest.mark.parametrize("mark", [b"\xff\xfe", b"\xfe\xff", b"\xef\xbb", b"\xef\xbb\xbf" * 2])
def test_other_marks_of_an_encoding_are_unreadable(mark):
    assert not is_readable(mark + DATA)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "latin-1"])
def test_in_another_encoding_it_is_unreadable(encoding):
    text = DATA.decode().replace("☕", "")
    assert not is_readable(text.encode(encoding))


NESTED = [b"[" * 10**5, b'{"a":' * 10**5, b"[" * 10**5 + b"]" * 10**5]
IN_A_DOCUMENT = [
    b"%b",
    b'{"schema": 1, "windows": %b',
    b'{"schema": 1, "windows": [%b',
    b'{"schema": 1, "bypass": %b',
    b'{"start": %b',
    b'{"schema": 1, "windows": [{"id": %b, "start": 1}]}',
]


@pytest.mark.parametrize("nested", NESTED, ids=["lists", "objects", "closed lists"])
@pytest.mark.parametrize("place", IN_A_DOCUMENT)
def test_a_hundred_thousand_brackets_are_unreadable(place, nested):
    assert not is_readable(place % nested)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999", "9" * 5000, "-1", "1.5"])
@pytest.mark.parametrize("field", ["revision", "retry_after", "lease", "announce", "duration"])
def test_a_number_that_makes_no_sense_is_unreadable(field, number):
    document = json.loads(DATA)
    holders = {"revision": document, "duration": document["windows"][1]["recurrence"]}
    holders.get(field, document["windows"][2])[field] = "here"
    data = json.dumps(document).encode().replace(b'"here"', number.encode())
    assert not is_readable(data)


@pytest.mark.parametrize("field", ["revision", "windows", "bypass"])
def test_of_a_field_that_is_there_twice_the_last_one_counts(field):
    document = json.loads(DATA)
    twice = [field, json.dumps(document[field])]
    first = DATA.replace(b"{", b'{"%b": %b,' % tuple(part.encode() for part in twice), 1)
    assert decode(first) == salvage(first) == EVERYTHING
    broken = DATA.replace(b"{", b'{"%b": "broken",' % field.encode(), 1)
    assert not is_readable(broken)
    assert salvage(broken) == EVERYTHING


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
