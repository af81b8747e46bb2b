"""What can be at the path of a journal, and whose it can be."""

import os
import re

import pytest

from maintenance_core import StoreError
from maintenance_core.journal import Journal
from maintenance_core.journal_entry import encode_entry
from tests.core.helpers import (
    NOBODY,
    OTHER,
    in_time,
    in_time_or_raise,
    leftovers,
    mode,
    needs_root,
    owner,
    snapshot,
)
from tests.core.journal_things import SIZE, as_user, entry, older, record, revisions
from tests.core.things import device, directory, empty_directory, fifo, unix_socket


def link(path):
    path.with_name("foreign").write_bytes(encode_entry(entry()))
    path.symlink_to("foreign")


def lost_link(path):
    path.symlink_to("missing")


KINDS = pytest.mark.parametrize(
    "make",
    [link, lost_link, directory, empty_directory, fifo, unix_socket, device],
    ids=lambda make: make.__name__,
)


@pytest.fixture
def journal(tmp_path):
    return Journal(tmp_path / "journal", max_bytes=SIZE)


@KINDS
def test_what_is_no_file_is_told_and_left_alone(journal, make):
    make(journal.path)
    before = snapshot(journal.path.parent)
    with pytest.raises(StoreError) as failed:
        in_time_or_raise(lambda: record(journal, 1))
    assert str(failed.value) == f"{journal.path}: it is not a regular file; move it away."
    assert snapshot(journal.path.parent) == before


@KINDS
def test_reading_what_is_no_file_tells_so(journal, make):
    make(journal.path)
    before = snapshot(journal.path.parent)
    history = in_time(journal.history)
    assert (history.entries, history.damaged) == ((), 0)
    assert history.problem == f"{journal.path}: it is not a regular file; move it away."
    assert snapshot(journal.path.parent) == before


@KINDS
@pytest.mark.parametrize("number", [1, 2, 3])
def test_what_is_no_file_is_not_moved_when_a_file_is_full(journal, make, number):
    record(journal, *range(1, 5))
    older(journal, number).unlink()
    make(older(journal, number))
    before = snapshot(journal.path.parent)
    with pytest.raises(StoreError, match=re.escape(f"{older(journal, number)}: it is not a reg")):
        in_time_or_raise(lambda: record(journal, 5))
    assert snapshot(journal.path.parent) == before
    history = in_time(journal.history)
    assert [found.revision for found in history.entries] == [
        revision for revision in (1, 2, 3, 4) if revision != 4 - number
    ]
    assert history.problem == f"{older(journal, number)}: it is not a regular file; move it away."


def test_a_link_that_takes_the_place_of_the_journal_is_not_followed(journal, monkeypatch):
    """Whoever may write the directory cannot let root write to a file of root."""
    foreign = journal.path.with_name("foreign")
    foreign.write_text("")
    real = os.open

    def swapped(name, *arguments):
        if name == journal.path and not journal.path.is_symlink():
            journal.path.symlink_to(foreign)
        return real(name, *arguments)

    monkeypatch.setattr(os, "open", swapped)
    with pytest.raises(StoreError, match="it is not a regular file"):
        record(journal, 1)
    assert foreign.read_text() == ""


@pytest.mark.parametrize("make", [link, fifo, directory])
def test_only_a_file_of_its_own_making_is_filled(journal, make):
    """Where it is to be made, a killed writer has left something, or somebody else has put it."""
    new = journal.path.with_name(".journal.tmp")
    make(new)
    if make is directory:
        with pytest.raises(StoreError, match=r"could not be recorded \(File exists\)"):
            record(journal, 1)
    else:
        in_time_or_raise(lambda: record(journal, 1))
        assert revisions(journal) == [1]
        assert leftovers(journal.path.parent) == []
    foreign = journal.path.with_name("foreign")
    assert not foreign.exists() or foreign.read_bytes() == encode_entry(entry())


def test_no_name_that_appears_in_between_is_written_to(journal, monkeypatch):
    foreign = journal.path.with_name("foreign")
    foreign.write_text("foreign")
    real = os.open

    def swapped(name, *arguments):
        if str(name).endswith(".tmp"):
            os.link(foreign, name)
        return real(name, *arguments)

    monkeypatch.setattr(os, "open", swapped)
    with pytest.raises(StoreError, match="File exists"):
        record(journal, 1)
    assert foreign.read_text() == "foreign"


