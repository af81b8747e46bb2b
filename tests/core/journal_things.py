"""What the tests of the journal write into it, and what they look at."""

import json
import subprocess
import sys

from maintenance_core.journal import Entry
from maintenance_core.journal_entry import encode_entry
from tests.core.helpers import NOW, PATIENCE, ROOT


def entry(revision=1, **fields):
    """The entry of a change, always as long in bytes for revisions of as many digits."""
    return Entry(**({"time": NOW, "action": "on", "revision": revision, "user": "anna"} | fields))


SIZE = len(encode_entry(entry()))
"""How many bytes an entry with a revision of one digit takes."""


def record(journal, *revisions):
    for revision in revisions:
        journal.record(entry(revision))


def revisions(journal, limit=None):
    """The revisions that the journal tells of; it must tell of no problem and no damage."""
    history = journal.history(limit)
    assert (history.damaged, history.problem) == (0, None)
    return [found.revision for found in history.entries]


def older(journal, number=1):
    return journal.path.with_name(f"{journal.path.name}.{number}")


def start_child(*arguments):
    """Run ``tests.core.journal_child``."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.core.journal_child", *map(str, arguments)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def told_by(child):
    """The lines that a child has written by its end."""
    told, errors = child.communicate(timeout=2 * PATIENCE)
    assert child.returncode == 0, errors
    return [json.loads(line) for line in told.splitlines()]


def as_user(uid, gid, path, *actions, groups=(), max_bytes=2**20):
    """What reading, or recording a revision, says to a user with a group and perhaps more."""
    gids = ",".join(map(str, (gid, *groups)))
    return told_by(start_child("as_somebody", uid, gids, path, max_bytes, *actions))
