"""A Django project as its files tell it: which settings, and what they say in plain words.

Nothing of the project is imported or run.
"""

import ast
import os
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from maintenance_core.exceptions import LocationError
from maintenance_core.settings_expression import NotPlainError, evaluate

__all__ = ["DjangoProject", "find_django_project"]

_VARIABLE = "DJANGO_SETTINGS_MODULE"
_CAN_ASSIGN_ANYTHING = ("exec", "globals", "include", "locals", "optional", "setattr", "vars")
"""Some are of django-split-settings: by these, settings get names that do not stand here."""


Assignment = tuple[Path, ast.expr]
"""What is assigned, and the file in which that stands."""


@dataclass(frozen=True)
class DjangoProject:
    """The project with its ``manage.py`` in ``root`` and its settings in ``settings_file``."""

    root: Path
    settings_file: Path

    def value(self, name: str) -> object:
        """What the settings assign to ``name``; None if nothing.

        That is what they say in plain words: a constant, or a path put together in the usual
        ways. Raises LocationError if only running the settings could tell.
        """
        try:
            return self._value(name, frozenset())
        except NotPlainError:
            raise LocationError(
                f"{self.settings_file} computes {name}, which this command does not run; "
                "name the state with --state PATH, MAINTENANCE_STATE, or state in "
                "[tool.maintenance] of pyproject.toml."
            ) from None

    def _value(self, name: str, asked: frozenset[str]) -> object:
        if name in asked:
            raise NotPlainError
        assignments = [*self._assigned(self.settings_file, name, frozenset())]
        if asked and len(assignments) != 1:
            # Which value it had where it is used, only running the settings could tell.
            raise NotPlainError
        if not assignments:
            return None
        file, expression = assignments[-1]
        return evaluate(expression, file, lambda other: self._value(other, asked | {name}))

    def _assigned(self, file: Path, name: str, seen: frozenset[Path]) -> Iterator[Assignment]:
        """What ``file`` and the settings that it star-imports assign to ``name``, in order.

        What happens only on a condition stands there as an expression that is no constant.
        """
        for node in _parse(file).body:
            match node:
                case ast.Assign(targets=[ast.Name(id=found)], value=value) if found == name:
                    yield file, value
                case ast.AnnAssign(target=ast.Name(id=found), value=ast.expr() as value) if (
                    found == name
                ):
                    yield file, value
                case ast.ImportFrom(names=[ast.alias(name="*")]):
                    yield from self._imported(node, file, name, seen)
                case ast.Try(body=[ast.ImportFrom(names=[ast.alias(name="*")]) as statement]):
                    # "Local settings, if there are any": only a file that is there is looked at.
                    if self._module_of(statement, file) is not None:
                        yield from self._imported(statement, file, name, seen)
                    for other in (*node.handlers, *node.orelse, *node.finalbody):
                        yield from self._assigned_somehow(other, file, name, seen)
                case ast.AnnAssign(value=None):
                    pass
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    if any(
                        isinstance(at, ast.Global) and name in at.names for at in ast.walk(node)
                    ):
                        yield file, ast.Name(name)
                case _:
                    yield from self._assigned_somehow(node, file, name, seen)

    def _imported(
        self, node: ast.ImportFrom, file: Path, name: str, seen: frozenset[Path]
    ) -> Iterator[Assignment]:
        module = self._module_of(node, file)
        if module is None and not (node.module or "").startswith("django."):
            # Settings that are installed somewhere can say anything.
            yield file, ast.Name(name)
        if module is not None and module not in seen:
            yield from self._assigned(module, name, seen | {file, module})

    def _module_of(self, node: ast.ImportFrom, file: Path) -> Path | None:
        start = file if node.level else self.root
        for _ in range(node.level):
            start = start.parent
        return _find_module(start, node.module or "__init__")

    def _assigned_somehow(
        self, statement: ast.AST, file: Path, name: str, seen: frozenset[Path]
    ) -> Iterator[Assignment]:
        for node in ast.walk(statement):
            match node:
                case ast.Name(id=found, ctx=ast.Store() | ast.Del()) if found == name:
                    yield file, node
                case ast.Call(func=ast.Name(id=function)) if function in _CAN_ASSIGN_ANYTHING:
                    yield file, ast.Name(name)
                case ast.MatchAs(name=found) | ast.MatchStar(name=found) if found == name:
                    yield file, ast.Name(name)
                case ast.alias(name=found, asname=other) if name == (other or found):
                    yield file, ast.Name(name)
                case ast.ImportFrom(names=[ast.alias(name="*")]):
                    for _ in self._imported(node, file, name, seen):
                        yield file, ast.Name(name)


def find_django_project(environ: Mapping[str, str], directory: Path) -> DjangoProject | None:
    """The project with a ``manage.py`` in ``directory`` or the nearest folder above it.

    Its settings are those of ``DJANGO_SETTINGS_MODULE``, else those that manage.py names.
    Raises LocationError if these cannot be found.
    """
    for folder in (directory, *directory.parents):
        manage = folder / "manage.py"
        if os.path.isfile(manage):  # False, not an error, where this user may not look
            module = environ.get(_VARIABLE) or _settings_module(manage)
            file = _find_module(folder, module)
            if file is not None:
                return DjangoProject(folder, file)
            raise LocationError(
                f"the settings module {module!r} is not below {folder}; "
                "name the state with --state PATH."
            )
    return None


def _settings_module(manage: Path) -> str:
    """The module in ``os.environ.setdefault("DJANGO_SETTINGS_MODULE", …)``, or assigned to it."""
    found: set[str | None] = set()
    for node in ast.walk(_parse(manage)):
        match node:
            case ast.Call(args=[ast.Constant(value=name), module]) if name == _VARIABLE:
                found.add(_constant_text(module))
            case ast.Assign(
                targets=[ast.Subscript(slice=ast.Constant(value=name))], value=module
            ) if name == _VARIABLE:
                found.add(_constant_text(module))
    if len(found) == 1 and (only := found.pop()) is not None:
        return only
    raise LocationError(
        f"{manage} does not plainly name one settings module; "
        f"set {_VARIABLE}, or name the state with --state PATH."
    )


def _constant_text(node: ast.expr) -> str | None:
    value = node.value if isinstance(node, ast.Constant) else None
    return value if isinstance(value, str) else None


def _find_module(start: Path, name: str) -> Path | None:
    """The file of the module ``name`` in the folder ``start``, if it is there."""
    parts = name.split(".")
    if not all(part.isidentifier() for part in parts):
        return None
    base = start.joinpath(*parts)
    for file in (base / "__init__.py", base.with_name(base.name + ".py")):
        if os.path.isfile(file):
            return file
    return None


def _parse(file: Path) -> ast.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # What is odd in the project is not for this reader.
            return ast.parse(file.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise LocationError(
            f"{file} cannot be read ({error}); name the state with --state PATH."
        ) from error