def test_a_missing_directory_is_told(tmp_path):
    journal = Journal(tmp_path / "missing" / "journal")
    with pytest.raises(StoreError) as failed:
        record(journal, 1)
    assert str(failed.value) == (
        f"{journal.path}: the change could not be recorded (No such file or directory)."
    )


@pytest.mark.parametrize("umask", [0o077, 0], indirect=True)
@pytest.mark.parametrize(
    ("directory_mode", "bits"),
    [
        (0o700, 0o640),
        (0o755, 0o644),
        (0o770, 0o660),
        (0o2775, 0o664),
        (0o777, 0o666),
        (0o1777, 0o644),
    ],
)
def test_a_new_journal_is_for_those_who_may_read_or_change_the_state(
    tmp_path, umask, directory_mode, bits
):
    tmp_path.chmod(directory_mode)
    journal = Journal(tmp_path / "journal", max_bytes=SIZE)
    record(journal, 1)
    assert mode(journal.path) == bits
    record(journal, 2)
    assert (mode(journal.path), mode(older(journal))) == (bits, bits)


@pytest.mark.parametrize("bits", [0o600, 0o640, 0o660, 0o604])
def test_the_permissions_of_a_full_file_are_those_of_the_next(journal, bits):
    record(journal, 1)
    journal.path.chmod(bits)
    record(journal, 2)
    assert (mode(journal.path), mode(older(journal))) == (bits, bits)
    journal.path.unlink()
    record(journal, 3)
    assert mode(journal.path) == bits


@needs_root
def test_what_root_records_stays_with_the_owner(open_directory):
    os.chown(open_directory, NOBODY, OTHER)
    journal = Journal(open_directory / "journal", max_bytes=SIZE)
    record(journal, 1)
    assert owner(journal.path) == (NOBODY, OTHER)
    os.chown(journal.path, OTHER, NOBODY)
    record(journal, 2)
    assert owner(journal.path) == owner(older(journal)) == (OTHER, NOBODY)


@needs_root
def test_who_may_replace_the_state_of_another_user_may_add_to_its_journal(open_directory):
    os.chown(open_directory, NOBODY, NOBODY)
    open_directory.chmod(0o2775)
    path = open_directory / "journal"
    assert as_user(NOBODY, NOBODY, path, "1") == [None]
    assert as_user(OTHER, OTHER, path, "2", groups=[NOBODY]) == [None]
    assert owner(path) == (NOBODY, NOBODY)
    assert revisions(Journal(path)) == [1, 2]


@needs_root
def test_a_group_that_the_directory_is_not_for_may_not_add_to_it(open_directory):
    os.chown(open_directory, NOBODY, NOBODY)
    open_directory.chmod(0o770)
    path = open_directory / "journal"
    assert as_user(NOBODY, OTHER, path, "1") == [None]
    assert (owner(path), mode(path)) == ((NOBODY, OTHER), 0o640)


@needs_root
def test_a_journal_that_may_not_be_written_is_told_and_read(open_directory):
    open_directory.chmod(0o755)
    path = open_directory / "journal"
    record(Journal(path), 1)
    (told, history) = as_user(NOBODY, NOBODY, path, "2", "read")
    assert told == (
        f"{path}: the change could not be recorded (Permission denied); "
        "make it writable for the user who runs this: chmod or chown."
    )
    assert history == [[1], 0, None]


@needs_root
def test_a_journal_that_may_not_be_read_is_told(open_directory):
    journal = Journal(open_directory / "journal", max_bytes=SIZE)
    record(journal, 1, 2)
    older(journal).chmod(0o600)
    (history,) = as_user(NOBODY, NOBODY, journal.path, "read")
    problem = (
        f"{older(journal)}: it cannot be read (Permission denied); "
        "make it readable for the user who runs this: chmod or chown."
    )
    assert history == [[2], 0, problem]


@needs_root
def test_a_full_file_whose_owner_would_be_shut_out_stays_where_it_is(open_directory):
    open_directory.chmod(0o777)
    journal = Journal(open_directory / "journal", max_bytes=SIZE)
    record(journal, 1)
    os.chown(journal.path, 0, NOBODY)
    journal.path.chmod(0o660)
    before = snapshot(open_directory)
    (told,) = as_user(NOBODY, NOBODY, journal.path, "2", max_bytes=SIZE)
    assert told.startswith(f"{journal.path}: it belongs to user 0, who could not read it after")
    after = snapshot(open_directory)
    assert after[str(journal.path)] == before[str(journal.path)]
    assert leftovers(open_directory) == []
