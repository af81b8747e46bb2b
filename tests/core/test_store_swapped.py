"""A directory on the way to a state is replaced under readers and writers, by a link that moves.

Container tools publish a volume like that: ``..data`` is a link to the newest directory, and the
old directory is removed as soon as the link leads to the new one.
"""

import fcntl
import os
import shutil
import subprocess
import sys

import pytest

from maintenance_core import FileStore, Reader, State, StoreError, switch_off, switch_on
from tests.core.helpers import NOW, PATIENCE, ROOT, in_time, kept_copies


@pytest.fixture
def volume(tmp_path):
    volume = tmp_path / "volume"
    volume.mkdir()
    (volume / "state.json").symlink_to("..data/state.json")
    return volume


@pytest.fixture
def swapped(volume):
    return FileStore(volume / "state.json")


def publish(volume, content):
    """Let the volume have ``content``; None: no file."""
    newest = volume / "..data"
    before = newest.resolve() if newest.is_symlink() else None
    place = volume / f"..{os.urandom(6).hex()}"
    place.mkdir()
    if content is not None:
        (place / "state.json").write_bytes(content)
    (volume / "..new").symlink_to(place.name)
    (volume / "..new").rename(newest)
    if before is not None:
        shutil.rmtree(before)


def when_opened(monkeypatch, path, *events):
    """Let things happen while ``path`` is looked up: then the old directory is found empty."""
    real, left = os.open, [*events]

    def call(name, *arguments, **options):
        if name == str(path) and left:
            left.pop(0)()
            raise FileNotFoundError(2, "No such file or directory")
        return real(name, *arguments, **options)

    monkeypatch.setattr(os, "open", call)


@pytest.mark.parametrize("times", [1, 2, 5])
def test_what_is_replaced_while_it_is_opened_is_neither_off_nor_a_problem(
    volume, swapped, monkeypatch, times
):
    publish(volume, b"0")
    when_opened(monkeypatch, swapped.path, *[lambda: publish(volume, b"1")] * times)
    reading = swapped.read()
    assert reading.problem is None
    assert reading.state.phase(NOW) == "on"


def test_a_switch_meanwhile_does_not_take_the_link_for_a_lost_one(volume, swapped, monkeypatch):
    publish(volume, b"1")
    when_opened(monkeypatch, swapped.path, lambda: publish(volume, b"1"))
    update = switch_on(swapped, now=NOW, reason="too")
    assert len(update.after.windows) == 2
    assert swapped.path.is_symlink()
    assert kept_copies(swapped.path) == []


def test_what_is_gone_after_the_replacement_is_off(volume, swapped, monkeypatch):
    publish(volume, b"1")
    when_opened(monkeypatch, swapped.path, lambda: publish(volume, None))
    assert in_time(swapped.read).state == State()


def test_every_publication_is_seen_by_the_next_call(volume, swapped, an_hour_later):
    publish(volume, b"0")
    reader = Reader(swapped)
    for content, on in [(b"1", True), (b"0", False), (b"1", True), (None, False)]:
        publish(volume, content)
        assert reader.current().on is on
        assert reader.current().on is on


def test_a_switch_whose_directory_is_removed_while_it_waits_is_an_error(
    volume, swapped, monkeypatch
):
    publish(volume, b"0")
    real, replaced = fcntl.flock, []

    def flock(descriptor, operation):
        if not replaced:
            replaced.append(publish(volume, b"1"))
        return real(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", flock)
    with pytest.raises(StoreError, match="nothing was changed"):
        switch_on(swapped, now=NOW, reason="too")
    assert [window.reason for window in swapped.read().state.windows] == [""]
    assert switch_on(swapped, now=NOW, reason="too").changed


def test_a_switch_whose_directory_is_replaced_before_it_is_confirmed_is_an_error(
    volume, swapped, monkeypatch
):
    publish(volume, b"1")
    real, done = os.rename, []

    def rename(old, new):
        real(old, new)
        if not done:
            done.append(True)
            # Without removing the old one, as tools for releases do.
            (volume / "other").mkdir()
            (volume / "other" / "state.json").write_bytes(b"1")
            (volume / "..data").unlink()
            (volume / "..data").symlink_to("other")

    with monkeypatch.context() as patch:
        patch.setattr(os, "rename", rename)
        with pytest.raises(StoreError, match="it could not be read back: it holds something else"):
            switch_off(swapped, now=NOW)
    assert swapped.read().state.phase(NOW) == "on"


PUBLISHING = """
import sys
from pathlib import Path
from tests.core.test_store_swapped import publish

for _ in range(int(sys.argv[2])):
    publish(Path(sys.argv[1]), b"1")
"""


def test_readers_never_see_the_moment_between_two_publications(volume, swapped, long_run):
    publish(volume, b"1")
    reader = Reader(swapped)
    with subprocess.Popen(
        [sys.executable, "-c", PUBLISHING, volume, "20000" if long_run else "300"], cwd=ROOT
    ) as process:
        while process.poll() is None:
            reading, view = swapped.read(), reader.current()
            assert reading.problem is None
            assert reading.state.phase(NOW) == "on"
            assert view.problem is None
            assert view.on
        assert process.wait(PATIENCE) == 0
