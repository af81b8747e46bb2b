"""Who makes a change: for the record only, since nothing is decided by it."""

import os
import pwd

import msgspec
from msgspec.structs import force_setattr

from maintenance_core.values import printable

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
            force_setattr(self, field, printable(getattr(self, field), MAX_NAME))

    @classmethod
    def here(cls, tool: str = "python", user: str | None = None) -> "Actor":
        """This process. ``user`` None: who runs it; under sudo, who has called it.

        Never raises.
        """
        return cls(_login() if user is None else user, os.uname().nodename, os.getpid(), tool)

    def __str__(self) -> str:
        return f"{self.user}@{self.host}"


def _login() -> str:
    # Other variables of the environment are anybody's to set.
    sudo = os.environ.get("SUDO_USER") if os.geteuid() == 0 else None
    try:
        return sudo or pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"
