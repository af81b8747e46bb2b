"""Real file systems: full, read-only, in layers, and a file that is mounted by itself.

Each is mounted in a namespace of its own, which nobody else sees and which goes with its process.
"""

import json
import os
import subprocess
import sys
from contextlib import suppress
from functools import cache

import pytest

from maintenance_core import FileStore, Reader, StoreError, switch_off, switch_on
from tests.core.helpers import NOW, PATIENCE, ROOT, kept_copies, leftovers, snapshot

SCENE = """
import json, subprocess, sys
from pathlib import Path
from tests.core import test_store_mounts

scene, place = sys.argv[1:]
print(json.dumps(getattr(test_store_mounts, scene)(Path(place))))
"""


@cache
def why_not():
    """Why nothing can be mounted here, or None."""
    command = "mount -t tmpfs none /mnt && mount --bind /mnt /mnt"
    try:
        tried = subprocess.run(
            ["unshare", "--mount", "sh", "-c", command],
            capture_output=True, text=True, timeout=PATIENCE, check=False,
        )  # fmt: skip
    except FileNotFoundError as error:
        return str(error)
    return tried.stderr if tried.returncode else None


@pytest.fixture
def told_by(tmp_path):
    """A function that runs a scene among mounts of its own; what it returns."""
    if why_not():
        pytest.skip(f"no mounts of one's own here: {why_not()}")

    def run(scene):
        done = subprocess.run(
            ["unshare", "--mount", sys.executable, "-c", SCENE, scene.__name__, tmp_path],
            cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def mount(*arguments):
    subprocess.run(["mount", *map(str, arguments)], check=True, timeout=PATIENCE)


def refused(switch, store, **options):
    try:
        switch(store, now=NOW, **options)
    except StoreError as error:
        return error.reason
    return None


def on_a_full_disk(place):
    mount("-t", "tmpfs", "-o", "size=64k", "none", place)
    store = FileStore(place / "state.json")
    switch_on(store, now=NOW, reason="old")
    before = store.path.read_bytes()
    with suppress(OSError), (place / "ballast").open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 512)
    failed = refused(switch_on, store, reason="new" * 100)
    same = store.path.read_bytes() == before
    left = leftovers(place)
    os.truncate(place / "ballast", 0)
    update = switch_off(store, now=NOW)
    return [failed, same, left, store.read().state == update.after]


def test_on_a_disk_that_is_full_the_old_state_stands_until_there_is_room(told_by):
    failed, *rest = told_by(on_a_full_disk)
    assert failed == "it could not be written (No space left on device); the old state stands."
    assert rest == [True, [], True]


def on_a_read_only_disk(place):
    mount("-t", "tmpfs", "none", place)
    store = FileStore(place / "state.json")
    switch_on(store, now=NOW)
    before = snapshot(place)
    mount("-o", "remount,ro", place)
    seen = store.read().state.phase(NOW)
    return [refused(switch_off, store), seen, snapshot(place) == before]


def test_on_a_disk_that_may_not_be_written_the_state_is_read_and_a_switch_refused(told_by):
    failed, seen, same = told_by(on_a_read_only_disk)
    assert (seen, same) == ("on", True)
    assert "(Read-only file system); nothing was changed. Run as the owner" in failed


def on_a_new_read_only_disk(place):
    mount("-t", "tmpfs", "none", place)
    mount("-o", "remount,ro", place)
    return refused(switch_on, FileStore(place / "state.json"))


def test_where_there_is_not_even_a_lock_file_yet_it_is_refused_as_well(told_by):
    assert "(Read-only file system); nothing was changed. " in told_by(on_a_new_read_only_disk)


def a_file_mounted_by_itself(place):
    outside, inside = place / "outside", place / "inside"
    outside.mkdir()
    inside.mkdir()
    for name in (outside, inside):
        (name / "state.json").write_text("1")
    mount("--bind", outside / "state.json", inside / "state.json")
    store = FileStore(inside / "state.json")
    reader = Reader(store, clock=NOW.timestamp)
    first = reader.current().on
    failed = refused(switch_off, store)
    left = sorted(name.name for name in inside.iterdir())
    switch_off(FileStore(outside / "state.json"), now=NOW)
    # The mount stays with the file that had the name: what replaces it is not seen.
    return [failed, first, store.read().state.phase(NOW), reader.current().on, left]


def test_a_file_that_is_mounted_by_itself_is_read_and_never_replaced(told_by):
    failed, first, raw, shown, left = told_by(a_file_mounted_by_itself)
    assert failed == (
        "it is a mount point and cannot be replaced; nothing was changed. "
        "Mount its directory instead of the file."
    )
    assert (first, raw, shown) == (True, "on", True)
    assert left == [".state.json.lock", "state.json"]


def in_layers(place):
    mount("-t", "tmpfs", "none", place)
    for name in ("image", "changes", "work", "container"):
        (place / name).mkdir()
    (place / "image" / "state.json").write_text("1")
    layers = f"lowerdir={place}/image,upperdir={place}/changes,workdir={place}/work"
    mount("-t", "overlay", "none", "-o", layers, place / "container")
    store = FileStore(place / "container" / "state.json")
    reader = Reader(store, clock=NOW.timestamp)
    seen = [reader.current().on]
    for switch in (switch_off, switch_on, switch_off):
        switch(store, now=NOW)
        seen += [reader.current().on, store.read().state.phase(NOW)]
    store.path.write_text("broken")
    kept = switch_on(store, now=NOW).kept
    seen.append(reader.current().on)
    store.path.unlink()
    seen.append(reader.current().on)
    same = (place / "image" / "state.json").read_text()
    return [seen, kept == str(*kept_copies(store.path)), same, leftovers(store.path.parent)]


def test_in_the_layers_of_a_container_every_change_is_seen(told_by):
    seen, *rest = told_by(in_layers)
    assert seen == [True, False, "off", True, "on", False, "off", True, False]
    assert rest == [True, "1", []]


def two_mounts_of_one_directory(place):
    host, container = place / "host", place / "container"
    host.mkdir()
    container.mkdir()
    mount("--bind", host, container)
    reader = Reader(FileStore(container / "state.json"), clock=NOW.timestamp)
    seen = []
    for switch in (switch_on, switch_off, switch_on):
        switch(FileStore(host / "state.json"), now=NOW)
        seen.append(reader.current().on)
    return seen


def test_a_directory_that_is_mounted_shows_every_change(told_by):
    assert told_by(two_mounts_of_one_directory) == [True, False, True]
