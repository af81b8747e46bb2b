"""Where the state of a project is, told without importing it.

The command and Django ask the same functions, so that nothing is configured twice.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from maintenance_core.django_project import DjangoProject, find_django_project
from maintenance_core.exceptions import LocationError

__all__ = ["DEFAULT_FILE_NAME", "VARIABLE", "Location", "configured_location", "find_location"]

DEFAULT_FILE_NAME = "maintenance_mode_state.txt"
VARIABLE = "MAINTENANCE_STATE"
_PATH_SETTING = "MAINTENANCE_MODE_STATE_FILE_PATH"


@dataclass(frozen=True, slots=True)
class Location:
    """The path or URL of a state, and what said so."""

    target: str
    source: str


def find_location(option: str | None, environ: Mapping[str, str], directory: Path) -> Location:
    """The state that a command run in ``directory`` means.

    That is ``option``, else the variable ``MAINTENANCE_STATE``, else ``state`` in the table
    ``[tool.maintenance]`` of the nearest pyproject.toml that has it, else the default of the
    Django project found from ``directory`` upwards. Raises LocationError, also where the settings
    of the project plainly contradict pyproject.toml, or rule out any switch.
    """
    if option is not None:
        return Location(option, "--state")
    configured = configured_location(environ, directory)
    if environ.get(VARIABLE) and configured is not None:
        return configured
    try:
        project = find_django_project(environ, directory)
        path = None if project is None else _text_in(project, _PATH_SETTING)
        forced = None if project is None else project.value("MAINTENANCE_MODE")
    except LocationError:
        # What the settings do not say in plain words, pyproject.toml is there to say.
        if configured is None:
            raise
        return configured
    if project is not None:
        _refuse_contradiction(project, path, forced, configured)
        if path is None:
            configured = _as_django_finds_it(project, environ, configured)
    if configured is not None:
        return configured
    if project is None:
        raise LocationError(
            f"No state found from {directory} upwards. Run this inside a Django project, "
            f"or name the state with --state PATH or {VARIABLE}."
        )
    if path is None:
        name = _text_in(project, "MAINTENANCE_MODE_STATE_FILE_NAME") or DEFAULT_FILE_NAME
        path = str(project.settings_file.parent / name)
    return Location(path, f"the Django settings {project.settings_file}")


def _refuse_contradiction(
    project: DjangoProject, path: str | None, forced: object, configured: Location | None
) -> None:
    settings = project.settings_file
    if forced is not None:
        raise LocationError(
            f"{settings} sets MAINTENANCE_MODE, which outranks any switch; "
            "remove it there, or name the state with --state PATH."
        )
    if path is not None and "://" not in path and not os.path.isabs(path):
        raise LocationError(
            f"{settings}: {_PATH_SETTING} is {path!r}, which means another file in each "
            "directory; write the whole path, or name the state with --state PATH."
        )
    if path is not None and configured is not None and not _are_same(path, configured.target):
        raise LocationError(
            f"{settings} says {path}, but {configured.source} says {configured.target}; "
            "remove one of the two, or name the state with --state PATH."
        )


def _as_django_finds_it(
    project: DjangoProject, environ: Mapping[str, str], configured: Location | None
) -> Location | None:
    """The table in pyproject.toml as the site finds it, from its settings upwards."""
    found = configured_location(environ, project.settings_file.parent)
    if configured is not None and (
        found is None or not _are_same(found.target, configured.target)
    ):
        raise LocationError(
            f"{configured.source} is not what the site of {project.settings_file} finds; "
            f"move it beside {project.root / 'manage.py'}, or name the state with --state PATH."
        )
    return found


def _are_same(one: str, other: str) -> bool:
    return one == other or os.path.realpath(one) == os.path.realpath(other)


def configured_location(environ: Mapping[str, str], directory: Path) -> Location | None:
    """The part of :func:`find_location` that needs no Django project; None if nothing is said.

    Raises LocationError for a pyproject.toml that cannot be used.
    """
    if environ.get(VARIABLE):
        return Location(environ[VARIABLE], VARIABLE)
    for folder in (directory, *directory.parents):
        file = folder / "pyproject.toml"
        if os.path.isfile(file):  # False, not an error, where this user may not look
            state = _state_in(file)
            if state is not None:
                target = state if "://" in state else str(folder / state)
                return Location(target, f"[tool.maintenance] in {file}")
    return None


def _state_in(file: Path) -> str | None:
    try:
        with file.open("rb") as stream:
            table = tomllib.load(stream)
    except (OSError, ValueError, RecursionError) as error:
        raise LocationError(
            f"{file} cannot be read ({error}); mend it, or name the state with --state PATH."
        ) from error
    state: Any = table
    for key in ("tool", "maintenance", "state"):
        if not isinstance(state, dict):
            raise LocationError(f"{file}: {key} has no table to be in; write [tool.maintenance].")
        if key not in state:
            return None
        state = state[key]
    if not isinstance(state, str) or not state:
        raise LocationError(f"{file}: state in [tool.maintenance] is not a path; write a string.")
    return state


def _text_in(project: DjangoProject, name: str) -> str | None:
    value = project.value(name)
    if isinstance(value, Path):
        return str(value)
    if value is None or (isinstance(value, str) and value):
        return value
    raise LocationError(f"{project.settings_file}: {name} is {value!r}; write a string.")
