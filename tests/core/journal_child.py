"""Scenes of the journal that need a process: ``python -m tests.core.journal_child SCENE …``."""

import os
import signal
import sys
from pathlib import Path

from maintenance_core import StoreError
from maintenance_core.journal import Journal
from maintenance_core.stores.lock import exclusive_lock
from tests.core.child import kill_at, tell
from tests.core.helpers import PATIENCE
from tests.core.journal_things import entry, record


def as_somebody(uid, gids, path, max_bytes, *actions):
    """Record or read as another user, with a group and perhaps more after a comma."""
    gid, *groups = map(int, gids.split(","))
    os.setgroups(groups)
    os.setgid(gid)
    os.setuid(int(uid))
    journal = Journal(path, max_bytes=int(max_bytes))
    for action in actions:
        if action == "read":
            history = journal.history()
            revisions = [found.revision for found in history.entries]
            tell([revisions, history.damaged, history.problem])
        else:
            tell(recorded(journal, int(action)))


def recorded(journal, revision):
    """Why it could not be, or None."""
    try:
        record(journal, revision)
    except StoreError as error:
        return str(error)
    return None


def killed_at_every_step(directory, content, max_bytes):
    """Record again and again; every process but the last is killed, one step later each time.

    The revisions in ``content`` are there before, in a directory of its own for each step.
    """
    step = 0
    while True:
        step += 1
        place = Path(directory, f"{step:03}")
        place.mkdir()
        journal = Journal(place / "journal", max_bytes=int(max_bytes))
        record(journal, *map(int, content.split()))
        child = os.fork()
        if child == 0:
            kill_at(step)
            record(journal, 9)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            tell({"steps": step, "exit": os.waitstatus_to_exitcode(status)})
            return
        if os.WTERMSIG(status) != signal.SIGKILL:
            raise AssertionError(status)


def write(path, lock, max_bytes, times):
    """Record the next revisions, each under the lock that other writers take as well."""
    journal = Journal(path, max_bytes=int(max_bytes))
    for _ in range(int(times)):
        with exclusive_lock(Path(lock), PATIENCE):
            last = journal.history(1)
            journal.record(entry(last.entries[0].revision + 1))


def read(path, max_bytes, until):
    """Read until a revision is seen; every history that was new, in the end."""
    journal = Journal(path, max_bytes=int(max_bytes))
    seen = []
    while not seen or seen[-1][0][-1] != int(until):
        history = journal.history()
        found = [[each.revision for each in history.entries], history.damaged, history.problem]
        if seen[-1:] != [found]:
            seen.append(found)
    tell(seen)


if __name__ == "__main__":
    scenes = (as_somebody, killed_at_every_step, write, read)
    {scene.__name__: scene for scene in scenes}[sys.argv[1]](*sys.argv[2:])
