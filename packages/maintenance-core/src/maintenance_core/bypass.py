"""The revocable secret link for people who must get in: who has the secret may pass.

The state keeps a digest of the secret. Who has shown the secret once is given a pass, a signed
text for a cookie, so that the secret is neither kept in a browser nor sent again.
"""

# Cryptography is loaded where it is used: a command that only switches need not wait for it.
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

import msgspec

from maintenance_core.exceptions import InvalidInput
from maintenance_core.values import EPOCH, AwareDatetime

__all__ = ["Bypass", "accepts_pass", "bypass_for", "new_secret", "opens", "sign_pass"]

_SECRET_BYTES = 32
_CONTEXT = "maintenance bypass pass"
_SECOND = timedelta(seconds=1)

# Matched in full. The repetitions are bounded: megabytes are refused at their first characters.
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
_PASS = re.compile(r"([1-9][0-9]{0,14})\.([0-9a-f]{64})")


class Bypass(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the state keeps of a secret link. Another digest, or none, and the link is dead."""

    digest: Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{64}\Z")]
    expires: AwareDatetime | None = None

    def is_over(self, now: datetime) -> bool:
        """Has it ended by itself? At the moment ``expires`` it has."""
        return self.expires is not None and self.expires <= now


def new_secret() -> str:
    """A secret of 256 random bits that can stand in an address as it is."""
    import secrets  # noqa: PLC0415

    return secrets.token_urlsafe(_SECRET_BYTES)


def bypass_for(secret: str, expires: datetime | None) -> Bypass:
    """What the state is to keep of ``secret``, which is one of :func:`new_secret`.

    ``expires`` is aware; None: until it is revoked. Raises InvalidInput, since a secret that
    somebody has thought up could be found by trying.
    """
    if not _SECRET.fullmatch(secret):
        raise InvalidInput("secret", "it was not made by new_secret(); take one that was.")
    return Bypass(digest=_digest(secret), expires=expires)


def opens(bypass: Bypass | None, secret: object, now: datetime) -> bool:
    """Is ``secret`` the one of ``bypass``, and may it be used at ``now``?

    ``secret`` is what a visitor sent: anything at all.
    """
    if bypass is None or bypass.is_over(now):
        return False
    if not isinstance(secret, str) or not _SECRET.fullmatch(secret):
        return False
    return _same(_digest(secret), bypass.digest)


def sign_pass(bypass: Bypass, keys: Sequence[bytes], now: datetime, lifetime: timedelta) -> str:
    """A pass for somebody who has shown the secret: ``expiry.mac``, fit for a cookie.

    It ends after ``lifetime``, with ``bypass``, or when no key of :func:`accepts_pass` is the
    first of ``keys``, whichever comes first. The keys must be secret, unlike the digest, which
    whoever may read the state can see. Raises ValueError if there is no key.
    """
    if not keys or not keys[0]:
        raise ValueError("A pass cannot be signed without a key.")
    # In whole numbers: the sum of a date and a lifetime can be later than dates go.
    expiry = _epoch_seconds(now) + lifetime // _SECOND
    if bypass.expires is not None:
        expiry = min(expiry, _epoch_seconds(bypass.expires))
    return f"{expiry}.{_mac(keys[0], bypass, str(expiry))}"


def accepts_pass(
    bypass: Bypass | None, keys: Sequence[bytes], cookie: object, now: datetime
) -> bool:
    """Was ``cookie`` signed for ``bypass`` with one of ``keys``, and does it hold at ``now``?

    ``cookie`` is what a visitor sent: anything at all.
    """
    if bypass is None or bypass.is_over(now):
        return False
    form = _PASS.fullmatch(cookie) if isinstance(cookie, str) else None
    if form is None:
        return False
    expiry, mac = form.groups()
    if int(expiry) <= _epoch_seconds(now):
        return False
    # What an empty key signs, anybody can sign.
    return any(_same(_mac(key, bypass, expiry), mac) for key in keys if key)


def _digest(secret: str) -> str:
    from hashlib import sha256  # noqa: PLC0415

    # Neither salt nor many rounds: they would protect a secret that can be guessed.
    return sha256(secret.encode()).hexdigest()


def _mac(key: bytes, bypass: Bypass, expiry: str) -> str:
    import hmac  # noqa: PLC0415

    return hmac.digest(key, f"{_CONTEXT}.{bypass.digest}.{expiry}".encode(), "sha256").hex()


def _same(ours: str, theirs: str) -> bool:
    """Are they equal? The time it takes tells nothing about where they differ."""
    import hmac  # noqa: PLC0415

    return hmac.compare_digest(ours.encode(), theirs.encode())


def _epoch_seconds(moment: datetime) -> int:
    return (moment - EPOCH) // _SECOND
