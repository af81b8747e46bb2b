"""Many writers and readers at once, and small files: an order, and no gap in what is kept."""

from maintenance_core.journal import Journal
from tests.core.journal_things import SIZE, record, revisions, start_child, told_by

WRITERS, READERS, TIMES = 3, 2, 40
TOTAL = 100 + WRITERS * TIMES
MAX_BYTES = 5 * (SIZE + 2)
"""Five entries with revisions of three digits."""


def test_every_reader_sees_an_order_without_gaps(tmp_path):
    journal = Journal(tmp_path / "journal", max_bytes=MAX_BYTES)
    record(journal, 100)
    readers = [start_child("read", journal.path, MAX_BYTES, TOTAL) for _ in range(READERS)]
    writers = [
        start_child("write", journal.path, tmp_path / "lock", MAX_BYTES, TIMES)
        for _ in range(WRITERS)
    ]
    assert [told_by(writer) for writer in writers] == [[]] * WRITERS
    last = 0
    for reader in readers:
        (histories,) = told_by(reader)
        for found, damaged, problem in histories:
            assert found == [*range(found[0], found[-1] + 1)]
            assert (damaged, problem) == (0, None)
        ends = [found[-1] for found, _, _ in histories]
        assert ends == sorted(ends)
        last = max(last, ends[-1])
    assert last == TOTAL
    kept = revisions(journal)
    assert kept == [*range(kept[0], TOTAL + 1)]
    assert len(kept) > 15
