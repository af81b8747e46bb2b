"""The command, from the start of its process to its end, in what ``startproject`` writes.

django-maintenance-mode has no ``status``: ``maintenance_mode off`` where it is off already
reads the state and leaves it.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from measuring.effort import Effort
from measuring.figures import Figure, Row, ratios
from measuring.processes import BenchmarkError, environment

__all__ = ["compare_cold_starts"]

APPS = {"dmm": "maintenance_mode", "ours": "maintenance_django"}


def compare_cold_starts(directory: Path, effort: Effort) -> Iterator[Row]:
    """Interleaved; the first, which also writes the byte code, does not count."""
    projects = {name: _start_project(directory / name, app) for name, app in APPS.items()}
    manage = [sys.executable, "manage.py", "maintenance_mode"]
    commands = {
        "dmm": ([*manage, "off"], projects["dmm"]),
        "ours": ([*_our_command(), "status"], projects["ours"]),
    }
    if effort.extras:
        commands["ours in Django"] = ([*manage, "status"], projects["ours"])
    samples: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(effort.starts + 1):
        for name, (command, project) in commands.items():
            seconds = _run(command, project)
            if number:
                samples[name].append(seconds)
    rows = {
        "ours": ("maintenance status", 1 / 3),
        "ours in Django": ("manage.py maintenance_mode status", None),
    }
    for name, (what, budget) in rows.items():
        if name not in commands:
            continue
        yield Row(
            what=what,
            left=Figure.of(samples["dmm"]),
            right=Figure.of(samples[name]),
            share=ratios(samples[name], samples["dmm"]),
            budget=budget,
        )


def _start_project(directory: Path, app: str) -> Path:
    directory.mkdir()
    _run([sys.executable, "-m", "django", "startproject", "website", "."], directory)
    with (directory / "website" / "settings.py").open("a") as settings:
        settings.write(f"\nINSTALLED_APPS += [{app!r}]\n")
    return directory


def _our_command() -> list[str]:
    script = Path(sys.executable).with_name("maintenance")
    return [str(script)] if script.exists() else [sys.executable, "-m", "maintenance_cli"]


def _run(command: list[str], project: Path) -> float:
    began = perf_counter()
    done = subprocess.run(
        command, cwd=project, env=environment(), capture_output=True, text=True, check=False
    )
    seconds = perf_counter() - began
    if done.returncode:
        raise BenchmarkError(f"{' '.join(command)} failed: {done.stderr.strip()}")
    return seconds
