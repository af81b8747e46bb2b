"""``hatch run demo --check``: the demo under real servers, driven as people would drive it."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

from run import HERE, NAME, PASSWORD, free_port, prepare

PATIENCE = 30.0
ROUNDS = 100
MESSAGE = "We are moving the shelves."
SERVERS = {
    "gunicorn": ("gunicorn", "demo.wsgi", "--workers=3", "--bind=127.0.0.1:{port}"),
    "uvicorn": ("uvicorn", "demo.asgi:application", "--workers=2", "--port={port}"),
}
WORKERS = {"gunicorn": 3, "uvicorn": 2}


class Failure(Exception):
    """Something is not as it must be."""


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    cookies: dict[str, str]
    body: str


class Site:
    """The site at a port, as one client sees it. Each request has a connection of its own."""

    def __init__(self, port: int, workers: int) -> None:
        self.port = port
        self.workers = workers
        self.cookies: dict[str, str] = {}

    def ask(
        self, path: str, form: dict[str, str] | None = None, accept: str = "text/html"
    ) -> Answer:
        headers = {"Accept": accept, "Connection": "close"}
        if self.cookies:
            headers["Cookie"] = "; ".join(
                f"{name}={value}" for name, value in self.cookies.items()
            )
        body = None
        if form is not None:
            body = urlencode(form)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("GET" if form is None else "POST", path, body, headers)
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            set_cookies = response.headers.get_all("Set-Cookie") or []
            cookies = dict(cookie.split(";")[0].split("=", 1) for cookie in set_cookies)
            return Answer(response.status, found, cookies, response.read().decode())
        finally:
            connection.close()

    def submit(self, path: str, **fields: str) -> Answer:
        """Load the form at ``path`` and send it back with ``fields``."""
        page = self.ask(path)
        self.cookies |= page.cookies
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.body)
        if token is None:
            raise Failure(f"GET {path} gave no form but {page.status}: {page.body[:200]}")
        answer = self.ask(path, {"csrfmiddlewaretoken": token[1], **fields})
        self.cookies |= answer.cookies
        return answer

    def every_worker(self, path: str, test: Callable[[Answer], bool], what: str) -> None:
        """Ask until every worker process has answered; each answer must pass ``test``."""
        seen: set[str] = set()
        with ThreadPoolExecutor(8) as threads:
            for _ in range(ROUNDS):
                for answer in threads.map(self.ask, [path] * 8):
                    if not test(answer):
                        raise Failure(
                            f"{path} is not {what}, but {answer.status} {answer.headers}: "
                            f"{answer.body[:300]}"
                        )
                    seen.add(answer.headers["x-worker"])
                if len(seen) >= self.workers:
                    print(f"  ok: {path} is {what} on {len(seen)} workers", flush=True)
                    return
        raise Failure(f"{path}: only {len(seen)} of {self.workers} workers have ever answered.")


def is_open(answer: Answer) -> bool:
    return answer.status == 200 and "maintenance-mode" not in answer.headers


def is_blocked(answer: Answer) -> bool:
    return (
        answer.status == 503
        and MESSAGE in answer.body
        and answer.headers["maintenance-mode"] == "on"
        and "no-store" in answer.headers["cache-control"]
        and 0 < int(answer.headers["retry-after"]) <= 600
        and answer.headers["content-type"].startswith("text/html")
    )


def maintenance(*arguments: str) -> str:
    """Run the real command, in the folder of the project, and nothing but it."""
    run = subprocess.run(
        [str(Path(sys.executable).with_name("maintenance")), *arguments],
        cwd=HERE,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    print(f"  $ maintenance {' '.join(arguments)}\n    {run.stdout.strip()}", flush=True)
    if run.returncode:
        raise Failure(f"maintenance {arguments[0]} ended with {run.returncode}: {run.stderr}")
    return run.stdout


def drive(site: Site) -> None:
    """Everything that the demo promises."""
    site.every_worker("/", is_open, "open")

    superuser = Site(site.port, site.workers)
    answer = superuser.submit("/accounts/login/", username=NAME, password=PASSWORD)
    expect(answer.status == 302, "the superuser can log in", answer)

    maintenance("on", "--for", "10m", "--message", MESSAGE)
    site.every_worker("/", is_blocked, "blocked, with page and headers,")
    site.every_worker("/health/", is_open, "open by its decorator")
    superuser.every_worker("/", is_open, "open to the superuser")

    answer = site.ask("/api/books/", accept="application/json")
    problem = json.loads(answer.body)
    expect(
        answer.status == 503 and problem["detail"] == MESSAGE, "the API says 503 in JSON", answer
    )

    maintenance("off")
    site.every_worker("/", is_open, "open again")

    answer = superuser.submit("/maintenance/on/", message=MESSAGE)
    expect(answer.status == 302, "the superuser can switch it on in the browser", answer)
    answer = site.ask("/")
    expect(answer.status == 503 and MESSAGE in answer.body, "visitors are kept out", answer)
    answer = superuser.submit("/maintenance/off/")
    expect(answer.status == 302, "the superuser can switch it off in the browser", answer)
    site.every_worker("/", is_open, "open again")


def expect(holds: bool, what: str, answer: Answer) -> None:
    if not holds:
        raise Failure(f"Not so: {what}. {answer.status} {answer.headers}: {answer.body[:300]}")
    print(f"  ok: {what}", flush=True)


@contextmanager
def served(name: str, port: int, log: Path) -> Iterator[None]:
    """The demo under the server ``name``; ended with all its workers."""
    command = [argument.format(port=port) for argument in SERVERS[name]]
    with log.open("wb") as stream:
        server = subprocess.Popen(
            [str(Path(sys.executable).with_name(command[0])), *command[1:]],
            cwd=HERE,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_until_up(server, port, log)
        yield
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def wait_until_up(server: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and server.poll() is None:
        try:
            Site(port, 1).ask("/health/")
        except (OSError, HTTPException):
            time.sleep(0.05)
        else:
            return
    raise Failure(f"The server did not come up:\n{log.read_text()}")


def check() -> int:
    """0 if everything is as it must be."""
    with tempfile.TemporaryDirectory() as folder:
        var = Path(folder)
        os.environ["DEMO_VAR"] = folder
        os.environ["MAINTENANCE_STATE"] = str(var / "maintenance.json")
        prepare(var)
        for name in SERVERS:
            print(f"{name}:", flush=True)
            log = var / f"{name}.log"
            try:
                port = free_port(0)
                with served(name, port, log):
                    drive(Site(port, WORKERS[name]))
            except Failure as failure:
                print(f"FAILED under {name}: {failure}", flush=True)
                print(log.read_text() if log.exists() else "", flush=True)
                return 1
    print("The demo works under every server.")
    return 0
