"""What visitors and operators meet while the state is damaged."""

import pytest
from django.core.management import CommandError, call_command

from maintenance_django.core import get_maintenance_mode, set_maintenance_mode

DAMAGES = {
    "empty": b"",
    "white": b" \n",
    "two": b"2",
    "brace": b"{",
    "true": b"true",
    "nul": b"\x00",
    "bad-date": b'{"start": "never", "end": null}',
    "array": b"[]",
    "utf-16": "1".encode("utf-16"),
    "newer": b'{"schema": 99}',
    "deep": b"[" * 100_000,
    "huge": b" " * (1024 * 1024 + 1),
    "foreign": b"SECRET_KEY = 'x'\n",
}
damaged = pytest.mark.parametrize("contents", DAMAGES.values(), ids=DAMAGES)


@damaged
def test_on_stays_on_when_the_state_is_damaged(client, state_path, log, contents):
    set_maintenance_mode(True)
    assert client.get("/").status_code == 503
    state_path.write_bytes(contents)
    assert [client.get("/").status_code for _ in range(3)] == [503] * 3
    assert len(log()) == 1
    assert "stays on" in log()[0]


@damaged
def test_off_stays_off_when_the_state_is_damaged(client, state_path, log, contents):
    assert client.get("/").status_code == 200
    state_path.write_bytes(contents)
    assert [client.get("/").status_code for _ in range(3)] == [200] * 3
    assert len(log()) == 1
    assert "stays off" in log()[0]


@damaged
@pytest.mark.parametrize("fallback", [True, False])
def test_fallback_counts_before_a_state_was_ever_read(
    client, settings, state_path, fallback, contents
):
    settings.MAINTENANCE_MODE_STATE_BACKEND_FALLBACK_VALUE = fallback
    state_path.write_bytes(contents)
    assert client.get("/").status_code == (503 if fallback else 200)
    assert get_maintenance_mode() is fallback
    assert state_path.read_bytes() == contents


@damaged
@pytest.mark.parametrize("action", ["on", "off"])
def test_command_repairs_and_keeps_a_copy(client, state_path, capsys, action, contents):
    state_path.write_bytes(contents)
    call_command("maintenance_mode", action)
    assert client.get("/").status_code == (503 if action == "on" else 200)
    (copy,) = state_path.parent.glob("state.json.unreadable-*")
    assert copy.read_bytes() == contents
    assert str(copy) in capsys.readouterr().out


def test_empty_directory_in_the_place_of_the_file_is_no_error_and_off_works(
    client, settings, state_path
):
    settings.MAINTENANCE_MODE_STATE_BACKEND_FALLBACK_VALUE = True
    state_path.mkdir()
    assert client.get("/").status_code == 503
    call_command("maintenance_mode", "off")
    assert client.get("/").status_code == 200
    (copy,) = state_path.parent.glob("state.json.unreadable-*")
    assert copy.is_dir()


def test_folder_with_something_in_it_is_left_alone_and_told_in_one_sentence(client, state_path):
    state_path.mkdir()
    (state_path / "something").touch()
    with pytest.raises(CommandError, match="a directory that is not empty; move it away, or"):
        call_command("maintenance_mode", "off")
    assert (state_path / "something").exists()
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("target", ["nowhere", "state.json"], ids=["dangling", "loop"])
def test_link_to_nowhere_is_no_error_and_off_works(client, state_path, target):
    state_path.symlink_to(state_path.parent / target / "x" if target == "nowhere" else target)
    assert client.get("/").status_code == 200
    call_command("maintenance_mode", "off", verbosity=0)
    assert client.get("/").status_code == 200
    assert not state_path.is_symlink()


def test_state_in_a_directory_that_is_gone_is_the_last_known(client, settings, tmp_path, log):
    directory = tmp_path / "volume"
    directory.mkdir()
    settings.MAINTENANCE_MODE_STATE_FILE_PATH = directory / "state.json"
    set_maintenance_mode(True)
    assert client.get("/").status_code == 503
    directory.rename(tmp_path / "gone")
    assert client.get("/").status_code == 503
    (tmp_path / "gone").rename(directory)
    set_maintenance_mode(False)
    assert client.get("/").status_code == 200
    assert ["stays on" in line for line in log()] == [True, False]


def test_reading_leaves_no_trace(client, state_path):
    before = state_path.parent.stat().st_mtime_ns
    for _ in range(3):
        client.get("/")
    assert state_path.parent.stat().st_mtime_ns == before
    assert not state_path.exists()
