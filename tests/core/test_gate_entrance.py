"""The way in: what is counted when, and who is turned away without being counted."""

import pytest

from maintenance_core import FileStore, Reader
from maintenance_core.entrance import Entrance
from maintenance_core.gate import Gate
from tests.core.at_once import off, on
from tests.core.gate_workers import seen


class WatchedReader(Reader):
    """Notes how many were counted each time the state is looked at."""

    def __init__(self, store, gate_file):
        super().__init__(store)
        self.gate_file = gate_file
        self.busy = []
        self.then = None

    def current(self):
        self.busy.append(seen(self.gate_file)[1])
        view = super().current()
        if self.then is not None:
            then, self.then = self.then, None
            then()
        return view


@pytest.fixture
def gate_file(tmp_path):
    return tmp_path / ".state.json.gate"


@pytest.fixture
def reader(path, gate_file, an_hour_later):
    return WatchedReader(FileStore(path), gate_file)


@pytest.fixture
def entrance(gate_file, reader):
    return Entrance(Gate(gate_file), reader)


def arrive(entrance, *, is_exempt=False):
    """What a middleware does; the visit, or None for a visitor who was turned away."""
    visit = entrance.visit()
    for view in entrance.views(visit):
        if view.on and not is_exempt:
            visit.leave()
            return None
    return visit


def test_the_state_is_read_once_and_after_the_visit_is_counted(entrance, reader, gate_file):
    visit = arrive(entrance)
    assert (reader.busy, seen(gate_file)) == ([1], (1, 1))
    visit.leave()
    assert seen(gate_file) == (1, 0)


def test_the_first_who_is_turned_away_is_not_counted_any_more(entrance, reader, store, gate_file):
    on(store)
    assert arrive(entrance) is None
    assert (reader.busy, seen(gate_file)) == ([1], (1, 0))


def test_those_who_are_turned_away_after_that_are_never_counted(entrance, reader, store):
    on(store)
    for _ in range(3):
        assert arrive(entrance) is None
    assert reader.busy == [1, 0, 0]


def test_who_may_pass_in_spite_of_it_is_counted(entrance, reader, store, gate_file):
    on(store)
    arrive(entrance)
    visit = arrive(entrance, is_exempt=True)
    assert (reader.busy, seen(gate_file)) == ([1, 0, 1], (1, 1))
    visit.leave()


def test_who_may_pass_is_judged_once_for_each_state(entrance, store):
    on(store)
    arrive(entrance)
    visit = entrance.visit()
    assert len(list(entrance.views(visit))) == 1


def test_after_maintenance_is_off_all_pass_and_one_reads_twice(entrance, reader, store):
    on(store)
    arrive(entrance)
    off(store)
    reader.busy.clear()
    for _ in range(3):
        arrive(entrance).leave()
    assert reader.busy == [0, 1, 1, 1]


def test_who_came_before_maintenance_was_on_again_is_judged_again_inside(
    entrance, reader, store, gate_file
):
    on(store)
    arrive(entrance)
    off(store)
    reader.busy.clear()
    reader.then = lambda: on(store)
    assert arrive(entrance) is None
    assert (reader.busy, seen(gate_file)) == ([0, 1], (1, 0))


def test_a_judgement_that_fails_counts_nobody(entrance, gate_file):
    def judge():
        visit = entrance.visit()
        for _view in entrance.views(visit):
            raise LookupError

    with pytest.raises(LookupError):
        judge()
    assert seen(gate_file) == (1, 0)
    arrive(entrance).leave()
