"""What an expression in the settings means, if it puts a path together as everybody does."""

import ast
import os
from collections.abc import Callable
from pathlib import Path

__all__ = ["NotPlainError", "evaluate"]

_PATH_FUNCTIONS: dict[str, Callable[..., str]] = {
    "abspath": os.path.abspath,
    "dirname": os.path.dirname,
    "join": os.path.join,
    "realpath": os.path.realpath,
}
_PATH_METHODS = {"absolute": Path.absolute, "joinpath": Path.joinpath, "resolve": Path.resolve}


_FROM_HERE = ("abspath", "absolute", "realpath", "resolve")
"""What gives a relative path another meaning in each directory."""


class NotPlainError(Exception):
    """Only running the settings could tell."""


def evaluate(node: ast.expr, file: Path, look_up: Callable[[str], object]) -> object:
    """The value of ``node``, which stands in ``file``; ``look_up`` gives that of a name.

    Constants, ``BASE_DIR / "name"``, ``Path(__file__).resolve().parent`` and what ``os.path`` has
    for the same. Raises NotPlainError for everything else.
    """
    try:
        return _evaluate(node, file, look_up)
    except (AttributeError, IndexError, OSError, RuntimeError, TypeError, ValueError) as error:
        raise NotPlainError from error


def _evaluate(node: ast.expr, file: Path, look_up: Callable[[str], object]) -> object:
    def value(inner: ast.expr) -> object:
        return _evaluate(inner, file, look_up)

    def path(inner: ast.expr) -> Path:
        found = value(inner)
        if not isinstance(found, Path):
            raise NotPlainError
        return found

    match node:
        case ast.Constant(value=constant):
            return constant
        case ast.Name(id="__file__"):
            return str(file)
        case ast.Name(id=name):
            return look_up(name)
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return path(left) / _text(value(right))
        case ast.Attribute(value=inner, attr="parent"):
            return path(inner).parent
        case ast.Subscript(
            value=ast.Attribute(value=inner, attr="parents"), slice=ast.Constant(value=int(index))
        ):
            return path(inner).parents[index]
        case ast.Call(
            func=ast.Name(id="Path") | ast.Attribute(value=ast.Name(id="pathlib"), attr="Path"),
            args=[inner],
            keywords=[],
        ):
            return Path(_text(value(inner)))
        case ast.Call(func=ast.Name(id="str"), args=[inner], keywords=[]):
            return _text(value(inner))
        case ast.Call(
            func=ast.Attribute(
                value=ast.Attribute(value=ast.Name(id="os"), attr="path"), attr=function
            ),
            args=args,
            keywords=[],
        ) if function in _PATH_FUNCTIONS:
            texts = [_text(value(arg)) for arg in args]
            if function in _FROM_HERE:
                _refuse_relative(texts[0])
            return _PATH_FUNCTIONS[function](*texts)
        case ast.Call(func=ast.Attribute(value=inner, attr=method), args=args, keywords=[]) if (
            method in _PATH_METHODS
        ):
            start = path(inner)
            if method in _FROM_HERE:
                _refuse_relative(str(start))
            return _PATH_METHODS[method](start, *(_text(value(arg)) for arg in args))
    raise NotPlainError


def _text(value: object) -> str:
    if isinstance(value, str | Path):
        return str(value)
    raise NotPlainError


def _refuse_relative(path: str) -> None:
    if not os.path.isabs(path):
        raise NotPlainError
