"""The n-th system call fails, for every n: what was recorded stays, and the rest is told."""

import contextlib
import errno
import os

import pytest

from maintenance_core import StoreError
from maintenance_core.journal import Journal
from maintenance_core.journal_entry import encode_entry
from tests.core.faults import Faults
from tests.core.helpers import leftovers
from tests.core.journal_things import SIZE, entry, older, record, revisions

WRITING = (
    "open", "fstat", "lstat", "stat", "pread", "write", "fsync", "fchmod", "fchown", "rename",
    "unlink", "close",
)  # fmt: skip
READING = ("open", "fstat", "lseek", "read", "close")
NUMBERS = (errno.ENOSPC, errno.EIO, errno.EPERM, errno.EINTR)
SCENES = {"nothing": (), "room": (1,), "full": (1, 2), "all full": (1, 2, 3, 4)}


@pytest.mark.parametrize("lasting", [False, True], ids=["once", "for good"])
@pytest.mark.parametrize("before", SCENES.values(), ids=SCENES)
@pytest.mark.parametrize("calls", [WRITING, *[(name,) for name in WRITING]], ids="-".join)
def test_nothing_that_was_recorded_is_lost_and_a_failure_is_told(
    tmp_path, before, lasting, calls, no_disk_sync
):
    for number in NUMBERS:
        for nth in range(1, 100):
            place = tmp_path / f"{number}-{nth}"
            place.mkdir()
            journal = Journal(place / "journal", max_bytes=2 * SIZE, keep=1)
            record(journal, *before)
            faults = Faults(nth, number, calls=calls, lasting=lasting)
            check(journal, before, faults)
            if not faults.happened:
                break
        else:
            raise AssertionError("recording makes more and more system calls")


def check(journal, before, faults):
    there = revisions(journal)
    error = None
    with faults.injected():
        try:
            record(journal, 8)
        except StoreError as failed:
            error = failed
    told = f"call {faults.nth} of {faults.calls} failed, and recording said: {error}"
    seen = revisions(journal)
    known = [revision for revision in seen if revision != 8]
    assert known in (there, there[-2:]), told
    assert seen == known + [8] * (8 in seen), told
    assert error is not None or 8 in seen, told
    assert faults.happened or error is None, told
    record(journal, 9)
    assert revisions(journal)[-1] == 9, told
    assert leftovers(journal.path.parent) == [], told


@pytest.mark.parametrize("lasting", [False, True], ids=["once", "for good"])
@pytest.mark.parametrize("name", READING)
def test_reading_never_raises_and_tells_what_is_missing(tmp_path, name, lasting):
    journal = Journal(tmp_path / "journal", max_bytes=SIZE)
    record(journal, 1, 2, 3, 4)
    for nth in range(1, 100):
        faults = Faults(nth, errno.EIO, calls=(name,), lasting=lasting)
        with faults.injected():
            history = journal.history()
        seen = [found.revision for found in history.entries]
        assert seen == sorted(seen)
        assert history.damaged == 0
        if not faults.happened:
            assert (seen, history.problem) == ([1, 2, 3, 4], None)
            return
        if name in {"open", "read"}:
            calls_per_file = 1 if name == "open" else 2
            assert len(seen) == ((nth - 1) // calls_per_file if lasting else 3)
            assert "it cannot be read (Input/output error); try again." in history.problem
    raise AssertionError("reading makes more and more system calls")


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.EACCES, "(Permission denied); make it readable for the user who runs this: "),
        (errno.EIO, "(Input/output error); try again."),
    ],
)
def test_why_it_cannot_be_read_is_told_for_the_newest_file_that_cannot(tmp_path, number, sentence):
    journal = Journal(tmp_path / "journal", max_bytes=SIZE)
    record(journal, 1, 2, 3)
    with Faults(2, number, calls=("open",), lasting=True).injected():
        history = journal.history()
    assert [found.revision for found in history.entries] == [3]
    assert history.problem.startswith(f"{older(journal)}: it cannot be read {sentence}")


