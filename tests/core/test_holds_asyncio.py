"""Holds in an event loop: a thread does the work, and who is cancelled leaves nothing behind."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from maintenance_core import FileStore, Lease, Pause, StoreError
from tests.core.at_once import on, phase
from tests.core.helpers import PATIENCE


class HeldUpStore(FileStore):
    """A store whose changes wait for the test, and tell when they do; it keeps their threads."""

    def __init__(self, path):
        super().__init__(path)
        self.waiting, self.go_on = threading.Event(), threading.Event()
        self.go_on.set()
        self.next_one_too = False
        self.threads = []

    def change(self, change, note=None):
        self.threads.append(threading.current_thread())
        self.waiting.set()
        assert self.go_on.wait(PATIENCE)
        if self.next_one_too:
            self.next_one_too = False
            self.hold_up()
        return super().change(change, note)

    def hold_up(self):
        self.waiting.clear()
        self.go_on.clear()


@pytest.fixture
def store(path):
    return HeldUpStore(path)


def windows(store):
    return store.read().state.windows


def nothing_is_held(store):
    threads = [each.name for each in threading.enumerate()]
    return windows(store) == () and "maintenance lease" not in threads


async def turns(count=5):
    """Let the loop do what it has to do."""
    for _ in range(count):
        await asyncio.sleep(0)


async def event(waited_for):
    """Wait for an event of another thread without the help of the executor."""
    with ThreadPoolExecutor(1) as own:
        loop = asyncio.get_running_loop()
        assert await loop.run_in_executor(own, waited_for.wait, PATIENCE)


async def cancelled(task, times):
    """Cancel ``task`` again and again; it must not end by that alone."""
    for _ in range(times):
        task.cancel()
        await turns()
        assert not task.done()


async def test_a_lease_is_on_in_its_block_and_a_thread_switches(store):
    lease = Lease(store)
    async with lease as entered:
        assert entered is lease
        assert phase(store) == "on"
    assert nothing_is_held(store)
    assert threading.main_thread() not in store.threads


async def test_a_pause_opens_the_site_for_its_block(store):
    before = on(store).after.windows
    async with Pause(store):
        assert phase(store) == "off"
    assert windows(store) == before


async def test_the_loop_goes_on_while_the_store_is_busy(store):
    store.hold_up()
    entering = asyncio.create_task(Lease(store).__aenter__())
    await event(store.waiting)
    await turns(100)
    assert not entering.done()
    store.go_on.set()
    lease = await entering
    await lease.__aexit__(None, None, None)
    assert nothing_is_held(store)


async def test_holds_within_holds_end_in_order(store):
    async with Lease(store, reason="outer"):
        async with Lease(store, reason="inner"):
            assert len(windows(store)) == 2
        assert [each.reason for each in windows(store)] == ["outer"]
    assert nothing_is_held(store)


async def test_many_tasks_can_hold_one_lease(store, no_disk_sync):
    lease = Lease(store)

    async def work():
        async with lease:
            return phase(store)

    assert await asyncio.gather(*(work() for _ in range(8))) == ["on"] * 8
    assert nothing_is_held(store)


async def hold(held):
    async with held:
        await asyncio.Event().wait()


@pytest.mark.parametrize("times", [1, 2, 5])
async def test_who_is_cancelled_while_entering_holds_nothing_however_often(store, times):
    store.hold_up()
    task = asyncio.create_task(hold(Lease(store)))
    await event(store.waiting)
    await cancelled(task, times)
    store.go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert nothing_is_held(store)


async def test_who_is_cancelled_while_that_is_undone_holds_nothing(store):
    store.hold_up()
    store.next_one_too = True
    task = asyncio.create_task(hold(Lease(store)))
    await event(store.waiting)
    await cancelled(task, 1)
    store.waiting.clear()
    store.go_on.set()
    await event(store.waiting)
    await cancelled(task, 2)
    store.go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert nothing_is_held(store)


@pytest.mark.parametrize("times", [1, 2])
async def test_a_pause_that_is_cancelled_while_entering_puts_back_what_was_there(store, times):
    before = on(store).after.windows
    store.hold_up()
    task = asyncio.create_task(hold(Pause(store)))
    await event(store.waiting)
    await cancelled(task, times)
    store.go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert windows(store) == before


async def entered(store, kind=Lease):
    """A task that is in the block of a hold, and the event that lets it leave."""
    inside, leave = asyncio.Event(), asyncio.Event()

    async def work():
        async with kind(store):
            inside.set()
            await leave.wait()

    task = asyncio.create_task(work())
    await inside.wait()
    return task, leave


async def test_who_is_cancelled_in_the_block_ends_it(store):
    task, _ = await entered(store)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert nothing_is_held(store)


@pytest.mark.parametrize("times", [1, 2, 5])
async def test_who_is_cancelled_while_leaving_has_left_when_that_is_raised(store, times):
    task, leave = await entered(store)
    store.hold_up()
    leave.set()
    await event(store.waiting)
    await cancelled(task, times)
    store.go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert nothing_is_held(store)


@pytest.fixture
async def busy():
    """The only thread of the executor does something else; set the event to let it be."""
    release = threading.Event()
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(1))
    loop.run_in_executor(None, release.wait, PATIENCE)
    yield release
    release.set()


@pytest.mark.parametrize("times", [1, 2])
async def test_who_is_cancelled_before_a_thread_is_free_holds_nothing(store, busy, times):
    task = asyncio.create_task(hold(Lease(store)))
    await turns()
    await cancelled(task, times)
    busy.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert nothing_is_held(store)


@pytest.mark.parametrize("times", [1, 2])
async def test_who_is_cancelled_before_a_thread_is_free_to_leave_leaves(store, times):
    task, leave = await entered(store)
    release = threading.Event()
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(1))
    loop.run_in_executor(None, release.wait, PATIENCE)
    leave.set()
    await turns()
    await cancelled(task, times)
    release.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert nothing_is_held(store)


def test_a_loop_that_ends_while_a_task_is_leaving_lets_it_leave(store):
    async def main():
        release = threading.Event()
        task, leave = await entered(store)
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(1))
        loop.run_in_executor(None, release.wait, PATIENCE)
        leave.set()
        await turns()
        threading.Timer(0.05, release.set).start()
        return task

    task = asyncio.run(main())
    assert task.cancelled()
    assert nothing_is_held(store)


async def test_what_cannot_be_begun_is_told_even_to_who_is_cancelled(tmp_path):
    store = HeldUpStore(tmp_path / "missing" / "x")
    with pytest.raises(StoreError, match="there is no directory"):
        async with Lease(store):
            pass
    store.hold_up()
    task = asyncio.create_task(hold(Lease(store)))
    await event(store.waiting)
    await cancelled(task, 1)
    store.go_on.set()
    with pytest.raises(StoreError, match="there is no directory"):
        await task


async def test_what_is_raised_in_a_block_comes_out_of_it_after_its_end(store):
    mistake = LookupError()
    with pytest.raises(LookupError) as raised:
        async with Lease(store):
            raise mistake
    assert raised.value is mistake
    assert nothing_is_held(store)
