"""A real server with several processes and threads, under load, while maintenance begins."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest

from maintenance_core import FileStore
from maintenance_core.draining import drain, look
from tests.core.at_once import on
from tests.core.gate_workers import wait_until
from tests.core.helpers import PATIENCE, ROOT


class Site:
    def __init__(self, directory, port):
        self.directory = directory
        self.gate = directory / "gate"
        self.port = port
        self.store = FileStore(directory / "state.json")

    @contextlib.contextmanager
    def get(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        with contextlib.closing(connection):
            connection.request("GET", path, headers={"Connection": "close"})
            with connection.getresponse() as response:
                yield response

    @contextlib.contextmanager
    def held(self):
        """A request in flight; the id of its process."""
        with self.get("/held") as response:
            yield int(response.readline())

    def release(self):
        """Let the one that is held go on."""
        (self.directory / "fifo").write_bytes(b"")

    def served(self):
        """When requests that had got in have ended, and in which process."""
        lines = (self.directory / "served").read_text().splitlines()
        return [(float(moment), int(pid)) for moment, pid in map(str.split, lines)]


@pytest.fixture
def site(tmp_path):
    os.mkfifo(tmp_path / "fifo")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        command = [
            *(sys.executable, "-m", "gunicorn", "tests.core.gate_site:application", "--preload"),
            *("--workers=2", "--threads=3", "--graceful-timeout=1", "--log-level=error"),
            f"--bind=fd://{listener.fileno()}",
        ]
        with subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | {"GATE_SITE": str(tmp_path)},
            pass_fds=[listener.fileno()],
            start_new_session=True,
        ) as server:
            try:
                yield Site(tmp_path, listener.getsockname()[1])
                server.terminate()
                server.wait(PATIENCE)
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(server.pid, signal.SIGKILL)


@pytest.fixture
def load(site):
    """The answers that visitors get who come all the time, until the test is over."""
    answers = []
    over = threading.Event()

    def visitor():
        while not over.is_set():
            # The connections of a process that is killed are lost.
            with contextlib.suppress(OSError, http.client.HTTPException):
                with site.get("/") as response:
                    answers.append(response.status)

    threads = [threading.Thread(target=visitor) for _ in range(4)]
    for thread in threads:
        thread.start()
    wait_until(lambda: look(site.gate).workers == 2)
    yield answers
    over.set()
    for thread in threads:
        thread.join()


def test_nothing_that_got_in_before_is_running_after_a_drain(site, load):
    progress, results = [], []

    def drain_under_load():
        results.append((drain(site.gate, PATIENCE, on_progress=progress.append), time.monotonic()))

    with site.held() as pid:
        on(site.store)
        draining = threading.Thread(target=drain_under_load)
        draining.start()
        wait_until(lambda: any(occupancy.busy_pids == (pid,) for occupancy in progress))
        assert results == []
        site.release()
        draining.join(PATIENCE)
    ((drained, moment),) = results
    assert (drained.outcome, drained.workers, drained.busy) == ("drained", 2, 0)
    answered = len(load)
    wait_until(lambda: len(load) > answered + 20)
    assert set(load[answered + 10 :]) == {503}
    served = site.served()
    assert pid in [by for _, by in served]
    assert max(ended for ended, _ in served) <= moment


def test_a_worker_that_is_killed_does_not_hold_up_a_drain(site, load):
    with site.held() as pid:
        on(site.store)
        drained = drain(site.gate, 0)
        assert (drained.outcome, pid in drained.busy_pids) == ("busy", True)
        os.kill(pid, signal.SIGKILL)
        drained = drain(site.gate, PATIENCE)
    assert (drained.outcome, drained.busy) == ("drained", 0)
    moment = time.monotonic()
    wait_until(lambda: load[-20:] == [503] * 20)
    assert max(ended for ended, _ in site.served()) <= moment
