"""Writers, readers and somebody who removes the file: a reader sees a whole state, or none."""

import subprocess
import sys

from maintenance_core import FileStore, Reader, State, set_mode
from tests.core.helpers import NOW, PATIENCE, ROOT, leftovers

REMOVING = """
import sys
from pathlib import Path

path = Path(sys.argv[1])
removed = 0
while removed < int(sys.argv[2]):
    try:
        path.unlink()
        removed += 1
    except FileNotFoundError:
        pass
"""

WRITING = """
import os, sys
from maintenance_core import FileStore, StoreError, set_mode
from tests.core.helpers import HOUR, NOW, PATIENCE

os.fsync = lambda descriptor: None
store = FileStore(sys.argv[1], lock_timeout=PATIENCE)
number = 0
while not os.path.exists(sys.argv[2]):
    number += 1
    try:
        set_mode(store, True, now=NOW, end=NOW + number * HOUR)
    except StoreError as error:
        # Whose file is removed before it was confirmed has to say so.
        assert "No such file" in error.reason or "could not be read back" in error.reason, error
"""


def test_a_reader_sees_a_whole_state_or_none_while_others_write_and_remove(tmp_path):
    """None is off: who removes the file wants that. But nobody sees a problem, or half a state."""
    path, end = tmp_path / "place" / "state.json", tmp_path / "end"
    path.parent.mkdir()
    store = FileStore(path)
    reader = Reader(store, clock=NOW.timestamp)
    seen = set()

    def look():
        for shown in (store.read(), reader.current()):
            assert shown.problem is None
            assert shown.state == State() or len(shown.state.windows) == 1
            seen.add(len(shown.state.windows))

    look()
    with (
        subprocess.Popen([sys.executable, "-c", REMOVING, path, "300"]) as remover,
        subprocess.Popen([sys.executable, "-c", WRITING, path, end], cwd=ROOT) as one,
        subprocess.Popen([sys.executable, "-c", WRITING, path, end], cwd=ROOT) as other,
    ):
        try:
            while all(process.poll() is None for process in (remover, one, other)):
                look()
        finally:
            remover.kill()
            end.touch()
        assert (one.wait(PATIENCE), other.wait(PATIENCE)) == (0, 0)
    set_mode(store, True, now=NOW)
    look()
    assert seen == {0, 1}
    assert leftovers(path.parent) == []
