"""Who makes a change, whatever names a machine has for them."""

import getpass
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


def test_an_actor_is_this_process_on_this_host(monkeypatch):
    monkeypatch.setenv("LOGNAME", "deploy")
    assert Actor.here() == Actor("deploy", socket.gethostname(), os.getpid(), "python")


def test_the_tool_and_the_user_can_be_told(hostname):
    hostname("web1")
    actor = Actor.here("django admin", "anna")
    assert (actor.user, actor.tool, str(actor)) == ("anna", "django admin", "anna@web1")


def test_under_sudo_it_is_who_has_called_it(monkeypatch):
    monkeypatch.setenv("LOGNAME", "root")
    monkeypatch.setenv("SUDO_USER", "anna")
    assert Actor.here().user == "anna"
    monkeypatch.setenv("SUDO_USER", "")
    assert Actor.here().user == "root"


def test_without_names_in_the_environment_it_is_the_user_of_the_process():
    assert Actor.here().user == pwd.getpwuid(os.getuid()).pw_name


@pytest.mark.parametrize("error", [KeyError, OSError, ImportError])
def test_a_user_whom_the_machine_does_not_know_is_unknown(monkeypatch, error):
    def nobody():
        raise error("getpwuid(): uid not found")

    monkeypatch.setattr(getpass, "getuser", nobody)
    assert Actor.here().user == "unknown"


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
    monkeypatch.setitem(os.environb, b"LOGNAME", b"caf\xe9")
    assert Actor.here().user == "caf?"
