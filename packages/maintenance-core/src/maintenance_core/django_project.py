"""A Django project as its files tell it: which settings, and what they say in plain words.

Nothing of the project is imported or run.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from maintenance_core.exceptions import LocationError

__all__ = ["DjangoProject", "find_django_project"]

_VARIABLE = "DJANGO_SETTINGS_MODULE"


@dataclass(frozen=True)
class DjangoProject:
    """The project whose settings module is the file ``settings_file``."""

    settings_file: Path

    def value(self, name: str, default: str | None) -> str | None:
        """What the settings assign to ``name``, if that is a plain string; ``default`` if nothing.

        Raises LocationError if it is anything that only running the settings could tell.
        """
        found: ast.expr | None = None
        for node in _assignments(self.settings_file, name):
            found = node
        if found is None or (isinstance(found, ast.Constant) and found.value is None):
            return default
        if isinstance(found, ast.Constant) and isinstance(found.value, str):
            return found.value
        if isinstance(found, ast.Constant) and isinstance(found.value, bool):
            return str(found.value)
        raise LocationError(
            f"{self.settings_file} computes {name}, which this command does not run; "
            "name the state with --state PATH, MAINTENANCE_STATE, or state in "
            "[tool.maintenance] of pyproject.toml."
        )


def find_django_project(environ: Mapping[str, str], directory: Path) -> DjangoProject | None:
    """The project with a ``manage.py`` in ``directory`` or the nearest folder above it.

    Its settings are those of ``DJANGO_SETTINGS_MODULE``, else those that manage.py names.
    Raises LocationError if these cannot be found.
    """
    for folder in (directory, *directory.parents):
        manage = folder / "manage.py"
        if manage.is_file():
            module = environ.get(_VARIABLE) or _settings_module(manage)
            return DjangoProject(_module_file(folder, module, manage))
    return None


def _settings_module(manage: Path) -> str:
    """The module in ``os.environ.setdefault("DJANGO_SETTINGS_MODULE", …)``, or assigned to it."""
    for node in ast.walk(_parse(manage)):
        match node:
            case ast.Call(args=[ast.Constant(value=name), ast.Constant(value=str(module))]) if (
                name == _VARIABLE
            ):
                return module
            case ast.Assign(
                targets=[ast.Subscript(slice=ast.Constant(value=name))],
                value=ast.Constant(value=str(module)),
            ) if name == _VARIABLE:
                return module
    raise LocationError(
        f"{manage} names no settings module; set {_VARIABLE}, or name the state with --state PATH."
    )


def _module_file(root: Path, module: str, manage: Path) -> Path:
    base = root.joinpath(*module.split("."))
    for file in (base / "__init__.py", base.with_name(base.name + ".py")):
        if file.is_file():
            return file
    raise LocationError(
        f"the settings module {module!r} is not below {manage.parent}; "
        "name the state with --state PATH."
    )


def _assignments(file: Path, name: str) -> Iterator[ast.expr]:
    """The values assigned to ``name`` in ``file`` and in what it star-imports beside it."""
    for node in ast.walk(_parse(file)):
        match node:
            case ast.Assign(targets=targets, value=value) if any(
                isinstance(target, ast.Name) and target.id == name for target in targets
            ):
                yield value
            case ast.AnnAssign(target=ast.Name(id=found), value=ast.expr() as value) if (
                found == name
            ):
                yield value
            case ast.ImportFrom(module=str(module), level=1, names=[ast.alias(name="*")]):
                beside = file.parent.joinpath(*module.split(".")).with_suffix(".py")
                if beside.is_file() and beside != file:
                    yield from _assignments(beside, name)


def _parse(file: Path) -> ast.Module:
    try:
        return ast.parse(file.read_bytes())
    except (OSError, SyntaxError, ValueError) as error:
        raise LocationError(
            f"{file} cannot be read ({error}); name the state with --state PATH."
        ) from error
