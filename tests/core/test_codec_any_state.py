"""Any state comes back as it was, and of a damaged one what is whole."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from maintenance_core import State, UnreadableState
from maintenance_core.codec import decode, encode, salvage
from tests.core.documents import EVERYTHING, MOMENTS, STATES
from tests.core.test_codec_damage import JSON, is_readable


@given(STATES)
@example(EVERYTHING)
def test_any_state_comes_back_as_it_was(state):
    assert decode(encode(state)) == state
    assert salvage(encode(state)) == state


@given(STATES, MOMENTS)
def test_any_state_has_an_answer_at_any_moment(state, moment):
    assert state.phase(moment) in {"off", "announced", "on"}
    change = state.next_change(moment)
    assert change is None or change > moment
    assert {window.id for window in state.active(moment)} <= {w.id for w in state.windows}


@given(st.data())
def test_of_a_document_with_one_wrong_value_the_rest_is_saved(data):
    state = data.draw(STATES)
    document = json.loads(encode(state))
    holders = [document, *document["windows"]]
    holders += [holder[key] for holder in holders for key in ("recurrence", "bypass")
                if isinstance(holder.get(key), dict)]  # fmt: skip
    number = data.draw(st.sampled_from(range(len(holders))))
    holder = holders[number]
    key = data.draw(st.sampled_from(sorted(holder)))
    holder[key] = data.draw(JSON)
    damaged = json.dumps(document).encode()
    if not is_readable(damaged):
        kept = salvage(damaged).windows
        if number <= len(state.windows) and key != "windows":
            whole = [w for at, w in enumerate(state.windows, 1) if at != number]
            assert [*kept] == whole or key == "schema"


@given(st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()))
def test_anything_can_be_saved_from(data):
    saved = salvage(data)
    assert decode(encode(saved)) == saved


@given(JSON, JSON, JSON)
def test_of_an_object_only_what_makes_sense_is_saved(revision, windows, bypass):
    document = {"revision": revision, "windows": windows, "bypass": bypass}
    saved = salvage(json.dumps(document).encode())
    assert saved == State(revision=saved.revision)
    assert saved.revision in (0, revision)


@given(STATES, st.integers(2, 2**70))
def test_nothing_is_made_of_a_newer_document(state, schema):
    data = json.dumps(json.loads(encode(state)) | {"schema": schema}).encode()
    with pytest.raises(UnreadableState, match="newer version"):
        decode(data)
    assert salvage(data) == State()
