"""The state files of all sites, written before anything is measured."""

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec.structs import replace

from maintenance_core import FileStore, State
from maintenance_core.planning import new_window

__all__ = ["States"]

YOUNG = 2.2
"""Seconds. Our reader reads a file again on each request until it is two seconds old."""


class States:
    """State files in ``directory``."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def write(self, windows: int) -> None:
        """Write every state that is asked for later."""
        for on in (False, True):
            self._path("dmm", on).write_text(str(int(on)))  # all that it writes itself
            for count in (int(on), 1, windows):
                _write(self.ours(on, count), _state(on, count))

    def wait(self) -> None:
        """Until none of them is young, by their own time stamps."""
        while any(self._age(path) < YOUNG for path in self._directory.iterdir()):
            time.sleep(0.1)

    def of(self, contender: str, on: bool) -> str:
        """The state with nothing in it, or with one open window."""
        return str(self.ours(on, int(on)) if contender == "ours" else self._path(contender, on))

    def ours(self, on: bool, windows: int) -> Path:
        """A state of ours with so many windows; all are planned but for one if ``on``."""
        return self._path(f"ours-{windows}", on)

    def absent(self, contender: str) -> str:
        """Where no file is. django-maintenance-mode puts one there at the first request."""
        return str(self._directory / f"absent-{contender}")

    def _path(self, name: str, on: bool) -> Path:
        return self._directory / f"{name}-{'on' if on else 'off'}"

    @staticmethod
    def _age(path: Path) -> float:
        return time.time() - os.stat(path).st_ctime


def _state(on: bool, count: int) -> State:
    now = datetime.now(UTC)
    starts = [now + timedelta(days=1, hours=index) for index in range(count)]
    windows = [
        new_window(now=now, start=start, end=start + timedelta(minutes=30)) for start in starts
    ]
    if on:
        windows[0] = new_window(now=now)
    return State(windows=tuple(replace(w, id=f"w{index}") for index, w in enumerate(windows)))


def _write(path: Path, state: State) -> None:
    store = FileStore(path)
    store.change(lambda old: replace(state, windows=(new_window(now=datetime.now(UTC)),)))
    store.change(lambda old: state)
