"""The cookie of somebody who has used the bypass link: what it opens, and what opens nothing."""

import hmac
from datetime import UTC, datetime, timedelta

import pytest

from maintenance_core import issue_bypass, revoke_bypass, set_mode, sign_pass, switch_on
from maintenance_django.bypass import BYPASS_COOKIE
from maintenance_django.http import need_maintenance_response
from tests.django.helpers import call_asgi, call_wsgi

HOUR = timedelta(hours=1)
KEY = "for tests only"
DIGITS = "0123456789abcdef" * 4
HOSTILE = [
    "",
    ".",
    "x",
    "null",
    f"1.{DIGITS}",
    f"99999999999.{DIGITS}",
    f"999999999999999.{DIGITS}",
    f"9999999999999999.{DIGITS}",
    f"{'9' * 5000}.{DIGITS}",
    f"-1.{DIGITS}",
    f"1e10.{DIGITS}",
    f"\u0661\u0662.{DIGITS}",
    f"99999999999.{DIGITS.upper()}",
    f"99999999999.{DIGITS[:-1]}",
    f"99999999999.{DIGITS}0",
    "99999999999." + "\u0660" * 64,
    "x" * 1_000_000,
    "\x00",
    "\r\nSet-Cookie: a=b",
    '"\\000"',
    '"',
    "%00%ff",
    "\udcff",
    "\u00ff\u00fe",
    "$Version=1",
    "{}",
    "[1]",
]


@pytest.fixture
def blocked(store):
    """The site is in maintenance, and has no bypass."""
    switch_on(store)


@pytest.fixture
def bypass(store, blocked):
    """What the state keeps of a bypass link."""
    _, update = issue_bypass(store)
    return update.after.bypass


def signed(bypass, key=KEY, lifetime=HOUR, ago=timedelta(0)):
    return sign_pass(bypass, [key.encode()], datetime.now(UTC) - ago, lifetime)


def signed_by_hand(bypass, expires, key=KEY):
    """As ``sign_pass`` does it, but without its care."""
    expiry = int(expires.timestamp())
    text = f"maintenance bypass pass.{bypass.digest}.{expiry}".encode()
    return f"{expiry}.{hmac.digest(key.encode(), text, 'sha256').hex()}"


@pytest.fixture
def get(client):
    """The status that somebody with this pass gets."""

    def get(cookie, path="/", method="GET"):
        client.cookies[BYPASS_COOKIE] = cookie
        return client.generic(method, path).status_code

    return get


def test_pass_gets_in_and_nobody_else_does(bypass, client, get):
    assert client.get("/").status_code == 503
    assert get(signed(bypass)) == 200


def test_pass_gets_in_under_wsgi(bypass):
    assert call_wsgi("/", HTTP_COOKIE=f"a=b; {BYPASS_COOKIE}={signed(bypass)}").status == 200


async def test_pass_gets_in_under_asgi(bypass):
    cookie = f"{BYPASS_COOKIE}={signed(bypass)}".encode()
    assert (await call_asgi("/", headers=[(b"cookie", cookie)])).status == 200
    assert (await call_asgi("/")).status == 503


def test_pass_gets_into_every_part_and_may_write(store, bypass, get):
    set_mode(store, False)
    switch_on(store, mode="read-only")
    switch_on(store, paths=["/down"])
    assert get(signed(bypass), "/down/") == 200
    assert get(signed(bypass), "/", "POST") == 200
    assert [get("", "/down/"), get("", "/", "POST")] == [503, 503]


def test_pass_does_not_open_a_view_that_is_always_closed(bypass, get):
    assert get(signed(bypass), "/closed/function/") == 503


def test_pass_of_an_older_key_gets_in_as_long_as_that_is_a_fallback(bypass, get, settings):
    cookie = signed(bypass)
    settings.SECRET_KEY = "a new one"
    assert get(cookie) == 503
    settings.SECRET_KEY_FALLBACKS = ["an older one", KEY]
    assert get(cookie) == 200
    settings.SECRET_KEY_FALLBACKS = ["an older one"]
    assert get(cookie) == 503


def test_keys_may_be_bytes(bypass, get, settings):
    settings.SECRET_KEY = b"\xff\x00 of bytes"
    settings.SECRET_KEY_FALLBACKS = [KEY.encode()]
    assert get(signed(bypass)) == 200


def test_pass_that_somebody_else_has_signed_is_refused(bypass, get):
    assert get(signed(bypass, key="of another site")) == 503


def test_pass_that_was_changed_is_refused(bypass, get):
    expiry, mac = signed(bypass).split(".")
    assert get(f"{int(expiry) + 1}.{mac}") == 503
    assert get(f"{expiry}.{mac[1:]}{mac[0]}") == 503
    assert get(f" {expiry}.{mac}x") == 503


