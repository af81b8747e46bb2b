"""What is written into the journal is found there again: all of it, in order, and nothing else."""

import os

import pytest

from maintenance_core.journal import History, Journal
from maintenance_core.journal_entry import encode_entry
from tests.core.helpers import snapshot, window
from tests.core.journal_things import SIZE, entry, older, record, revisions


@pytest.fixture
def journal(tmp_path):
    return Journal(tmp_path / "state.json.journal")


@pytest.fixture
def small(tmp_path):
    """A journal whose files hold three entries each, and of which two older ones are kept."""
    return Journal(tmp_path / "small.journal", max_bytes=3 * SIZE, keep=2)


def test_without_a_file_there_is_no_record_and_no_problem(journal, tmp_path):
    before = snapshot(tmp_path)
    assert journal.history() == History((), 0, None)
    assert snapshot(tmp_path) == before


def test_below_a_file_or_a_missing_directory_there_is_no_record(tmp_path):
    (tmp_path / "file").touch()
    assert Journal(tmp_path / "file" / "journal").history() == History()
    assert Journal(tmp_path / "missing" / "journal").history() == History()


def test_what_is_recorded_is_found_in_order(journal):
    written = [entry(1), entry(2, opened=(window(),)), entry(3, action="off", ended=("abcd",))]
    for each in written:
        journal.record(each)
    assert journal.history() == History(tuple(written))


def test_reading_changes_nothing(journal, tmp_path):
    record(journal, 1, 2)
    before = snapshot(tmp_path)
    assert revisions(journal) == [1, 2]
    assert snapshot(tmp_path) == before


def test_a_file_is_added_to_and_never_replaced(journal):
    record(journal, 1)
    before = journal.path.stat().st_ino, journal.path.read_bytes()
    record(journal, 2)
    after = journal.path.stat().st_ino, journal.path.read_bytes()
    assert after == (before[0], before[1] + encode_entry(entry(2)))


def test_the_path_of_a_journal_stays_the_same_wherever_the_process_goes(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    journal = Journal("state.journal")
    monkeypatch.chdir("/")
    record(journal, 1)
    assert revisions(Journal(tmp_path / "state.journal")) == [1]
    assert repr(journal) == f"Journal('{tmp_path}/state.journal')"


@pytest.mark.parametrize("limit", range(12))
def test_only_the_last_entries_can_be_asked_for(small, limit):
    record(small, *range(1, 9))
    assert revisions(small, limit) == [*range(1, 9)][max(0, 8 - limit) :]


def test_a_full_file_becomes_an_older_one_and_the_oldest_goes(small):
    record(small, *range(1, 10))
    assert revisions(small) == [*range(1, 10)]
    files = small.path, older(small), older(small, 2)
    assert [name.stat().st_size for name in files] == [3 * SIZE] * 3
    record(small, 9)
    assert revisions(small) == [4, 5, 6, 7, 8, 9, 9]
    assert sorted(name.name for name in small.path.parent.iterdir()) == [
        "small.journal",
        "small.journal.1",
        "small.journal.2",
    ]


def test_no_file_is_larger_than_it_may_be(small):
    for revision in range(1, 30):
        record(small, revision % 10)
        sizes = [name.stat().st_size for name in small.path.parent.iterdir()]
        assert max(sizes) <= 3 * SIZE


def test_an_entry_that_is_larger_than_a_file_has_one_of_its_own(small):
    large = entry(2, tool="x" * 4 * SIZE)
    record(small, 1)
    small.record(large)
    record(small, 3)
    assert revisions(small) == [1, 2, 3]
    assert older(small).read_bytes() == encode_entry(large)


def test_a_journal_can_be_kept_without_older_files(tmp_path):
    journal = Journal(tmp_path / "journal", max_bytes=3 * SIZE, keep=0)
    record(journal, 1, 2, 3, 4)
    assert revisions(journal) == [4]
    assert [name.name for name in tmp_path.iterdir()] == ["journal"]


def test_a_gap_that_a_killed_writer_has_left_is_filled_before_the_oldest_goes(tmp_path):
    journal = Journal(tmp_path / "journal", max_bytes=SIZE, keep=3)
    record(journal, 1, 2, 3, 4)
    older(journal, 1).unlink()
    assert revisions(journal) == [1, 2, 4]
    record(journal, 5)
    assert revisions(journal) == [1, 2, 4, 5]
    record(journal, 6)
    assert revisions(journal) == [2, 4, 5, 6]


def test_a_missing_newest_file_is_no_reason_to_move_the_older_ones(tmp_path):
    journal = Journal(tmp_path / "journal", max_bytes=SIZE, keep=3)
    record(journal, 1, 2, 3, 4)
    journal.path.unlink()
    record(journal, 5)
    assert revisions(journal) == [1, 2, 3, 5]


def test_a_file_with_a_second_name_is_not_added_to(journal, tmp_path):
    foreign = tmp_path / "foreign"
    foreign.write_bytes(encode_entry(entry(1)))
    os.link(foreign, journal.path)
    record(journal, 2)
    assert foreign.read_bytes() == encode_entry(entry(1))
    assert revisions(journal) == [1, 2]


def test_empty_lines_are_no_damage(journal):
    record(journal, 1)
    journal.path.write_bytes(b"\n" + journal.path.read_bytes() + b"\n\n")
    record(journal, 2)
    assert revisions(journal) == [1, 2]


def test_an_empty_file_is_no_record_and_is_added_to(journal):
    journal.path.touch()
    assert revisions(journal) == []
    record(journal, 1)
    assert journal.path.read_bytes() == encode_entry(entry(1))
