"""Where the state of a project is, told without importing it.

The command and Django ask the same functions, so that nothing is configured twice.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from maintenance_core.django_project import DjangoProject, find_django_project
from maintenance_core.exceptions import LocationError

__all__ = ["DEFAULT_FILE_NAME", "VARIABLE", "Location", "configured_location", "find_location"]

DEFAULT_FILE_NAME = "maintenance_mode_state.txt"
VARIABLE = "MAINTENANCE_STATE"


@dataclass(frozen=True, slots=True)
class Location:
    """The path or URL of a state, and what said so."""

    target: str
    source: str


def find_location(option: str | None, environ: Mapping[str, str], directory: Path) -> Location:
    """The state that a command run in ``directory`` means.

    That is ``option``, else the variable ``MAINTENANCE_STATE``, else ``state`` in the table
    ``[tool.maintenance]`` of the nearest pyproject.toml that has it, else the default of the
    Django project found from ``directory`` upwards. Raises LocationError.
    """
    if option is not None:
        return Location(option, "--state")
    location = configured_location(environ, directory)
    if location is not None:
        return location
    project = find_django_project(environ, directory)
    if project is None:
        raise LocationError(
            f"No state found from {directory} upwards. Run this inside a Django project, "
            f"or name the state with --state PATH or {VARIABLE}."
        )
    return _of_project(project)


def configured_location(environ: Mapping[str, str], directory: Path) -> Location | None:
    """The part of :func:`find_location` that needs no Django project; None if nothing is said.

    Raises LocationError for a pyproject.toml that cannot be used.
    """
    if environ.get(VARIABLE):
        return Location(environ[VARIABLE], VARIABLE)
    for folder in (directory, *directory.parents):
        file = folder / "pyproject.toml"
        if file.is_file():
            state = _state_in(file)
            if state is not None:
                target = state if "://" in state else str(folder / state)
                return Location(target, f"[tool.maintenance] in {file}")
    return None


def _state_in(file: Path) -> str | None:
    try:
        with file.open("rb") as stream:
            table = tomllib.load(stream).get("tool", {}).get("maintenance", {})
    except (OSError, ValueError) as error:
        raise LocationError(
            f"{file} cannot be read ({error}); mend it, or name the state with --state PATH."
        ) from error
    state = table.get("state") if isinstance(table, dict) else None
    if state is None:
        return None
    if not isinstance(state, str) or not state:
        raise LocationError(f"{file}: state in [tool.maintenance] is not a path; write a string.")
    return state


def _of_project(project: DjangoProject) -> Location:
    settings = project.settings_file
    mode = project.value("MAINTENANCE_MODE", None)
    if mode is not None:
        raise LocationError(
            f"{settings} sets MAINTENANCE_MODE, which outranks any switch; "
            "remove it there, or name the state with --state PATH."
        )
    path = project.value("MAINTENANCE_MODE_STATE_FILE_PATH", None)
    if path is None:
        name = project.value("MAINTENANCE_MODE_STATE_FILE_NAME", DEFAULT_FILE_NAME)
        path = str(settings.parent / name)
    return Location(path, f"the Django settings {settings}")
