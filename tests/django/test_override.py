"""Maintenance for as long as some code runs."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured

from maintenance_core import FileStore, InvalidInput, StoreError, switch_off, switch_on
from maintenance_django.core import (
    get_maintenance_mode,
    maintenance_mode_off,
    maintenance_mode_on,
    override_maintenance_mode,
    set_maintenance_mode,
)
from tests.django.helpers import PATIENCE, ROOT

BOTH = pytest.mark.parametrize("value", [True, False], ids=["on", "off"])
HOLDS = pytest.mark.parametrize(
    ("hold", "value"),
    [
        (maintenance_mode_on, True),
        (maintenance_mode_off, False),
        (lambda: override_maintenance_mode(True), True),
        (lambda: override_maintenance_mode(False), False),
    ],
    ids=["on", "off", "override-on", "override-off"],
)


def now():
    return datetime.now(UTC)


@HOLDS
def test_mode_holds_inside_and_is_as_before_afterwards(store, hold, value, before):
    set_maintenance_mode(before)
    windows = store.read().state.windows
    with hold():
        assert get_maintenance_mode() is value
    assert store.read().state.windows == windows


@pytest.fixture(params=[True, False], ids=["was-on", "was-off"])
def before(request):
    return request.param


@HOLDS
async def test_mode_holds_inside_async_with(hold, value, before):
    await asyncio.to_thread(set_maintenance_mode, before)
    async with hold():
        assert get_maintenance_mode() is value
    assert get_maintenance_mode() is before


@HOLDS
def test_mode_holds_while_a_decorated_function_runs(hold, value, before):
    set_maintenance_mode(before)

    @hold()
    def work(number, *, factor):
        """Words."""
        return get_maintenance_mode(), number * factor

    assert [work(3, factor=2), work(3, factor=2)] == [(value, 6)] * 2
    assert (work.__name__, work.__doc__) == ("work", "Words.")
    assert get_maintenance_mode() is before


@HOLDS
async def test_mode_holds_while_a_decorated_async_function_runs(hold, value, before):
    await asyncio.to_thread(set_maintenance_mode, before)

    @hold()
    async def work(number):
        await asyncio.sleep(0)
        return get_maintenance_mode(), number

    assert await work(3) == (value, 3)
    assert await asyncio.gather(work(1), work(2)) == [(value, 1), (value, 2)]
    assert get_maintenance_mode() is before


@HOLDS
def test_exception_inside_passes_through_and_the_mode_is_as_before(hold, value, before):
    set_maintenance_mode(before)
    with pytest.raises(LookupError, match="inside"), hold():
        raise LookupError("inside")
    assert get_maintenance_mode() is before


async def test_exception_inside_async_with_passes_through():
    with pytest.raises(LookupError, match="inside"):
        async with maintenance_mode_on():
            raise LookupError("inside")
    assert get_maintenance_mode() is False


def test_holds_can_be_nested():
    hold = maintenance_mode_on()
    seen = []
    with hold, hold:
        seen.append(get_maintenance_mode())
        with maintenance_mode_off():
            seen.append(get_maintenance_mode())
            with maintenance_mode_on():
                seen.append(get_maintenance_mode())
            seen.append(get_maintenance_mode())
        seen.append(get_maintenance_mode())
    assert [*seen, get_maintenance_mode()] == [True, False, True, False, True, False]


def test_words_and_the_lease_are_those_that_were_given(store):
    lease = timedelta(minutes=1)
    with maintenance_mode_on(lease=lease, message="Back soon.", reason="release"):
        (window,) = store.read().state.windows
        assert (window.message, window.reason, window.lease) == ("Back soon.", "release", 60)
        assert timedelta(0) < window.end - now() <= lease
    with override_maintenance_mode(True, message="m", reason="r", lease=None):
        (window,) = store.read().state.windows
        assert (window.message, window.reason, window.lease, window.end) == ("m", "r", 0, None)


def test_visitor_of_a_lease_is_told_the_projects_retry_after(client, settings):
    settings.MAINTENANCE_MODE_RETRY_AFTER = 77
    with maintenance_mode_on(lease=timedelta(minutes=1)):
        assert client.get("/")["Retry-After"] == "77"


def test_on_of_a_person_stands_after_the_block(store):
    with maintenance_mode_on():
        switch_on(store, now=now(), message="of a person")
    assert [window.message for window in store.read().state.windows] == ["of a person"]


def test_off_of_a_person_stands_inside_and_after_the_block(store):
    with maintenance_mode_on():
        switch_off(store, now=now())
        assert get_maintenance_mode() is False
    assert get_maintenance_mode() is False


def test_plan_of_a_person_stands(store):
    with maintenance_mode_on():
        switch_on(store, now=now(), start=now() + timedelta(hours=1), message="planned")
    with maintenance_mode_off():
        pass
    assert [window.message for window in store.read().state.windows] == ["planned"]


WINDOWS = pytest.mark.parametrize(
    "window", [{"paths": ["/down"]}, {"mode": "read-only"}], ids=["part", "read-only"]
)


@WINDOWS
def test_block_of_off_opens_also_what_is_closed_in_part(store, client, window):
    windows = switch_on(store, **window).after.windows
    with maintenance_mode_off():
        assert client.post("/down/").status_code == 200
    assert client.post("/down/").status_code == 503
    assert store.read().state.windows == windows


@WINDOWS
def test_block_of_on_closes_the_whole_site_and_leaves_what_was_closed_in_part(
    store, client, window
):
    windows = switch_on(store, **window).after.windows
    with maintenance_mode_on():
        assert get_maintenance_mode() is True
        assert client.get("/").status_code == 503
    assert client.get("/").status_code == 200
    assert store.read().state.windows == windows


@pytest.mark.parametrize("lease", [timedelta(0), timedelta(days=-1), timedelta(days=36500)])
def test_lease_that_makes_no_sense_is_refused(state_path, lease):
    with pytest.raises(InvalidInput, match=r"^lease: "), maintenance_mode_on(lease=lease):
        pass
    assert not state_path.exists()


@BOTH
def test_setting_refuses_to_be_overridden(settings, value):
    settings.MAINTENANCE_MODE = False
    with pytest.raises(ImproperlyConfigured), override_maintenance_mode(value):
        pass


@BOTH
async def test_block_is_not_run_where_the_state_cannot_be_written(settings, tmp_path, value):
    settings.MAINTENANCE_MODE_STATE_FILE_PATH = tmp_path / "missing/state.json"
    with pytest.raises(StoreError):
        async with override_maintenance_mode(value):
            pytest.fail("the block was run")


async def test_cancelled_before_the_block_nothing_is_left(store):
    entered = threading.Event()
    go_on = threading.Event()

    class Slow(maintenance_mode_on):
        def __enter__(self):
            super().__enter__()
            entered.set()
            go_on.wait(PATIENCE)
            return self

    async def work():
        async with Slow():
            pytest.fail("the block was run")

    task = asyncio.create_task(work())
    await asyncio.to_thread(entered.wait, PATIENCE)
    assert get_maintenance_mode() is True
    task.cancel()
    await asyncio.sleep(0)
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert store.read().state.windows == ()


async def test_cancelled_inside_the_block_nothing_is_left(store):
    inside = asyncio.Event()

    async def work():
        async with maintenance_mode_on():
            inside.set()
            await asyncio.Future()

    task = asyncio.create_task(work())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert store.read().state.windows == ()


CHILD = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.django.settings"
from datetime import timedelta
from django.conf import settings
settings.MAINTENANCE_MODE_STATE_FILE_PATH = sys.argv[1]
from maintenance_django.core import maintenance_mode_on
lease = timedelta(seconds=int(sys.argv[2])) if sys.argv[2] else None
with maintenance_mode_on(lease=lease):
    print("inside", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def killed_inside(state_path):
    """The window that a process leaves which is killed inside the block."""

    def kill(lease):
        with subprocess.Popen(
            [sys.executable, "-c", CHILD, state_path, lease],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as child:
            assert child.stdout.readline() == b"inside\n"
            assert get_maintenance_mode() is True
            child.send_signal(signal.SIGKILL)
        (window,) = FileStore(state_path).read().state.windows
        return window

    return kill


def test_site_opens_by_itself_when_the_process_is_killed_inside(killed_inside):
    window = killed_inside("60")
    assert window.end <= now() + timedelta(seconds=60)
    assert window.is_active(window.end - timedelta(seconds=1))
    assert not window.is_active(window.end)


def test_site_stays_in_maintenance_where_that_was_asked_for(killed_inside):
    window = killed_inside("")
    assert window.end is None
    assert get_maintenance_mode() is True


@pytest.mark.parametrize("value", ["on", 1, None])
def test_value_that_is_no_boolean_is_refused(value):
    with pytest.raises(TypeError, match="give True or False"):
        override_maintenance_mode(value)
