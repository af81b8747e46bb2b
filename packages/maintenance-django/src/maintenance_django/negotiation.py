"""In which form a client wants its answer."""

import logging
from functools import lru_cache
from typing import Literal

from django.http import HttpRequest
from django.http.request import MediaType

from maintenance_django.conf import RESPONSE_TYPES, conf

__all__ = ["Format", "choose_format"]

logger = logging.getLogger("maintenance_django")

Format = Literal["html", "problem", "json", "text"]

_LONGEST = 4096

_MEDIA_TYPES: dict[str, Format] = {
    "text/html": "html",
    "application/problem+json": "problem",
    "application/json": "json",
    "text/plain": "text",
}


def choose_format(request: HttpRequest) -> Format:
    """What the setting says, else what the request accepts; HTML for who accepts anything."""
    wanted = conf.RESPONSE_TYPE
    if callable(wanted):
        try:
            answer = wanted(request=request)
        except Exception:  # the project's code can raise anything
            logger.exception("The function of MAINTENANCE_MODE_RESPONSE_TYPE failed.")
        else:
            if isinstance(answer, str) and answer in RESPONSE_TYPES:
                return RESPONSE_TYPES[answer]
            logger.error(
                "The function of MAINTENANCE_MODE_RESPONSE_TYPE returned %r; "
                "it must return 'html' or 'json'.",
                answer,
            )
    elif wanted is not None:
        return wanted
    return _preferred(request.META.get("HTTP_ACCEPT", "*/*"))


def _simplified(accept: str) -> str:
    """``accept`` without parameters but ``q``, which no page of ours has; ``…+json`` is JSON."""
    ranges = (_simple_range(item) for item in accept.split(","))
    return ",".join(item for item in ranges if item)


def _simple_range(item: str) -> str:
    media_type, *parameters = (part.strip() for part in item.lower().split(";"))
    is_json = media_type.endswith("+json") and media_type not in _MEDIA_TYPES
    quality = [part for part in parameters if part.startswith("q=")]
    is_narrow = is_json or len(parameters) > len(quality)
    if is_narrow and MediaType(";".join(("*/*", *quality))).quality == 0:
        # Who refuses a special kind does not refuse the plain one.
        return ""
    return ";".join(("application/json" if is_json else media_type, *quality))


@lru_cache(maxsize=256)
def _preferred(accept: str) -> Format:
    if len(accept) > _LONGEST:
        # Nobody means that, and Django refuses to look at it.
        return "html"
    request = HttpRequest()
    request.META["HTTP_ACCEPT"] = accept = _simplified(accept)
    ranges = [MediaType(token) for token in accept.split(",")]
    refused = {f"{it.main_type}/{it.sub_type}" for it in ranges if it.quality == 0}
    # Django takes no notice of a refusal where a wider range is accepted as well.
    media_type = request.get_preferred_type([it for it in _MEDIA_TYPES if it not in refused])
    # Who accepts none of these is told in the plainest one.
    return "text" if media_type is None else _MEDIA_TYPES[media_type]
