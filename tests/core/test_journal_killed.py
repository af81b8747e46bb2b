"""A writer is killed at every step of its way: the journal has lost nothing."""

import pytest

from maintenance_core.journal import Journal
from tests.core.helpers import leftovers, mode
from tests.core.journal_things import SIZE, older, record, revisions, start_child, told_by

FULL = 2 * SIZE


def killed_at_every_step(tmp_path, *before):
    content = " ".join(map(str, before))
    (told,) = told_by(start_child("killed_at_every_step", tmp_path, content, FULL))
    places = sorted(tmp_path.iterdir())
    assert told == {"steps": len(places), "exit": 0}
    return [Journal(place / "journal", max_bytes=FULL) for place in places]


@pytest.mark.parametrize("before", [(), (1,), (1, 2, 3)])
def test_a_killed_writer_has_recorded_all_or_nothing(tmp_path, before):
    journals = killed_at_every_step(tmp_path, *before)
    assert len(journals) > 8, "the writer was not killed at every step"
    found = [revisions(journal) for journal in journals]
    old, new = [*before], [*before, 9]
    assert found == [old] * found.count(old) + [new] * found.count(new)
    assert 0 < found.count(old) < len(found)
    for journal in journals:
        record(journal, 9)
        assert revisions(journal)[: len(before)] == old
        assert leftovers(journal.path.parent) == []


@pytest.mark.parametrize("before", [range(1, 5), range(1, 7), range(1, 9)])
def test_a_rotation_that_was_cut_short_loses_what_it_would_have_dropped_at_most(tmp_path, before):
    """Three files are kept: of four that are full, the oldest may go, and no other."""
    journals = killed_at_every_step(tmp_path, *before)
    assert any(leftovers(journal.path.parent) for journal in journals)
    kept = [*before][-6:]
    for journal in journals:
        assert revisions(journal)[-6:] in (kept, [*kept, 9][-6:], [*kept, 9])
        assert set(kept) <= set(revisions(journal))
        record(journal, 9)
        assert set(kept) <= set(revisions(journal))
        assert leftovers(journal.path.parent) == []


def test_a_file_after_a_rotation_that_was_cut_short_has_the_permissions_of_the_others(tmp_path):
    for journal in killed_at_every_step(tmp_path, 1, 2):
        known = [name for name in (journal.path, older(journal)) if name.exists()]
        assert {mode(name) for name in known} == {mode(known[0])}
        known[-1].chmod(0o604)
        was_missing = not journal.path.exists()
        record(journal, 9)
        assert not was_missing or mode(journal.path) == 0o604


def test_a_journal_whose_first_writer_was_killed_is_for_the_same_people(tmp_path):
    journals = killed_at_every_step(tmp_path)
    for journal in journals:
        record(journal, 9)
    assert {mode(journal.path) for journal in journals} == {mode(journals[-1].path)} != {0o600}
