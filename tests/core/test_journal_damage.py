"""Whatever has become of a journal, the lines that were not touched are read."""

import pytest

from maintenance_core.journal import Journal
from maintenance_core.journal_entry import encode_entry
from tests.core.journal_things import SIZE, entry, record, revisions

HUGE = 10 * 2**30
LINES = [encode_entry(entry(revision)) for revision in (1, 2, 3)]


@pytest.fixture
def journal(tmp_path):
    return Journal(tmp_path / "journal")


def found(journal):
    history = journal.history()
    assert history.problem is None
    return [each.revision for each in history.entries], history.damaged


@pytest.mark.parametrize("length", range(SIZE + 1))
def test_a_torn_last_line_costs_nothing_but_itself(journal, length, no_disk_sync):
    journal.path.write_bytes(LINES[0] + LINES[1][:length])
    whole = length >= SIZE - 1
    assert found(journal) == ([1, 2] if whole else [1], 0)
    record(journal, 3)
    assert found(journal) == ([1, 2, 3] if whole else [1, 3], int(length > 0 and not whole))
    assert journal.path.read_bytes().startswith(LINES[0] + LINES[1][:length])
    assert journal.path.read_bytes().endswith(b"\n" + LINES[2])


@pytest.mark.parametrize("length", [0, 1, SIZE // 2, SIZE - 1])
def test_a_torn_line_may_be_all_there_is(journal, length):
    journal.path.write_bytes(LINES[0][:length])
    record(journal, 2)
    assert 2 in found(journal)[0]
    assert journal.path.read_bytes().count(b"\n") == 1 + (length > 0)


@pytest.mark.parametrize("bit", range(8))
def test_a_flipped_bit_costs_at_most_the_lines_it_touches(tmp_path, bit):
    journal = Journal(tmp_path / "journal", keep=0)
    whole = b"".join(LINES)
    for position in range(len(whole)):
        data = bytearray(whole)
        data[position] ^= 1 << bit
        journal.path.write_bytes(data)
        entries = [encode_entry(each) for each in journal.history().entries]
        touched = position // SIZE
        joined = {touched, touched + 1} if whole[position] == ord("\n") else {touched}
        for number, line in enumerate(LINES):
            assert number in joined or line in entries


@pytest.mark.parametrize(
    ("junk", "damaged"),
    [
        (b"junk\n", 1),
        (b"\xff\xfe\0\n", 1),
        (b"\0" * 4096 + b"\n", 1),
        (b"[]\n17\nnull\n{}\n", 4),
        (b"[" * 10**5 + b"\n", 1),
        (b'{"opened":' * 10**5 + b"\n", 1),
        (LINES[1][:-1] + LINES[2], 1),
    ],
)
def test_lines_that_are_no_entries_are_passed_over_and_counted(journal, junk, damaged):
    journal.path.write_bytes(junk + LINES[0] + junk + LINES[1])
    assert found(journal) == ([1, 2], 2 * damaged)


def test_only_the_lines_that_were_looked_at_are_counted(journal):
    journal.path.write_bytes(b"junk\n" + LINES[0] + b"junk\n" + LINES[1] + b"junk\n")
    history = journal.history(1)
    assert ([each.revision for each in history.entries], history.damaged) == ([2], 1)


def test_lines_that_end_as_in_windows_are_read(journal):
    journal.path.write_bytes(b"".join(LINES).replace(b"\n", b"\r\n"))
    assert revisions(journal) == [1, 2, 3]


def test_a_file_that_is_far_too_large_is_read_at_its_end(journal):
    with journal.path.open("wb") as file:
        file.write(b"".join(LINES))
        file.truncate(HUGE)
        file.seek(HUGE)
        file.write(b"\n" + LINES[1])
    history = journal.history()
    assert [each.revision for each in history.entries] == [2]
    assert f"{journal.path}: only its end was read; it has 10,737,418," in history.problem


def test_the_first_line_of_an_end_may_be_torn_and_is_no_damage(tmp_path):
    journal = Journal(tmp_path / "journal", max_bytes=100 * SIZE)
    line = encode_entry(entry(1, tool="x" * 2**20))
    journal.path.write_bytes(line * 6 + LINES[2])
    history = journal.history()
    assert [each.revision for each in history.entries] == [1, 1, 1, 3]
    assert history.damaged == 0
    assert "only its end was read" in history.problem


def test_all_of_a_file_is_read_that_a_journal_can_have(tmp_path):
    journal = Journal(tmp_path / "journal", max_bytes=8 * 2**20)
    journal.record(entry(1, tool="x" * 5 * 2**20))
    record(journal, 2)
    assert revisions(journal) == [1, 2]


def test_the_largest_entry_of_two_states_is_read(tmp_path):
    journal = Journal(tmp_path / "journal", max_bytes=SIZE)
    journal.record(entry(1, tool="x" * 2 * 2**20, ended=("x" * 2**20,)))
    assert revisions(journal) == [1]


def test_a_line_without_end_does_not_fill_the_memory(journal):
    with journal.path.open("wb") as file:
        file.write(LINES[0])
        file.truncate(HUGE)
    history = journal.history()
    assert (history.entries, history.damaged) == ((), 0)
    assert "only its end was read" in history.problem