def test_pass_that_has_expired_is_refused(bypass, get):
    assert get(signed(bypass, ago=HOUR)) == 503
    assert get(signed(bypass, ago=HOUR - timedelta(minutes=1))) == 200


def test_pass_of_a_link_that_has_expired_is_refused(store, bypass, get):
    now = datetime.now(UTC)
    _, update = issue_bypass(store, expires=now - HOUR, now=now - 2 * HOUR)
    over = update.after.bypass
    assert get(signed(over, ago=2 * HOUR, lifetime=9 * HOUR)) == 503
    assert get(signed_by_hand(over, now + HOUR)) == 503


def test_pass_of_a_link_that_was_revoked_or_renewed_is_refused(store, bypass, get):
    cookie = signed(bypass)
    issue_bypass(store)
    assert get(cookie) == 503
    revoke_bypass(store)
    assert get(cookie) == 503


def test_secret_and_digest_are_no_passes(store, blocked, get):
    secret, update = issue_bypass(store)
    assert [get(secret), get(update.after.bypass.digest)] == [503, 503]


@pytest.mark.parametrize("empty", ["", b""])
def test_pass_signed_with_an_empty_key_is_refused(bypass, get, settings, empty):
    settings.SECRET_KEY_FALLBACKS = [empty]
    later = datetime.now(UTC) + HOUR
    assert get(signed_by_hand(bypass, later, key="")) == 503
    assert get(signed_by_hand(bypass, later)) == 200


@pytest.mark.parametrize("cookie", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_cookie_gets_the_page_and_never_an_error_under_wsgi(bypass, log, cookie):
    header = f"{BYPASS_COOKIE}={cookie}".encode("utf-8", "surrogateescape").decode("latin-1")
    assert call_wsgi("/", HTTP_COOKIE=header).status == 503
    assert log() == []


@pytest.mark.parametrize("cookie", HOSTILE, ids=range(len(HOSTILE)))
async def test_hostile_cookie_gets_the_page_and_never_an_error_under_asgi(bypass, log, cookie):
    header = f"{BYPASS_COOKIE}={cookie}".encode("utf-8", "surrogateescape")
    assert (await call_asgi("/", headers=[(b"cookie", header)])).status == 503
    assert log() == []


@pytest.mark.parametrize(
    "header",
    [
        "{0}",
        "{0}=",
        "={0}={1}",
        "{0}x={1}",
        "X-{0}={1}",
        "{0}={1}; {0}=",
        "{0}={1}, {0}={1}",
        ";;;{0};=;",
        "maintenance_mode={1}",
    ],
)
def test_cookie_under_another_name_or_hidden_opens_nothing(bypass, header):
    cookies = header.format(BYPASS_COOKIE, signed(bypass))
    assert call_wsgi("/", HTTP_COOKIE=cookies).status == 503


def test_pass_in_the_address_or_a_header_opens_nothing(bypass, client):
    cookie = signed(bypass)
    assert client.get(f"/?{BYPASS_COOKIE}={cookie}").status_code == 503
    assert client.get(f"/{BYPASS_COOKIE}={cookie}").status_code == 503
    assert client.get("/", headers={BYPASS_COOKIE: cookie}).status_code == 503
    assert client.post("/", {BYPASS_COOKIE: cookie}).status_code == 503


class Untouchable(dict):
    def get(self, name, default=None):
        raise LookupError("nobody may look at this")


def test_cookies_are_not_looked_at_without_a_bypass(blocked, rf, log):
    request = rf.get("/")
    request.COOKIES = Untouchable()
    assert need_maintenance_response(request) is True
    assert log() == []


def test_cookies_that_cannot_be_looked_at_open_nothing(bypass, rf, log):
    request = rf.get("/")
    request.COOKIES = Untouchable()
    assert need_maintenance_response(request) is True
    assert log() == ["Maintenance mode could not tell 'has_pass' of a request."]


def test_site_without_a_key_lets_nobody_in_and_has_no_error(bypass, client, get, settings, log):
    cookie = signed(bypass)
    settings.MIDDLEWARE = settings.MIDDLEWARE[-1:]
    settings.SECRET_KEY = ""
    assert client.get("/").status_code == 503
    assert log() == []
    assert get(cookie) == 503
    assert log() == ["Maintenance mode could not tell 'has_pass' of a request."]


def test_neither_user_nor_session_is_looked_at_for_a_pass(bypass, client, settings, log):
    # There is no database in this test: a query would be an error.
    settings.MAINTENANCE_MODE_IGNORE_SUPERUSER = True
    client.cookies["sessionid"] = "of somebody"
    client.cookies[BYPASS_COOKIE] = signed(bypass)
    response = client.get("/")
    assert response.status_code == 200
    assert log() == []
    assert not response.cookies
    assert "Vary" not in response


def test_pass_changes_nothing_while_the_site_is_open(store, bypass, get):
    set_mode(store, False)
    assert get(signed(bypass)) == get("x") == 200
