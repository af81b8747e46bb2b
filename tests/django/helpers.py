"""A server in front of the test site, and other things that several tests need."""

import asyncio
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import AsyncRequestFactory, RequestFactory

ROOT = Path(__file__).parents[2]
BUILT_IN = b"Paused for maintenance"
"""What only the page that is built in says."""

PATIENCE = 60
"""Seconds after which something that was to happen is taken to have failed."""


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


@contextmanager
def _kept_connections():
    """As Django's own test client does: the database of the tests stays open."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


def call_wsgi(path, **environ):
    """What a server gets from the site through the WSGI handler."""
    environ = RequestFactory()._base_environ(
        PATH_INFO=path, **{"wsgi.input": BytesIO(), **environ}
    )
    started = []
    with _kept_connections():
        response = WSGIHandler()(environ, lambda *start: started.append(start))
        body = b"".join(response)
        response.close()
    ((status, headers),) = started
    return Answer(int(status.split()[0]), dict(headers), body)


async def call_asgi(path, **scope):
    """What a server gets from the site through the ASGI handler."""
    scope = {**AsyncRequestFactory()._base_scope(path=path), **scope}
    body = [{"type": "http.request", "body": b"", "more_body": False}]
    sent = []

    async def receive():
        if body:
            return body.pop()
        return await asyncio.Future()  # the client waits for its answer

    async def send(message):
        sent.append(message)

    with _kept_connections():
        await ASGIHandler()(scope, receive, send)
    start, *rest = sent
    headers = {name.decode(): value.decode() for name, value in start["headers"]}
    return Answer(start["status"], headers, b"".join(message["body"] for message in rest))
