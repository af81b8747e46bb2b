"""Histories of a store: many processes write and read at once, and the record of it holds."""

import contextlib
import random
import subprocess
import sys

import pytest

from maintenance_core import FileStore
from tests.core.helpers import PATIENCE, ROOT, leftovers
from tests.core.history import NEVER, contradictions
from tests.core.history_child import recorded, values

A_LONG_TIME = 60 * PATIENCE


@contextlib.contextmanager
def running(scene, *arguments):
    with subprocess.Popen(
        [sys.executable, "-m", "tests.core.history_child", scene, *map(str, arguments)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def run(tmp_path, *, writers, lives, changes, readers, threads):
    """Let writers write while readers read; the store, the writes and the reads."""
    logs, path = tmp_path / "logs", tmp_path / "store" / "state.json"
    logs.mkdir()
    path.parent.mkdir()
    seed = random.randrange(2**32)
    print(f"seed {seed}")  # noqa: T201
    with contextlib.ExitStack() as processes:
        start = processes.enter_context
        reading = [
            start(running("read", path, logs / f"read-{number}", threads))
            for number in range(readers)
        ]
        for process in reading:
            assert process.stdout.readline() == b'"all have looked"\n'
        writing = [
            start(running("write", path, logs / f"write-{number}", seed + number, lives, changes))
            for number in range(writers)
        ]
        assert [process.wait(A_LONG_TIME) for process in writing] == [0] * writers
        for process in reading:
            process.stdin.close()
        assert [process.wait(PATIENCE) for process in reading] == [0] * readers
    return FileStore(path), *recorded(logs)


@pytest.fixture
def extent(long_run):
    """How long a history is."""
    return {"writers": 3, "readers": 2} | (
        {"lives": 100, "changes": 60} if long_run else {"lives": 4, "changes": 12}
    )


@pytest.mark.parametrize("killed", [False, True], ids=["to the end", "with writers killed"])
def test_a_history_can_be_that_of_one_state(tmp_path, extent, killed):
    if not killed:
        extent |= {"changes": extent["changes"] * extent["lives"] // 2, "lives": 1}
    store, writes, reads = run(tmp_path, threads=4, **extent)
    assert contradictions(writes, reads) == []
    state = store.read().state
    assert {write.value for write in writes} >= {*values(state)}
    assert {read.revision for read in reads} >= {0, state.revision}
    unfinished = [write for write in writes if write.end == NEVER]
    if killed:
        assert len(unfinished) == (extent["lives"] - 1) * extent["writers"]
        assert state.revision >= len(writes) - len(unfinished)
    else:
        assert unfinished == []
        assert state.revision == len(writes)
        assert leftovers(store.path.parent) == []
