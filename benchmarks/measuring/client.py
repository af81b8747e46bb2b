"""The other side of the two handlers, in the same process: no socket, no server."""

import asyncio
import io
from collections.abc import Callable
from typing import Any

from django.test import RequestFactory

__all__ = ["asgi_get", "environs", "scopes", "wsgi_get"]

HEADERS = {"host": "testserver", "accept": "text/html", "user-agent": "benchmark"}
META = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in HEADERS.items()}


def environs(path: str, count: int) -> list[dict[str, Any]]:
    """What a WSGI server hands over for ``count`` GETs."""
    environ = RequestFactory().get(path, **META).environ
    return [{**environ, "wsgi.input": io.BytesIO()} for _ in range(count)]


def wsgi_get(application: Callable[..., Any], environ: dict[str, Any]) -> int:
    """Take the whole answer, close it as a server does, and return its status."""
    status = ""

    def start_response(line: str, headers: list[tuple[str, str]]) -> None:
        nonlocal status
        status = line

    response = application(environ, start_response)
    for _ in response:
        pass
    response.close()
    return int(status[:3])


def scopes(path: str, count: int) -> list[dict[str, Any]]:
    """What an ASGI server hands over for ``count`` GETs."""
    headers = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 50000),
        "server": ("testserver", 80),
    }
    return [dict(scope) for _ in range(count)]


async def asgi_get(application: Callable[..., Any], scope: dict[str, Any]) -> int:
    """Take the whole answer and return its status. The client stays until the end."""
    status = 0
    sent = False

    async def receive() -> dict[str, Any]:
        nonlocal sent
        if sent:
            await asyncio.get_running_loop().create_future()
        sent = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        nonlocal status
        status = message.get("status", status)

    await application(scope, receive, send)
    return status
