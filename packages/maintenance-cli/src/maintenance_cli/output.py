"""How results and errors reach the terminal."""

import json
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import click

from maintenance_core import InvalidInput, MaintenanceError

__all__ = ["print_result", "told_in_a_sentence"]

_OPTIONS = {
    "start": "--start",
    "end": "--until",
    "for": "--for",
    "message": "--message",
    "reason": "--reason",
}

P = ParamSpec("P")
R = TypeVar("R")


class _InputError(click.ClickException):
    exit_code = 2


def print_result(lines: Iterable[str], data: dict[str, Any], *, as_json: bool) -> None:
    """Print ``data`` as one JSON object, or ``lines`` for people."""
    if as_json:
        click.echo(json.dumps(data))
    else:
        for line in lines:
            click.echo(line)


def told_in_a_sentence(function: Callable[P, R]) -> Callable[P, R]:
    """Errors of the core end the command with their sentence, and no traceback."""

    @wraps(function)
    def told(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except InvalidInput as error:
            raise _InputError(
                f"{_OPTIONS.get(error.field, error.field)}: {error.reason}"
            ) from error
        except MaintenanceError as error:
            raise click.ClickException(str(error)) from error

    return told
