"""The timed loops, each a function from a number of requests to seconds per request.

Each request is timed by itself and the median is taken: one that the system interrupted does
not count, however long the contender takes.
Requests are made before the clock starts. Every one is new, since a request keeps what was
looked up on it (the session, the user). The garbage collector rests while the clock runs.
"""

import asyncio
import gc
from collections.abc import Awaitable, Callable, Iterable
from statistics import median
from time import perf_counter
from typing import Any

from asgiref.sync import ThreadSensitiveContext
from benchsite.paths import ASYNC_PAGE, PAGE
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.handlers.base import BaseHandler
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.test import AsyncRequestFactory, RequestFactory
from django.utils.module_loading import import_string

from measuring import client

__all__ = ["PROBES", "Probe", "Sample"]

Sample = tuple[float, int]
"""Seconds per request, and the status of the last answer."""
Probe = Callable[[int], Sample]

# Always the same one, so that making it takes no time.
_ANSWER = HttpResponse(b"")


def _answer(request: HttpRequest) -> HttpResponse:
    return _ANSWER


async def _async_answer(request: HttpRequest) -> HttpResponse:
    return _ANSWER


class _Requests:
    """Makes requests as they reach the last middleware of the site."""

    def __init__(self, factory: RequestFactory) -> None:
        self._factory = factory
        middleware = (import_string(path)(_answer) for path in settings.COMMON_MIDDLEWARE)
        self._steps = [m.process_request for m in middleware if hasattr(m, "process_request")]

    def make(self, count: int) -> list[HttpRequest]:
        requests = [self._factory.get(PAGE) for _ in range(count)]
        for request in requests:
            for step in self._steps:
                step(request)
        return requests


def _timed(run: Callable[[Any], Any], items: Iterable[Any]) -> Sample:
    answer: Any = None
    times = []
    for item in items:
        began = perf_counter()
        answer = run(item)
        times.append(perf_counter() - began)
    return median(times), _status(answer)


async def _timed_async(run: Callable[[Any], Awaitable[Any]], items: Iterable[Any]) -> Sample:
    answer: Any = None
    times = []
    for item in items:
        began = perf_counter()
        answer = await run(item)
        times.append(perf_counter() - began)
    return median(times), _status(answer)


def _status(answer: HttpResponse | int) -> int:
    return answer if isinstance(answer, int) else answer.status_code


def _middleware() -> Probe:
    """The middleware alone, called as a WSGI handler calls it."""
    requests = _Requests(RequestFactory())
    middleware = import_string(settings.MEASURED_MIDDLEWARE)(_answer)

    def probe(count: int) -> Sample:
        for request in requests.make(_warm_up(count)):
            middleware(request)
        made = requests.make(count)
        with _no_garbage_collection():
            return _timed(middleware, made)

    return probe


def _async_middleware() -> Probe:
    """The middleware alone, called as an ASGI handler calls it.

    What is only made for threads is put into one the way Django does that: here into one that
    is running already, which is the cheapest way.
    """
    requests = _Requests(AsyncRequestFactory())
    kind = import_string(settings.MEASURED_MIDDLEWARE)
    if getattr(kind, "async_capable", False):
        middleware = kind(_async_answer)
    else:
        adapt = BaseHandler().adapt_method_mode
        middleware = adapt(True, kind(adapt(False, _async_answer, True)), False)

    async def sample(count: int) -> Sample:
        async with ThreadSensitiveContext():
            for request in requests.make(_warm_up(count)):
                await middleware(request)
            made = requests.make(count)
            with _no_garbage_collection():
                return await _timed_async(middleware, made)

    return _in_loop(sample)


def _wsgi() -> Probe:
    """The whole WSGI handler, from environ to the closed response."""
    application = get_wsgi_application()

    def run(environ: dict[str, Any]) -> int:
        return client.wsgi_get(application, environ)

    def probe(count: int) -> Sample:
        _timed(run, client.environs(PAGE, _warm_up(count)))
        made = client.environs(PAGE, count)
        with _no_garbage_collection():
            return _timed(run, made)

    return probe


def _asgi(path: str) -> Probe:
    """The whole ASGI handler, from scope to the last message."""
    application = get_asgi_application()

    async def run(scope: dict[str, Any]) -> int:
        return await client.asgi_get(application, scope)

    async def sample(count: int) -> Sample:
        await _timed_async(run, client.scopes(path, _warm_up(count)))
        made = client.scopes(path, count)
        with _no_garbage_collection():
            return await _timed_async(run, made)

    return _in_loop(sample)


def _in_loop(sample: Callable[[int], Awaitable[Sample]]) -> Probe:
    runner = asyncio.Runner()
    return lambda count: runner.run(sample(count))


def _warm_up(count: int) -> int:
    """Requests before the clock starts: the processor has just done something else."""
    return max(2, count // 5)


class _no_garbage_collection:  # noqa: N801  # reads as a statement
    def __enter__(self) -> None:
        gc.collect()
        gc.disable()

    def __exit__(self, *args: object) -> None:
        gc.enable()


PROBES: dict[str, Callable[[], Probe]] = {
    "middleware": _middleware,
    "async_middleware": _async_middleware,
    "wsgi": _wsgi,
    "asgi": lambda: _asgi(PAGE),
    "asgi_async_view": lambda: _asgi(ASYNC_PAGE),
}
