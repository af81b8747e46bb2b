"""The options that every command has, before or after its name."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from maintenance_core import LocationError, Store, open_store
from maintenance_core.location import VARIABLE, find_location

__all__ = ["Common", "common_options"]

F = TypeVar("F", bound=Callable[..., Any])


@dataclass
class Common:
    """What the common options say; the one given last counts."""

    state: str | None = None
    json: bool = False

    def open_store(self) -> Store:
        """The store that this run means. Raises LocationError."""
        try:
            directory = Path.cwd()
        except OSError as error:
            if self.state is None or not Path(self.state).is_absolute():
                raise LocationError(
                    "The current directory is gone; change to the project, or name the state "
                    "with --state and its whole path."
                ) from error
            directory = Path("/")
        return open_store(find_location(self.state, os.environ, directory).target)


def common_options(function: F) -> F:
    """Add ``--state`` and ``--json``; their values are in the context's :class:`Common`."""
    state = click.option(
        "--state",
        metavar="PATH",
        expose_value=False,
        callback=_keep,
        help=f"The file of the state.  [default: {VARIABLE}, [tool.maintenance] in "
        "pyproject.toml, or what the Django project here uses]",
    )
    json = click.option(
        "--json",
        is_flag=True,
        default=None,
        expose_value=False,
        callback=_keep,
        help="Print JSON.",
    )
    return state(json(function))


def _keep(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    common = context.ensure_object(Common)
    if value is not None:
        setattr(common, str(parameter.name), value)
