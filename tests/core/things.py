"""What can be at the path of a state, and is none."""

import os
import socket
import stat
from pathlib import Path

import pytest

from maintenance_core import switch_off, switch_on
from maintenance_core.codec import MAX_BYTES
from tests.core.helpers import NOW


def empty(path):
    path.touch()


def one_byte(path):
    path.write_bytes(b"x")


def nul(path):
    path.write_bytes(b"\0")


def text(path):
    path.write_bytes(b"off, please")


def newer(path):
    path.write_bytes(b'{"schema": 2}')


def huge(path):
    with path.open("wb") as file:
        file.truncate(10 * 2**30)


def a_little_too_large(path):
    path.write_bytes(b" " * MAX_BYTES + b"1")


def empty_directory(path):
    path.mkdir()


def link_to_an_empty_directory(path):
    empty_directory(path.with_name("elsewhere"))
    path.symlink_to("elsewhere")


def directory(path):
    path.mkdir()
    (path / "kept").write_text("kept")


def fifo(path):
    os.mkfifo(path)


def unix_socket(path):
    here = Path.cwd()
    os.chdir(path.parent)  # The path of a socket must be short.
    try:
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(path.name)
    finally:
        os.chdir(here)


def device(path):
    try:
        # The numbers are those of no driver.
        os.mknod(path, stat.S_IFCHR | 0o600, os.makedev(60, 0))
    except PermissionError:
        pytest.skip("this user may not make devices")


REPLACEABLE = {
    empty: "it is empty",
    one_byte: "not JSON",
    nul: "not JSON",
    text: "not JSON",
    newer: "newer version",
    huge: "larger than 1,048,576 bytes",
    a_little_too_large: "larger than 1,048,576 bytes",
    empty_directory: "an empty directory",
    link_to_an_empty_directory: "an empty directory",
}
FOR_A_PURPOSE = {
    directory: "a directory that is not empty",
    fifo: "a FIFO",
    unix_socket: "a socket",
    device: "a device",
}


everything_there = pytest.mark.parametrize(
    "make", REPLACEABLE | FOR_A_PURPOSE, ids=lambda make: make.__name__
)


def switch(store, action):
    if action == "on":
        return switch_on(store, now=NOW)
    return switch_off(store, now=NOW, everything=action == "everything")
