"""Whether a request is answered with the maintenance page, and that answer."""

import json
import logging
import math
from collections.abc import Callable
from datetime import UTC, datetime
from http.client import responses

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from maintenance_core import Decision, View, Window, decide
from maintenance_django.conf import conf
from maintenance_django.engine import get_policy, get_reader
from maintenance_django.facts import RequestFacts
from maintenance_django.negotiation import Format, choose_format
from maintenance_django.pages import Page, html_page, is_ready_made
from maintenance_django.site_paths import redirect_target

__all__ = [
    "MARKER_HEADER",
    "aget_maintenance_response",
    "aneed_maintenance_response",
    "get_maintenance_response",
    "need_maintenance_response",
]

logger = logging.getLogger("maintenance_django")

MARKER_HEADER = "Maintenance-Mode"
"""Tells a planned 503 from any other."""

_NEVER_CACHED = {
    "Cache-Control": "max-age=0, no-cache, no-store, must-revalidate, private",
    "Expires": "0",
    MARKER_HEADER: "on",
}
_SENTENCES = {
    "block": "{} is down for maintenance.",
    "read-only": "{} is read-only during maintenance.",
}


def need_maintenance_response(request: HttpRequest, view: View | None = None) -> bool:
    """Is the request to be answered with the maintenance page? Never raises.

    ``view`` is what the reader says, if the caller has asked it already.
    """
    view = view or get_reader().current()
    facts = RequestFacts(request, view.state.bypass)
    decision = decide(view, get_policy(), facts)
    if decision is None:
        facts.look_at_user()
        decision = decide(view, get_policy(), facts)
    return _blocks(decision)


async def aneed_maintenance_response(request: HttpRequest, view: View | None = None) -> bool:
    """The same as :func:`need_maintenance_response`, in an event loop."""
    view = view or get_reader().current()
    facts = RequestFacts(request, view.state.bypass)
    if conf.GET_CLIENT_IP_ADDRESS is not None and _is_affected(view, facts):
        # A function of the project may wait for something.
        return await sync_to_async(need_maintenance_response)(request, view)
    decision = decide(view, get_policy(), facts)
    if decision is None:
        await facts.alook_at_user()
        decision = decide(view, get_policy(), facts)
    return _blocks(decision)


def _is_affected(view: View, facts: RequestFacts) -> bool:
    """Do the exemptions decide, or is it plain that nothing interrupts the request?"""
    window = view.window_at(facts.path)
    if window is None:
        return view.on
    return window.mode == "block" or not facts.is_safe


def _blocks(decision: Decision | None) -> bool:
    return decision is None or decision.block


def get_maintenance_response(request: HttpRequest, view: View | None = None) -> HttpResponse:
    """The answer for a visitor who is kept out, in the form that the client accepts.

    ``view`` is what the reader says, if the caller has asked it already. Never raises: where a
    template or a callback of the project fails, that is logged and a built-in page is given.
    """
    view = view or get_reader().current()
    window = view.window_at(request.path_info)
    format_ = choose_format(request)
    headers = dict(_NEVER_CACHED)
    seconds = _retry_after(window)
    if seconds is not None:
        headers["Retry-After"] = str(seconds)
    if conf.RESPONSE_TYPE is None:
        headers["Vary"] = "Accept"
    if format_ == "html" and request.method in ("GET", "HEAD"):
        target = redirect_target(request)
        if target is not None:
            return HttpResponseRedirect(target.url, headers=headers)
    page = _page(format_, request, view, window)
    headers["Content-Language"] = page.language
    headers["Content-Type"] = page.content_type
    response = HttpResponse(page.body, status=conf.STATUS_CODE, headers=headers)
    # Django logs every response above 499 as an error, once; a planned one is none.
    setattr(response, "_has_been_logged", not conf.LOG_RESPONSES)  # noqa: B010
    return response


async def aget_maintenance_response(
    request: HttpRequest, view: View | None = None
) -> HttpResponse:
    """The same as :func:`get_maintenance_response`, in an event loop.

    Only a page or callback of the project, which may wait for something, is given a thread.
    """
    if callable(conf.RESPONSE_TYPE) or (choose_format(request) == "html" and not is_ready_made()):
        return await sync_to_async(get_maintenance_response)(request, view)
    return get_maintenance_response(request, view)


def _retry_after(window: Window | None) -> int | None:
    if window is not None and window.until is not None:
        return max(1, math.ceil((window.until - datetime.now(UTC)).total_seconds()))
    if window is not None and window.retry_after is not None:
        return window.retry_after
    return conf.RETRY_AFTER


def _page(format_: Format, request: HttpRequest, view: View, window: Window | None) -> Page:
    try:
        if format_ == "html":
            return html_page(request, view, window)
        return _PAGES[format_](window)
    except Exception:  # nothing on the way to a 503 may end in a 500
        logger.exception("The maintenance page could not be made; a plain one was given.")
        return _text_page(None)


def _sentence(window: Window | None) -> str:
    """What the operator says, or what there is to say without them."""
    if window is None:
        return _SENTENCES["block"].format("This site")
    part = "This site" if window.is_whole_site else "This part of the site"
    return window.message or _SENTENCES[window.mode].format(part)


def _document(window: Window | None) -> dict[str, object]:
    """The body for machines, as in RFC 9457."""
    until = None if window is None else window.until
    status = conf.STATUS_CODE
    return {
        "type": "about:blank",
        "title": responses.get(status, "Maintenance"),
        "status": status,
        "detail": _sentence(window),
        "retry_after": _retry_after(window),
        "maintenance_until": None if until is None else _iso(until),
    }


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def _json_page(window: Window | None) -> Page:
    return Page(json.dumps(_document(window)).encode(), "application/json", "en")


def _problem_page(window: Window | None) -> Page:
    return Page(json.dumps(_document(window)).encode(), "application/problem+json", "en")


def _text_page(window: Window | None) -> Page:
    lines = [_sentence(window)]
    if window is not None and window.until is not None:
        lines.append(f"Expected back: {_iso(window.until)}")
    return Page(("\n".join(lines) + "\n").encode(), "text/plain; charset=utf-8", "en")


_PAGES: dict[Format, Callable[[Window | None], Page]] = {
    "problem": _problem_page,
    "json": _json_page,
    "text": _text_page,
}
