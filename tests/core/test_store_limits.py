"""A process that has used up what the system allows it: real limits, in processes of their own."""

import json
import subprocess
import sys

import pytest
from msgspec.structs import replace

from maintenance_core import FileStore, State, switch_on
from tests.core.documents import EVERYTHING
from tests.core.helpers import NOW, PATIENCE, ROOT, leftovers

NO_DESCRIPTORS = """
import json, os, resource, sys
from maintenance_core import FileStore, Reader, StoreError, switch_off
from tests.core.helpers import NOW

path, free = sys.argv[1], int(sys.argv[2])
store = FileStore(path)
reader = Reader(store, clock=NOW.timestamp)
first = reader.current().on
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
taken = []
try:
    while True:
        taken.append(os.open("/", os.O_RDONLY))
except OSError:
    for descriptor in taken[:free]:
        os.close(descriptor)
view = reader.current()
try:
    error = None
    switch_off(store, now=NOW)
except StoreError as failed:
    error = str(failed)
for descriptor in taken[free:]:
    os.close(descriptor)
print(json.dumps([first, view.on, str(view.problem), error, reader.current().on]))
"""

NO_ROOM = """
import json, resource, signal, sys
from maintenance_core import FileStore, StoreError
from tests.core.documents import EVERYTHING

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    FileStore(sys.argv[1]).change(lambda state: EVERYTHING)
except StoreError as error:
    print(json.dumps(error.reason))
"""


def told_by(code, *arguments):
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("free", [0, 1])
def test_without_descriptors_the_last_known_state_stands_and_a_switch_is_refused(
    store, path, free
):
    switch_on(store, now=NOW)
    first, shown, problem, error, after = told_by(NO_DESCRIPTORS, path, free)
    assert (first, shown, after) == (True, True, True)
    if free == 0:
        assert "it cannot be read (Too many open files)" in problem
    else:
        assert problem == "None"
    assert "Too many open files" in error
    assert "\n" not in error
    assert store.read().state.phase(NOW) == "on"
    assert leftovers(path.parent) == []


@pytest.mark.parametrize("room", [0, 1, 500, 1000])
def test_a_file_that_may_not_grow_is_given_up_and_the_old_state_stands(store, path, room):
    """What fits is written first: a short write, and then an error."""
    switch_on(store, now=NOW)
    before = path.read_bytes()
    assert told_by(NO_ROOM, path, room) == (
        "it could not be written (File too large); the old state stands."
    )
    assert path.read_bytes() == before
    assert leftovers(path.parent) == []


def test_a_state_that_no_store_would_read_is_not_written(store, path, no_disk_sync):
    switch_on(store, now=NOW)
    before = path.read_bytes()
    (large,) = store.read().state.windows
    large = replace(large, message="x" * 2000)
    with pytest.raises(OSError, match="would be larger than 1,048,576 bytes"):
        store.change(lambda state: State(windows=(large,) * 999))
    assert path.read_bytes() == before
    assert FileStore(path).change(lambda state: EVERYTHING).changed
