"""Who may read and change a state: the same people before and after a change."""

import grp
import os
import pwd
import stat
from contextlib import suppress
from pathlib import Path

from maintenance_core.exceptions import StoreError

__all__ = ["carry_over", "share_lock", "share_new_file"]

_PRIVATE = 0o640
_OTHERS_CAN_LIST = stat.S_IROTH | stat.S_IXOTH
_WRITERS = ((stat.S_IWGRP, 0o060), (stat.S_IWOTH, 0o006))


def share_new_file(descriptor: int, directory: Path) -> None:
    """Make a new state readable for those who work in its directory.

    That is 0640 with the group of the directory (and its owner, if root creates it), and readable
    by all if all may read the directory. The umask does not count: whoever throws the switch, the
    web server must see it.
    """
    _give_to_directory(descriptor, directory)
    mode = os.stat(directory).st_mode
    listed = mode & _OTHERS_CAN_LIST == _OTHERS_CAN_LIST
    os.fchmod(descriptor, _PRIVATE | stat.S_IROTH if listed else _PRIVATE)


def share_lock(descriptor: int, directory: Path) -> None:
    """Let everybody take a new lock file who can change what is in its directory."""
    _give_to_directory(descriptor, directory)
    mode = os.stat(directory).st_mode
    os.fchmod(descriptor, 0o600 + sum(bits for may_write, bits in _WRITERS if mode & may_write))


def _give_to_directory(descriptor: int, directory: Path) -> None:
    there = os.stat(directory)
    ours = os.fstat(descriptor)
    owner = there.st_uid if os.geteuid() == 0 else ours.st_uid
    if (ours.st_uid, ours.st_gid) != (owner, there.st_gid):
        # Not everybody is in the group of a directory that they may write.
        with suppress(PermissionError):
            os.fchown(descriptor, owner, there.st_gid)


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
    shared = mode & stat.S_IROTH
    with suppress(PermissionError):
        os.fchown(descriptor, -1, previous.st_gid)
        shared |= mode & stat.S_IRGRP and _is_in_group(previous.st_uid, previous.st_gid)
    if not shared:
        raise StoreError(
            location,
            f"it belongs to user {previous.st_uid}, who could not read it after this change; "
            "nothing was changed. Run as that user or as root.",
        )


def _is_in_group(user: int, group: int) -> bool:
    try:
        entry = pwd.getpwuid(user)
        return entry.pw_gid == group or entry.pw_name in grp.getgrgid(group).gr_mem
    except KeyError:
        return False
