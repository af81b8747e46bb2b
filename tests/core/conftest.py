import os
import shutil
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import settings

from maintenance_core import FileStore

settings.register_profile("core", deadline=None, print_blob=True, database=None)
settings.load_profile("core")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state.json"


@pytest.fixture
def store(path):
    return FileStore(path)


@pytest.fixture
def open_directory():
    """A directory that every user of the machine can look into."""
    directory = Path(tempfile.mkdtemp())
    directory.chmod(0o755)
    yield directory
    shutil.rmtree(directory)


@pytest.fixture
def umask(request):
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


@pytest.fixture
def an_hour_later(monkeypatch):
    """All files are old enough for their time stamps to be trusted."""
    real = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: real() + 3_600_000_000_000)
