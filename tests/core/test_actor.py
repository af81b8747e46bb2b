"""Who makes a change, whatever names a machine has for them."""

import os
import pwd
import socket
from types import SimpleNamespace

import msgspec
import pytest

from maintenance_core.actor import MAX_NAME, Actor

LOGIN_NAMES = ("SUDO_USER", "LOGNAME", "USER", "LNAME", "USERNAME")


@pytest.fixture(autouse=True)
def _no_login_names(monkeypatch):
    for name in LOGIN_NAMES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def hostname(monkeypatch):
    def called(name):
        monkeypatch.setattr(os, "uname", lambda: SimpleNamespace(nodename=name))

    return called


def test_an_actor_is_this_process_on_this_host():
    user = pwd.getpwuid(os.getuid()).pw_name
    assert Actor.here() == Actor(user, socket.gethostname(), os.getpid(), "python")


def test_the_tool_and_the_user_can_be_told(hostname):
    hostname("web1")
    actor = Actor.here("django admin", "anna")
    assert (actor.user, actor.tool, str(actor)) == ("anna", "django admin", "anna@web1")


def test_for_root_under_sudo_it_is_who_has_called_it(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setenv("SUDO_USER", "anna")
    assert Actor.here().user == "anna"
    monkeypatch.setenv("SUDO_USER", "")
    assert Actor.here().user == pwd.getpwuid(os.getuid()).pw_name


@pytest.mark.parametrize("name", LOGIN_NAMES)
def test_nobody_else_can_take_another_name(monkeypatch, name):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv(name, "anna")
    assert Actor.here().user == pwd.getpwuid(os.getuid()).pw_name


def test_a_user_whom_the_machine_does_not_know_has_a_number(monkeypatch):
    monkeypatch.setattr(os, "getuid", lambda: 123456789)
    assert Actor.here().user == "uid 123456789"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("zoë ☕ 北京", "zoë ☕ 北京"),
        ("caf\udce9", "caf?"),
        ("a\nb\r\tc\0", "a?b??c?"),
        ("\x1b[31mred", "?[31mred"),
        ("left\u202eright\u2028", "left?right?"),
        ("x" * (MAX_NAME + 1), "x" * MAX_NAME),
        ("", ""),
    ],
)
def test_names_can_be_written_and_shown(hostname, name, shown):
    hostname(name)
    actor = Actor.here(name, name)
    assert (actor.user, actor.host, actor.tool) == (shown, shown, shown)
    assert msgspec.json.decode(msgspec.json.encode(actor), type=Actor) == actor


def test_a_login_name_that_is_no_text_can_be_written_too(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setitem(os.environb, b"SUDO_USER", b"caf\xe9")
    assert Actor.here().user == "caf?"
