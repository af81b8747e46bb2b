"""How results and errors reach the terminal."""

import json
import os
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
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


def print_result(lines: Iterable[str], data: dict[str, Any], *, as_json: bool) -> bool:
    """Print ``data`` as one JSON object, or ``lines`` for people.

    If that cannot be written, say so among the errors and return False: what has been switched
    is switched.
    """
    text = json.dumps(data) if as_json else "\n".join(lines)
    if sys.stdout is None:
        return False
    try:
        try:
            click.echo(text)
        except UnicodeError:
            # What this terminal has no letters for is written as escapes.
            click.echo(text.encode("ascii", "backslashreplace").decode())
        sys.stdout.flush()
    except OSError as error:
        # Python would stumble over the same output again when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        with suppress(OSError):
            click.echo(f"The result could not be written ({error.strerror}).", err=True)
        return False
    return True


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
