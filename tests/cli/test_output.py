"""A result that cannot be written."""

import io
import subprocess
import sys

from maintenance_cli.output import print_result
from maintenance_core import FileStore


def test_result_that_cannot_be_written_is_told_among_the_errors(monkeypatch, capfd):
    with open("/dev/full", "w") as full:
        monkeypatch.setattr(sys, "stdout", full)
        assert print_result(["Maintenance is on."], {}, as_json=False) is False
        # Nothing that is written from now on fails once more.
        print("more", file=full, flush=True)
    assert capfd.readouterr().err == "The result could not be written (No space left on device).\n"


def test_result_is_written_as_lines_or_as_json(capsys):
    assert print_result(["one", "two"], {"a": 1}, as_json=False) is True
    assert print_result(["one", "two"], {"a": 1}, as_json=True) is True
    assert capsys.readouterr().out == 'one\ntwo\n{"a": 1}\n'


def test_letters_that_the_terminal_does_not_have_are_written_as_escapes(run_command, state):
    ended = run_command(
        "--state", state, "on", "--message", "back \u2192 9", PYTHONIOENCODING="latin-1"
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "message: back \\u2192 9" in ended.stdout


def test_without_anywhere_to_write_it_is_done_all_the_same(state):
    command = f'"{sys.executable}" -m maintenance_cli --state "{state}" on >&-'
    ended = subprocess.run(["sh", "-c", command], stderr=subprocess.PIPE, text=True)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert FileStore(state).read().state.windows


def test_no_output_at_all_is_told_to_the_caller(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    assert print_result(["one"], {}, as_json=False) is False


def test_letters_that_cannot_be_written_are_escaped(monkeypatch):
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="latin-1"))
    assert print_result(["back \u2192 9"], {}, as_json=False) is True
    assert written.getvalue() == b"back \\u2192 9\n"
