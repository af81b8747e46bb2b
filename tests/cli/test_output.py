"""A result that cannot be written."""

import sys

from maintenance_cli.output import print_result


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
