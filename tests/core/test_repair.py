"""Whatever is there, a repair makes a state of it, and keeps a copy of what it was."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maintenance_core import Actor, Lease, Reader, State, StoreError, repair
from maintenance_core.bypass import Bypass
from maintenance_core.codec import decode, encode, salvage
from tests.core.at_once import now
from tests.core.helpers import HOUR, NOW, kept_copies, planned, recurring, snapshot, window
from tests.core.things import FOR_A_PURPOSE, REPLACEABLE

STATE = State(
    revision=17,
    windows=(
        window(message="Zurück um 9 ☕", paths=("/shop", "/blog"), mode="read-only"),
        planned(end=NOW + 2 * HOUR, announce=600),
        recurring(zone="Europe/Berlin"),
        window(id="held", lease=300, end=NOW + HOUR),
    ),
    bypass=Bypass(digest="0123456789abcdef" * 4, expires=NOW + HOUR),
)
DOCUMENT = json.loads(encode(STATE))


def damaged(**fields):
    return json.dumps(DOCUMENT | fields).encode()


@pytest.mark.parametrize("make", REPLACEABLE, ids=lambda make: make.__name__)
def test_what_is_no_state_becomes_one_and_a_copy_is_kept(store, path, make):
    make(path)
    there = path.read_bytes() if path.is_file() and path.stat().st_size < 2**21 else None
    update = repair(store)
    assert update.changed
    assert store.read().state == update.after == State(revision=1)
    (copy,) = kept_copies(path)
    assert str(copy) == update.kept
    assert there is None or copy.read_bytes() == there
    assert not Reader(store).current().on


@pytest.mark.parametrize("make", FOR_A_PURPOSE, ids=lambda make: make.__name__)
def test_what_is_there_for_a_purpose_is_left_alone(store, path, make):
    make(path)
    before = snapshot(path.parent)
    with pytest.raises(StoreError, match="Nothing was changed"):
        repair(store)
    assert snapshot(path.parent) == before


@pytest.mark.parametrize(
    "content",
    [encode(STATE), b"\xef\xbb\xbf" + encode(STATE), b"0", b"1", b"1\n",
     b'{"start": "2026-11-22T13:00:00Z", "end": null}', b'{"schema": 1}'],
    ids=lambda content: str(content[:12]),
)  # fmt: skip
def test_a_state_that_can_be_read_is_left_as_it_is(store, path, content):
    path.write_bytes(content)
    update = repair(store)
    assert not update.changed
    assert update.before == update.after == decode(content)
    assert update.kept is None
    assert path.read_bytes() == content
    assert kept_copies(path) == []


def test_without_a_file_there_is_nothing_to_repair(store, path):
    assert not repair(store).changed
    assert not path.exists()


def test_windows_that_are_whole_survive_and_broken_ones_go(store, path):
    first, second, third, fourth = DOCUMENT["windows"]
    broken = [
        {name: value for name, value in second.items() if name != "start"},
        third | {"recurrence": third["recurrence"] | {"cron": "0 25 * * *"}},
        first | {"mode": "closed"},
        first | {"more": 1},
        first | {"paths": ["shop"]},
        first | {"created_at": "2026-11-22T12:00:00"},
        None,
        7,
        [first],
    ]
    path.write_bytes(damaged(windows=[first, *broken, fourth]))
    update = repair(store, by=Actor("deploy", "web1", 1, "test"))
    assert update.after.windows == (STATE.windows[0], STATE.windows[3])
    assert update.after.bypass == STATE.bypass
    assert update.after.revision == STATE.revision + 1
    assert store.read().state == update.after
    assert json.loads(Path(update.kept).read_bytes())["windows"][1] == broken[0]


@pytest.mark.parametrize(
    "fields",
    [{"schema": 0}, {"schema": "1"}, {"schema": None}, {"schema": True}, {"revision": -1},
     {"revision": "x"}, {"revision": 2**70}, {"more": 1}, {"bypass": {"digest": "x"}}],
    ids=str,
)  # fmt: skip
def test_what_is_broken_beside_the_windows_does_not_harm_them(fields):
    data = damaged(**fields)
    found = salvage(data)
    assert found.windows == STATE.windows
    assert found.revision == (0 if "revision" in fields else STATE.revision)
    assert found.bypass == (None if "bypass" in fields else STATE.bypass)


def test_a_document_without_a_schema_keeps_its_windows():
    assert salvage(json.dumps({"windows": DOCUMENT["windows"]}).encode()) == State(
        windows=STATE.windows
    )


def test_what_an_editor_puts_in_front_is_no_harm():
    assert salvage(b"\xef\xbb\xbf" + damaged(more=1)).windows == STATE.windows


TORN = {
    "the last brace": lambda data: data.rstrip()[:-1],
    "a comma too many": lambda data: data.replace(b'"paths"', b', "paths"', 1),
    "a letter of another encoding": lambda data: data.replace(
        b'"message": "', b'"message": "\xe9', 1
    ),
    "half a letter": lambda data: data.replace(b'"reason": "', b'"reason": "\\ud83d', 1),
}


@pytest.mark.parametrize("damage", TORN)
def test_windows_that_are_whole_in_what_is_no_json_survive(damage):
    data = TORN[damage](encode(STATE))
    found = salvage(data)
    assert STATE.windows[1:] == found.windows[-3:]
    assert (found.bypass, found.revision) == (STATE.bypass, STATE.revision)
    encode(found)


def test_a_torn_document_of_a_newer_version_is_left_alone():
    assert salvage(damaged(schema=2)[:-5]) == State()


def test_every_change_keeps_what_is_whole(store, path):
    path.write_bytes(damaged(more=1))
    with Lease(store):
        pass
    lasting = tuple(window for window in STATE.windows if not window.is_over(now()))
    assert store.read().state.windows == lasting != ()


@pytest.mark.parametrize("schema", [2, 99])
def test_nothing_is_made_of_a_document_of_a_newer_version(schema):
    assert salvage(damaged(schema=schema)) == State()


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b"7", b"null", b"\xff", b"\0", b'"x"', b"[" * 100_000,
     b'{"windows":' * 100_000, b'{"windows": {"id": "abcd"}}', b'{"windows": "abcd"}',
     b'{"windows": null, "revision": null}', b'{"\xff": 1}',
     b'{"start": "tomorrow", "end": "2026-11-22T13:00:00Z"}'],
    ids=lambda data: str(data[:12]),
)  # fmt: skip
def test_nothing_is_made_of_what_cannot_be_understood(data):
    assert salvage(data) == State()


FLOATS = st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | FLOATS | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=4,
)


@st.composite
def mutated(draw):
    """The document with some of its values, at any depth, dropped or replaced."""
    document = json.loads(json.dumps(DOCUMENT))
    for _ in range(draw(st.integers(1, 4))):
        place = document
        while True:
            keys = [*place] if isinstance(place, dict) else [*range(len(place))]
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if isinstance(place[key], dict | list) and draw(st.booleans()):
                place = place[key]
                continue
            if draw(st.booleans()):
                place[key] = draw(JSON)
            else:
                del place[key]
            break
    return json.dumps(document).encode()


@given(data=mutated())
@settings(max_examples=300)
def test_of_a_damaged_document_whole_windows_are_left_and_none_is_made_up(data):
    found = salvage(data)
    assert decode(encode(found)) == found
    written = json.loads(data).get("windows")
    written = written if isinstance(written, list) else []
    whole = [each for each in written if each in DOCUMENT["windows"]]
    kept = [json.loads(encode(State(windows=(each,))))["windows"][0] for each in found.windows]
    assert len(kept) <= len(written)
    # What a window may leave out it has all the same.
    objects = [each for each in written if isinstance(each, dict)]
    assert all(any(each.items() >= other.items() for other in objects) for each in kept)
    newer = json.loads(data).get("schema")
    if not (type(newer) is int and newer > 1):
        assert [each for each in whole if each not in kept] == []


@given(data=st.binary(max_size=100) | mutated().map(lambda data: data[: len(data) // 2]))
@settings(max_examples=100)
def test_no_bytes_at_all_make_it_raise(data):
    assert decode(encode(salvage(data))) == salvage(data)
