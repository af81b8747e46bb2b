"""A reader sees the journal as it was at one moment, whatever becomes of the files meanwhile."""

import os

import pytest

from maintenance_core.journal import Journal
from tests.core.journal_things import SIZE, older, record, revisions

KEEP = 4


@pytest.fixture
def journal(tmp_path):
    """Six entries, the last ones in five files of one each."""
    journal = Journal(tmp_path / "journal", max_bytes=SIZE, keep=KEEP)
    record(journal, *range(1, 7))
    assert revisions(journal) == [2, 3, 4, 5, 6]
    return journal


@pytest.fixture
def meanwhile(journal, monkeypatch):
    """Let something happen right before a reader opens its n-th file."""
    real = os.open

    def at(number, action):
        names = iter(range(KEEP + 1))

        def opened(name, flags, *arguments):
            if next(names, None) == number:
                monkeypatch.setattr(os, "open", real)
                action()
                monkeypatch.setattr(os, "open", opened)
            return real(name, flags, *arguments)

        monkeypatch.setattr(os, "open", opened)

    return at


@pytest.mark.parametrize("rotations", range(1, KEEP + 3))
@pytest.mark.parametrize("number", range(1, KEEP + 1))
def test_files_that_get_other_names_are_read_once_and_in_order(
    journal, meanwhile, number, rotations
):
    """What was there at first is seen without a gap, but for what has gone since."""
    meanwhile(number, lambda: record(journal, *range(7, 7 + rotations)))
    seen = revisions(journal)
    assert seen == [*range(seen[0], 7)]
    assert seen[0] <= max(2, min(6, 2 + rotations))


@pytest.mark.parametrize("first", range(1, KEEP + 1))
@pytest.mark.parametrize("second", range(2, KEEP + 1))
def test_files_that_get_other_names_more_than_once_are_read_in_order(
    journal, meanwhile, first, second
):
    def again():
        record(journal, 7)
        meanwhile(second - first, lambda: record(journal, 8, 9))

    meanwhile(first, again)
    seen = revisions(journal)
    assert seen == [*range(seen[0], 7)]
    assert seen[0] <= 5


def test_a_file_that_is_found_between_two_names_is_not_missed(journal, monkeypatch):
    """Another process is stopped after each of its renames, and a reader looks."""
    real, seen = os.rename, []

    def watched(*names):
        real(*names)
        seen.append(revisions(journal))

    monkeypatch.setattr(os, "rename", watched)
    record(journal, 7)
    assert seen == [[3, 4, 5, 6]] * KEEP + [[3, 4, 5, 6, 7]]


def test_a_newest_file_that_is_removed_meanwhile_is_read(journal, meanwhile):
    meanwhile(1, journal.path.unlink)
    assert revisions(journal) == [6]
    assert revisions(journal) == [2, 3, 4, 5]


def test_a_file_that_grows_while_it_is_read_is_read_to_its_end(tmp_path, monkeypatch):
    journal = Journal(tmp_path / "journal")
    record(journal, 1)
    real = os.read

    def read(descriptor, length):
        monkeypatch.setattr(os, "read", real)
        record(journal, 2)
        return real(descriptor, length)

    monkeypatch.setattr(os, "read", read)
    assert revisions(journal) == [1, 2]


def test_a_file_that_grows_as_fast_as_it_is_read_is_not_read_for_ever(tmp_path, monkeypatch):
    journal = Journal(tmp_path / "journal")
    record(journal, 1)
    real, pieces = os.read, []

    def read(descriptor, length):
        assert len(pieces) < 10, "it is read on and on"
        pieces.append(real(descriptor, min(length, 2**20)))
        with journal.path.open("ab") as file:
            file.write(bytes(2**20))
        return pieces[-1]

    monkeypatch.setattr(os, "read", read)
    assert revisions(journal) == [1]
    assert len(b"".join(pieces)) == 4 * 2**20


def test_a_new_file_with_the_inode_of_one_that_was_read_is_not_taken_for_it(journal, monkeypatch):
    """As long as a file is open, no other one gets its inode."""
    real_open, real_close, open_files = os.open, os.close, []

    def opened(name, *arguments):
        open_files.append(real_open(name, *arguments))
        return open_files[-1]

    def closed(descriptor):
        assert len(open_files) == KEEP + 1, "a file was closed before all were opened"
        real_close(descriptor)

    monkeypatch.setattr(os, "open", opened)
    monkeypatch.setattr(os, "close", closed)
    assert revisions(journal) == [2, 3, 4, 5, 6]
    assert not any(os.path.exists(f"/proc/self/fd/{descriptor}") for descriptor in open_files)


def test_the_same_file_under_two_names_is_read_once(journal):
    older(journal, 1).unlink()
    os.link(journal.path, older(journal, 1))
    assert revisions(journal) == [2, 3, 4, 6]
