"""Run the tests on every pair of Python and Django in hatch.toml.

An interpreter that is not here is named and skipped; with CI=true that is a failure. Arguments
are passed to pytest.
"""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent


def pairs() -> list[tuple[str, str]]:
    """(Python, Django), as hatch.toml has them."""
    config = tomllib.loads((ROOT / "hatch.toml").read_text())
    return [
        (python, django)
        for entry in config["envs"]["matrix"]["matrix"]
        for python in entry["python"]
        for django in entry["django"]
    ]


def is_here(version: str) -> bool:
    """Can Python ``version`` be started? A name on the path may be an empty shim."""
    if version == f"{sys.version_info.major}.{sys.version_info.minor}":
        return True
    name = f"python{version}"
    if shutil.which(name) is None:
        return False
    return subprocess.run([name, "--version"], capture_output=True, check=False).returncode == 0


def main() -> int:
    # Not always on the path: it may have been started as .venv/bin/hatch.
    path = os.pathsep.join([os.environ.get("PATH", ""), str(ROOT / ".venv" / "bin")])
    hatch = shutil.which("hatch", path=path)
    if hatch is None:
        sys.exit("hatch was found neither on the path nor in .venv/bin; put it on the path.")
    results: dict[str, str] = {}
    for python, django in pairs():
        name = f"Python {python} with Django {django}"
        if not is_here(python):
            results[name] = "skipped: this Python is not here"
            continue
        print(f"\n{name}", flush=True)
        run = [hatch, "-e", f"matrix.py{python}-{django}", "run", "test", *sys.argv[1:]]
        ended = subprocess.run(run, cwd=ROOT, check=False).returncode
        results[name] = "passed" if ended == 0 else "FAILED"
    print()
    for name, result in results.items():
        print(f"{name}: {result}")
    skipped_is_failure = os.environ.get("CI") == "true"
    bad = ("FAILED", "skipped") if skipped_is_failure else ("FAILED",)
    return int(any(result.startswith(bad) for result in results.values()))


if __name__ == "__main__":
    sys.exit(main())
