"""Who makes a change: for the record only, since nothing is decided by it."""

import getpass
import os

import msgspec
from msgspec.structs import force_setattr

__all__ = ["MAX_NAME", "Actor"]

MAX_NAME = 200
"""Longer names are cut."""


class Actor(msgspec.Struct, frozen=True):
    """Somebody at a process of a host, with the tool they use there.

    A name that cannot be written or shown is no reason to refuse a change: ``?`` stands for
    each such letter.
    """

    user: str
    host: str
    pid: int
    tool: str

    def __post_init__(self) -> None:
        for field in ("user", "host", "tool"):
            force_setattr(self, field, _printable(getattr(self, field)))

    @classmethod
    def here(cls, tool: str = "python", user: str | None = None) -> "Actor":
        """This process. ``user`` None: who runs it; under sudo, who has called it.

        Never raises.
        """
        return cls(_login() if user is None else user, os.uname().nodename, os.getpid(), tool)

    def __str__(self) -> str:
        return f"{self.user}@{self.host}"


def _printable(name: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in name[:MAX_NAME])


def _login() -> str:
    try:
        return os.environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "unknown"
