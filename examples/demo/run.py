"""``hatch run demo``: prepare the site, say what to try, and serve it."""

import argparse
import os
import socket
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
NAME = PASSWORD = "admin"


def manage(*arguments: str, **environ: str) -> None:
    subprocess.run(
        [sys.executable, str(HERE / "manage.py"), *arguments],
        check=True,
        env={**os.environ, **environ},
    )


def prepare(var: Path) -> None:
    """Make the database in ``var``, with a superuser."""
    var.mkdir(parents=True, exist_ok=True)
    manage("migrate", "--verbosity=0", DEMO_VAR=str(var))
    have = (
        "from django.contrib.auth.models import User; "
        f"User.objects.filter(username={NAME!r}).exists() or "
        f"User.objects.create_superuser({NAME!r}, password={PASSWORD!r})"
    )
    manage("shell", "--verbosity=0", "--command", have, DEMO_VAR=str(var))


def free_port(wanted: int) -> int:
    """``wanted``, or any other port if somebody has it."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise SystemExit("No free port on 127.0.0.1.")


def hatch() -> str:
    """How this run was started, to be used again in the second terminal."""
    local = Path(".venv/bin/hatch")
    return str(local) if local.exists() else "hatch"


def guide(port: int) -> str:
    site = f"http://127.0.0.1:{port}"
    run = f"{hatch()} run"
    return f"""
The demo site is at {site}/

In a second terminal, in this folder:

    {run} maintenance on --for 30m --message "We are moving the shelves."
    curl -i {site}/
    curl -i -H "Accept: application/json" {site}/api/books/
    {run} maintenance status
    {run} maintenance off

In the browser:

    {site}/                  reload it while maintenance is on
    {site}/accounts/login/   log in as {NAME} with the password {PASSWORD}: you may still come in
    {site}/maintenance/on/   switch it from here
    {site}/maintenance/off/

Ctrl-C ends the demo.
"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="hatch run demo", description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument(
        "--check",
        action="store_true",
        help="serve with gunicorn and uvicorn instead, try everything, and say what failed",
    )
    options = parser.parse_args()
    if options.check:
        from check import check

        raise SystemExit(check())
    prepare(HERE / "var")
    port = free_port(options.port)
    print(guide(port), flush=True)
    try:
        manage(
            "runserver",
            "--noreload",
            f"127.0.0.1:{port}",
            DEMO_DEBUG="1",
            DJANGO_RUNSERVER_HIDE_WARNING="true",
        )
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
