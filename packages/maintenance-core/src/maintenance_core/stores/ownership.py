"""Who may read a state file after it was replaced: the same as before."""

import os
import stat
from pathlib import Path

from maintenance_core.exceptions import StoreError

__all__ = ["carry_over", "give_to_directory_owner", "mode_of_new_file"]

_PRIVATE = 0o640
_OTHERS_CAN_LIST = stat.S_IROTH | stat.S_IXOTH


def mode_of_new_file(directory: Path) -> int:
    """0640, and readable by all in a directory that all may read; the umask still applies.

    A switch thrown by root must be seen by a web server that runs as somebody else.
    """
    shared = os.stat(directory).st_mode & _OTHERS_CAN_LIST == _OTHERS_CAN_LIST
    return _PRIVATE | stat.S_IROTH if shared else _PRIVATE


def give_to_directory_owner(descriptor: int, directory: Path) -> None:
    """What root creates belongs to those who work in the directory."""
    if os.geteuid() == 0:
        owner = os.stat(directory)
        ours = os.fstat(descriptor)
        if (ours.st_uid, ours.st_gid) != (owner.st_uid, owner.st_gid):
            os.fchown(descriptor, owner.st_uid, owner.st_gid)


def carry_over(previous: os.stat_result, descriptor: int, location: str) -> None:
    """Give the open file the owner, group and permissions of ``previous``.

    Raises StoreError if that would shut the old owner out.
    """
    mode = stat.S_IMODE(previous.st_mode) & 0o777
    ours = os.fstat(descriptor)
    if (ours.st_uid, ours.st_gid) != (previous.st_uid, previous.st_gid):
        try:
            os.fchown(descriptor, previous.st_uid, previous.st_gid)
        except PermissionError:
            _share_through_group(previous, descriptor, location)
    os.fchmod(descriptor, mode)


def _share_through_group(previous: os.stat_result, descriptor: int, location: str) -> None:
    mode = previous.st_mode
    try:
        os.fchown(descriptor, -1, previous.st_gid)
        shared = mode & (stat.S_IRGRP | stat.S_IROTH)
    except PermissionError:
        shared = mode & stat.S_IROTH
    if not shared:
        raise StoreError(
            location,
            f"it belongs to user {previous.st_uid}, who could not read it after this change; "
            "nothing was changed. Run as that user or as root.",
        )
