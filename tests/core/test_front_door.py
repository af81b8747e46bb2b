"""What the package offers, and its errors."""

import pickle
import subprocess
import sys

import pytest

import maintenance_core
from maintenance_core import (
    InvalidInput,
    LocationError,
    MaintenanceError,
    StoreError,
    UnreadableState,
)


def test_every_name_of_the_front_door_is_there_once_and_in_order():
    names = maintenance_core.__all__
    assert names == sorted(set(names))
    assert all(hasattr(maintenance_core, name) for name in names)


@pytest.mark.parametrize(
    ("error", "kind", "sentence"),
    [
        (InvalidInput("end", "too late."), ValueError, "end: too late."),
        (UnreadableState("it is empty"), ValueError, "it is empty"),
        (LocationError("nowhere"), MaintenanceError, "nowhere"),
        (StoreError("/srv/x", "it is gone."), OSError, "/srv/x: it is gone."),
    ],
)
def test_an_error_is_one_sentence_and_can_be_sent_to_another_process(error, kind, sentence):
    assert isinstance(error, kind)
    assert isinstance(error, MaintenanceError)
    assert str(error) == sentence
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), str(copy), vars(copy)) == (type(error), sentence, vars(error))


def test_the_core_needs_no_web_framework():
    code = "import sys, maintenance_core; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