@pytest.mark.parametrize("call", ["fstat", "fchmod", "write", "fsync", "read"])
@pytest.mark.parametrize("nth", [1, 2, 3])
def test_no_descriptor_is_left_open_after_a_failure(tmp_path, call, nth):
    journal = Journal(tmp_path / "journal", max_bytes=SIZE)
    record(journal, 1)
    descriptors = len(os.listdir("/proc/self/fd"))
    with Faults(nth, errno.EIO, calls=(call,)).injected():
        journal.history()
    with Faults(nth, errno.EIO, calls=(call,)).injected():
        with contextlib.suppress(StoreError):
            record(journal, 2)
    assert len(os.listdir("/proc/self/fd")) == descriptors


@pytest.mark.parametrize("length", [1, 7, 10**6])
@pytest.mark.parametrize("before", [(), (1,)], ids=["new", "there"])
def test_a_short_write_is_gone_on_with(tmp_path, monkeypatch, length, before):
    journal = Journal(tmp_path / "journal")
    record(journal, *before)
    real = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: real(descriptor, data[:length]))
    record(journal, 2)
    assert revisions(journal) == [*before, 2]


@pytest.mark.parametrize("left", range(SIZE))
def test_a_disk_that_is_full_in_the_middle_of_a_line_costs_that_line_only(
    tmp_path, monkeypatch, left, no_disk_sync
):
    journal = Journal(tmp_path / "journal")
    record(journal, 1)
    real, room = os.write, [left]

    def write(descriptor, data):
        if not room[0]:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written = real(descriptor, data[: room[0]])
        room[0] -= written
        return written

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", write)
        with pytest.raises(StoreError, match=r"not be recorded \(No space left on device\)\.$"):
            record(journal, 2)
    record(journal, 3)
    history = journal.history()
    whole = left == SIZE - 1
    assert [found.revision for found in history.entries] == ([1, 2, 3] if whole else [1, 3])
    assert history.damaged == (0 < left < SIZE - 1)


def test_an_entry_is_on_disk_before_it_is_told(tmp_path, monkeypatch):
    journal = Journal(tmp_path / "journal", max_bytes=2 * SIZE)
    done = []

    def watch(name, kind):
        real = getattr(os, name)

        def call(*arguments, **options):
            result = real(*arguments, **options)
            done.append(kind(*arguments))
            return result

        monkeypatch.setattr(os, name, call)

    def synced(descriptor):
        return "synced " + os.path.basename(os.readlink(f"/proc/self/fd/{descriptor}"))

    watch("write", lambda descriptor, data: f"wrote {len(data) // SIZE}")
    watch("fsync", synced)
    watch("rename", lambda old, new: f"{old.name} is {new.name}")
    record(journal, 1)
    assert done == [
        "wrote 1", "synced .journal.tmp", ".journal.tmp is journal", f"synced {tmp_path.name}",
    ]  # fmt: skip
    done.clear()
    record(journal, 2)
    assert done == ["wrote 1", "synced journal"]
    done.clear()
    record(journal, 3)
    assert done == [
        "wrote 1", "synced .journal.tmp", "journal is journal.1", ".journal.tmp is journal",
        f"synced {tmp_path.name}",
    ]  # fmt: skip


def test_an_entry_is_one_write(tmp_path, monkeypatch):
    """Also after a torn line: nobody reads the new line as its end."""
    journal = Journal(tmp_path / "journal")
    record(journal, 1)
    with journal.path.open("ab") as file:
        file.write(b"torn")
    real, writes = os.write, []

    def write(descriptor, data):
        writes.append(bytes(data))
        return real(descriptor, data)

    monkeypatch.setattr(os, "write", write)
    record(journal, 2)
    assert writes == [b"\n" + encode_entry(entry(2))]


def test_an_interrupted_reader_closes_what_it_has_opened(tmp_path, monkeypatch):
    journal = Journal(tmp_path / "journal")
    record(journal, 1)
    descriptors = len(os.listdir("/proc/self/fd"))

    def interrupted(*arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "read", interrupted)
        with pytest.raises(KeyboardInterrupt):
            journal.history()
    assert len(os.listdir("/proc/self/fd")) == descriptors


def test_an_interrupted_writer_leaves_no_new_file(tmp_path, monkeypatch):
    journal = Journal(tmp_path / "journal", max_bytes=SIZE)
    record(journal, 1)

    def interrupted(*arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "rename", interrupted)
        with pytest.raises(KeyboardInterrupt):
            record(journal, 2)
    assert [name.name for name in tmp_path.iterdir()] == ["journal"]
    assert not older(journal).exists()
