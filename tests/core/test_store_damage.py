"""The file is damaged in every way: readers go on with what they know, and a repair works."""

import os

import pytest

from maintenance_core import FileStore, Reader, repair, switch_off
from maintenance_core.codec import MAX_BYTES, encode
from maintenance_core.state import SCHEMA
from tests.core.documents import EVERYTHING
from tests.core.helpers import NOW, in_time, kept_copies

DATA = encode(EVERYTHING)


@pytest.fixture
def reader(store, path):
    """One that knows the state, which is on."""
    path.write_bytes(DATA)
    reader = Reader(store, clock=NOW.timestamp)
    assert reader.current().state == EVERYTHING
    return reader


def test_wherever_it_is_cut_off_the_last_known_state_stands(path, reader):
    for length in range(len(DATA.rstrip())):
        path.write_bytes(DATA[:length])
        view = reader.current()
        assert view.problem.of_content, length
        assert view.on, length
        assert view.state is EVERYTHING or view.state == EVERYTHING, length
    path.write_bytes(DATA)
    assert reader.current().problem is None


def test_whichever_bit_is_flipped_a_reader_has_an_answer_and_it_is_repaired(
    store, path, reader, no_disk_sync
):
    """A text with another letter in it is a state as well: there is no checksum."""
    readable = repaired = 0
    for position in range(0, len(DATA), 7):
        damaged = bytearray(DATA)
        damaged[position] ^= 1 << position % 8
        path.write_bytes(damaged)
        reading, view = store.read(), reader.current()
        assert (view.problem is None) is (reading.state is not None)
        if reading.state is not None:
            readable += 1
            continue
        update = repair(store)
        assert store.read().state == update.after
        assert len({*update.after.windows} - {*EVERYTHING.windows}) <= 1
        repaired += 1
        (kept,) = kept_copies(path)
        assert kept.read_bytes() == damaged
        kept.unlink()
    assert min(readable, repaired) > 20


@pytest.mark.parametrize("size", [MAX_BYTES + 1, 2**30, 2**40])
def test_of_a_huge_file_no_more_is_read_than_a_state_can_have(store, path, monkeypatch, size):
    with path.open("wb") as file:
        file.truncate(size)
    real, read = os.read, []

    def counted(descriptor, most):
        data = real(descriptor, most)
        read.append(len(data))
        return data

    monkeypatch.setattr(os, "read", counted)
    assert "it is larger than 1,048,576 bytes" in str(in_time(store.read).problem)
    assert sum(read) == MAX_BYTES + 1
    assert switch_off(store, now=NOW).after.windows == ()


def test_the_largest_state_is_read(store, path):
    path.write_bytes(DATA + b" " * (MAX_BYTES - len(DATA)))
    assert store.read().state == EVERYTHING


def test_a_file_that_is_read_in_pieces_is_whole(store, path, monkeypatch):
    path.write_bytes(DATA)
    real = os.read
    monkeypatch.setattr(os, "read", lambda descriptor, most: real(descriptor, min(most, 7)))
    assert store.read().state == EVERYTHING


@pytest.mark.parametrize("endless", ["/dev/zero", "/dev/random", "/dev/full"])
def test_an_endless_device_is_not_read(store, path, endless, monkeypatch):
    path.symlink_to(endless)
    monkeypatch.setattr(os, "read", lambda *arguments: pytest.fail("it was read"))
    assert str(in_time(store.read).problem).startswith("it is a device; move it away")


@pytest.mark.parametrize("schema", [SCHEMA - 1, SCHEMA + 1])
def test_a_state_of_another_version_is_told_and_kept(store, path, reader, schema):
    """There is no older layout: what django-maintenance-mode has written has no number."""
    other = DATA.replace(b'"schema": 1', b'"schema": %d' % schema)
    path.write_bytes(other)
    assert reader.current().on
    assert reader.current().problem.of_content
    switch_off(FileStore(path), now=NOW)
    assert [name.read_bytes() for name in kept_copies(path)] == [other]
    assert not reader.current().on


@pytest.mark.parametrize("change", [b"\xef\xbb\xbf%b", b"%b\r\n", b"%b\n\n"])
def test_what_an_editor_or_a_hook_has_added_is_no_damage(store, path, reader, change):
    path.write_bytes(change % DATA)
    assert store.read().state == EVERYTHING
    assert reader.current().problem is None
    assert switch_off(store, now=NOW).kept is None
