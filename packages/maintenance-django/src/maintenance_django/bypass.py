"""The cookie of somebody who has used the bypass link."""

from datetime import UTC, datetime

from django.conf import settings
from django.http import HttpRequest

from maintenance_core import Bypass, accepts_pass

__all__ = ["BYPASS_COOKIE", "carries_pass"]

BYPASS_COOKIE = "maintenance_bypass"


def carries_pass(request: HttpRequest, bypass: Bypass | None) -> bool:
    """Has the request a pass of ``bypass`` that this site has signed and that holds now?"""
    cookie = request.COOKIES.get(BYPASS_COOKIE)
    return cookie is not None and accepts_pass(bypass, _keys(), cookie, datetime.now(UTC))


def _keys() -> list[bytes]:
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [secret if isinstance(secret, bytes) else secret.encode() for secret in secrets]
