"""The checker of histories: it accepts what one state at a time can do, and nothing else."""

from dataclasses import replace
from itertools import permutations, product

import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from tests.core.history import NEVER, Read, Write, contradictions

A = Write("a", 10, 20, 1, ("a",))
B = Write("b", 30, 40, 2, ("a", "b"))
KILLED = Write("k", 30)


@pytest.mark.parametrize(
    ("writes", "reads"),
    [
        ([], []),
        ([], [Read(0, 9, 0)]),
        ([A, B], []),
        ([A, B], [Read(0, 5, 0), Read(22, 25, 1, ("a",)), Read(45, 50, 2, ("a", "b"))]),
        # At the same time as a write, the old and the new revision can be seen.
        ([A, B], [Read(31, 39, 1, ("a",)), Read(31, 39, 2, ("b",))]),
        ([A, B], [Read(5, 11, 1, ("a",)), Read(39, 45, 1, ("a",))]),
        ([A, B], [Read(19, 25, 0)]),
        # Two writes at the same time come in any order.
        ([replace(A, end=35), replace(B, start=15)], []),
        ([Write("b", 10, 20, 2, ("a", "b")), Write("a", 15, 25, 1, ("a",))], []),
        # What a killed writer asked for was committed or not, and then at any time.
        ([A, KILLED], [Read(50, 60, 1, ("a",))]),
        ([A, KILLED], [Read(50, 60, 2, ("a", "k")), Read(35, 40, 1, ("a",))]),
        ([A, KILLED, Write("c", 50, 60, 3, ("k", "c"))], [Read(35, 40, 1, ("a",))]),
    ],
)
def test_what_can_have_happened_is_accepted(writes, reads):
    assert contradictions(writes, reads) == []


@pytest.mark.parametrize(
    ("writes", "reads", "why"),
    [
        pytest.param([A, B], [Read(41, 45, 1, ("a",))], "begun after the end", id="stale read"),
        pytest.param([A], [Read(21, 25, 0)], "begun after the end", id="stale read of nothing"),
        pytest.param(
            [replace(A, end=35), replace(B, start=15, end=35)],
            [Read(16, 20, 2, ("a", "b")), Read(21, 25, 1, ("a",))],
            "begun after the end",
            id="two readers that see two writes in either order",
        ),
        pytest.param([A, B], [Read(22, 29, 2, ("a", "b"))], "after the end", id="future read"),
        pytest.param(
            [A, KILLED],
            [Read(22, 29, 2, ("a", "k"))],
            "after the end",
            id="future of a killed one",
        ),
        pytest.param(
            [A, KILLED],
            [Read(35, 40, 2, ("a", "k")), Read(45, 50, 1, ("a",))],
            "after the end",
            id="of a killed one, and back",
        ),
        pytest.param([A, replace(B, revision=1, last=("b",))], [], "lost", id="lost update"),
        pytest.param(
            [A, Write("k", 30, 40, 2, ("k",)), Write("c", 50, 60, 2, ("a", "c"))],
            [],
            "lost",
            id="lost update of the last one",
        ),
        pytest.param([A, replace(B, revision=3)], [], "more than once", id="a revision left out"),
        pytest.param([A, replace(B, revision=3, last=("b",))], [], "never asked for", id="a gap"),
        pytest.param([A], [Read(25, 30, 1, ("x",))], "others saw", id="made up value"),
        pytest.param([A], [Read(25, 30, 2, ("a", "x"))], "never asked for", id="made up revision"),
        pytest.param([A, B], [Read(45, 50, 2, ("b", "b"))], "others saw", id="torn"),
        pytest.param([A, B], [Read(45, 50, 2, ("a",))], "others saw", id="half of another"),
        pytest.param([A, B], [Read(45, 50, 2)], "without a value", id="torn off"),
        pytest.param([A], [Read(25, 30, 1, ("x", "a"))], "more values", id="too much"),
        pytest.param([A], [Read(5, 30, 0, ("a",))], "more values", id="nothing with a value"),
        pytest.param([A, A], [], "more than once", id="asked for twice"),
        pytest.param(
            [A, replace(A, start=30, end=40, revision=2, last=("a", "a"))],
            [],
            "more than once",
            id="committed twice",
        ),
        pytest.param(
            [replace(A, start=50, end=60), B], [], "begun after the end", id="against the clock"
        ),
    ],
)
def test_what_cannot_have_happened_is_refused(writes, reads, why):
    found = contradictions(writes, reads)
    assert [sentence for sentence in found if why in sentence], found


@st.composite
def histories(draw):
    """A history that can be, perhaps with one moment or revision that is another one."""
    last, writes, reads = (), [], []
    for number in range(draw(st.integers(3, 6))):
        moment = 10 * number
        start = moment - draw(st.integers(0, 12))
        end = moment + draw(st.integers(0, 12))
        if draw(st.booleans()):
            last = (*last, str(number))
            killed = draw(st.booleans())
            write = Write(str(number), start, end, len(last), last)
            writes.append(Write(str(number), start) if killed else write)
        else:
            reads.append(Read(start, end, len(last), last))
    changed = draw(st.sampled_from([*range(len(writes) + len(reads)), None]))
    if changed is not None:
        moment = draw(st.integers(0, 70))
        events = [*writes, *reads]
        there = events[changed]
        if draw(st.booleans()) and there.end != NEVER:
            events[changed] = replace(there, start=moment, end=moment + draw(st.integers(0, 20)))
        elif there.revision is not None:
            seen = last[: draw(st.integers(0, len(last)))]
            events[changed] = replace(there, revision=len(seen), last=seen)
        writes, reads = events[: len(writes)], events[len(writes) :]
    return writes, reads


def can_have_happened(writes, reads):
    """The same question, answered by trying every order."""
    killed = [write for write in writes if write.revision is None]
    for took_place in product([True, False], repeat=len(killed)):
        left_out = {
            id(write) for write, there in zip(killed, took_place, strict=True) if not there
        }
        events = [event for event in (*writes, *reads) if id(event) not in left_out]
        if any(is_possible(order) for order in permutations(events)):
            return True
    return False


def is_possible(order):
    last, latest_start = (), -NEVER
    for happened in order:
        latest_start = max(latest_start, happened.start)
        if happened.end < latest_start:
            return False
        if isinstance(happened, Write):
            last = (*last, happened.value)
            if happened.revision is None:
                continue
        if (happened.revision, happened.last) != (len(last), last):
            return False
    return True


@given(histories())
@settings(max_examples=500)
def test_the_answer_is_that_of_trying_every_order(history):
    writes, reads = history
    assume(all(write.revision is None or write.last for write in writes))
    possible = can_have_happened(writes, reads)
    event(f"possible: {possible}")
    assert (contradictions(writes, reads) == []) is possible
