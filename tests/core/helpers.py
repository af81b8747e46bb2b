"""What several tests of the core need."""

import json
import os
import stat
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from maintenance_core import FileStore, Recurrence, StoreError, Window
from maintenance_core.changes import closed, opened

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NOBODY = 65534
OTHER = 65533
PATIENCE = 60
"""Seconds after which something that was to happen is taken to have failed."""

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to others")


def window(**fields):
    """A window that somebody opened at once at NOW, unless ``fields`` say otherwise."""
    return Window(**({"id": "abcd", "start": NOW, "created_at": NOW} | fields))


def open_window(store, **fields):
    """Change the state and nothing else: no journal is written."""
    return store.change(lambda state: opened(state, window(**fields), NOW))


def close_windows(store):
    """The same, for what is active."""
    return store.change(lambda state: closed(state, NOW))


def planned(**fields):
    """A window that starts in an hour, unless ``fields`` say otherwise."""
    return window(**({"id": "plan", "start": NOW + HOUR} | fields))


def recurring(cron="0 12 * * *", duration=3600, zone="UTC", **fields):
    """A series whose run of today begins at NOW and lasts an hour, unless they say otherwise."""
    recurrence = Recurrence(cron=cron, duration=duration, zone=zone)
    return window(**({"id": "seri", "start": NOW - DAY, "recurrence": recurrence} | fields))


def snapshot(directory):
    """Everything that a read could have changed in ``directory``, but for the access times."""
    return {str(name): _facts(name) for name in (directory, *sorted(directory.rglob("*")))}


def _facts(name):
    info = os.lstat(name)
    small_file = stat.S_ISREG(info.st_mode) and info.st_size < 2**21
    return (
        (info.st_mode, info.st_ino, info.st_dev, info.st_nlink, info.st_uid, info.st_gid),
        (info.st_size, info.st_mtime_ns, info.st_ctime_ns),
        name.read_bytes() if small_file else None,
        name.readlink() if name.is_symlink() else None,
    )


def kept_copies(path):
    """What changes have put aside beside ``path``."""
    return sorted(path.parent.glob(f"{path.name}.unreadable-*"))


def leftovers(directory):
    """The temporary files in ``directory``."""
    return sorted(name.name for name in directory.iterdir() if name.name.endswith(".tmp"))


def run_child(*arguments, **options):
    """Run ``tests.core.child`` to its end; what it wrote."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.core.child", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        **options,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def mode(name):
    return stat.S_IMODE(os.lstat(name).st_mode)


def owner(name):
    return os.lstat(name).st_uid, os.lstat(name).st_gid


def as_user(uid, gid, path, *actions, umask="022", groups=()):
    """What reading or switching says to a user with a group, and perhaps more ``groups``."""
    gids = ",".join(map(str, (gid, *groups)))
    told = run_child("as_somebody", uid, gids, umask, path, *actions)
    return [json.loads(line) for line in told.splitlines()]


def in_time(function):
    """The result of ``function``, which must not hang."""
    results = []
    thread = threading.Thread(target=lambda: results.append(function()), daemon=True)
    thread.start()
    thread.join(PATIENCE)
    assert not thread.is_alive(), "it hangs"
    return results[0]


def in_time_or_raise(function):
    def caught():
        try:
            return function()
        except StoreError as error:
            return error

    result = in_time(caught)
    if isinstance(result, StoreError):
        raise result
    return result


class AnnouncingStore(FileStore):
    """A file store that lets a test wait for the next change."""

    def __init__(self, path):
        super().__init__(path)
        self.changed = threading.Event()

    def change(self, change, note=None):
        update = super().change(change, note)
        if update.changed:
            self.changed.set()
        return update

    def wait_for_change(self):
        self.changed.clear()
        assert self.changed.wait(PATIENCE), "nothing was changed"
