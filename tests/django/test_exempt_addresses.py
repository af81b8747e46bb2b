"""Which addresses get in."""

import asyncio
import re
from ipaddress import ip_network

import pytest

ADDRESSES = "MAINTENANCE_MODE_IGNORE_IP_ADDRESSES"
FUNCTION = "MAINTENANCE_MODE_GET_CLIENT_IP_ADDRESS"


def last_forwarded(request):
    return request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()


def failing(request):
    raise LookupError("of the project")


@pytest.fixture(autouse=True)
def _on(on):
    pass


@pytest.fixture
def gets_in(client):
    def gets_in(address, **headers):
        response = client.get("/", REMOTE_ADDR=address, headers=headers)
        assert response.status_code in (200, 503)
        return response.status_code == 200

    return gets_in


@pytest.mark.parametrize(
    ("exempt", "address", "expected"),
    [
        ("10.0.0.1", "10.0.0.1", True),
        ("10.0.0.1", "10.0.0.100", False),
        ("10.0.0.1", "110.0.0.1", False),
        ("10.0.0.1", "10.0.001", False),
        ("10.0.0.0/8", "10.1.1.1", True),
        ("10.0.0.0/8", "11.0.0.0", False),
        ("10.0.0.1", "::ffff:10.0.0.1", True),
        ("::ffff:10.0.0.1", "10.0.0.1", True),
        ("2001:db8::1", "2001:DB8:0::0:1", True),
        ("2001:db8::/32", "2001:db8:1::5", True),
        ("2001:db8::/32", "2001:db9::5", False),
        ("fe80::/10", "fe80::1%eth0", True),
        (ip_network("192.0.2.0/24"), "192.0.2.77", True),
        (re.compile(r"10\.0\.0\.\d+"), "10.0.0.100", True),
        (re.compile(r"10\.0\.0\.1"), "10.0.0.100", False),
        (re.compile(r"10\.0\.0\.1"), "110.0.0.1", False),
        (re.compile(r"10\.0\.0\.1$"), "10.0.0.1\n", False),
        (re.compile(r"unix:.*"), "unix:7", True),
    ],
)
def test_exempt_address_gets_in(settings, gets_in, exempt, address, expected):
    setattr(settings, ADDRESSES, [exempt])
    assert gets_in(address) is expected


@pytest.mark.parametrize(
    "address", ["", " ", "garbage", "10.0.0.1:80", "10.0.0.1, 1.2.3.4", "10.0.0.256", "%", "\x00"]
)
def test_garbage_is_no_address(settings, gets_in, address):
    setattr(settings, ADDRESSES, ["0.0.0.0/0", "::/0"])
    assert not gets_in(address)


def test_request_without_an_address_does_not_get_in(settings, rf):
    from maintenance_django.http import need_maintenance_response  # noqa: PLC0415

    setattr(settings, ADDRESSES, ["0.0.0.0/0", re.compile(".*")])
    request = rf.get("/")
    del request.META["REMOTE_ADDR"]
    assert need_maintenance_response(request)


@pytest.mark.parametrize("header", ["x-forwarded-for", "x-real-ip", "forwarded", "client-ip"])
def test_header_is_not_believed(settings, gets_in, header):
    setattr(settings, ADDRESSES, ["10.0.0.1"])
    assert not gets_in("192.0.2.1", **{header: "10.0.0.1"})


@pytest.mark.parametrize("function", [last_forwarded, f"{__name__}.last_forwarded"])
def test_function_of_the_project_tells_the_address(settings, gets_in, function):
    setattr(settings, ADDRESSES, ["10.0.0.1"])
    setattr(settings, FUNCTION, function)
    assert gets_in("192.0.2.1", **{"x-forwarded-for": "8.8.8.8, 10.0.0.1"})
    assert not gets_in("10.0.0.1", **{"x-forwarded-for": "10.0.0.1, 8.8.8.8"})


@pytest.mark.parametrize("answer", [None, "", 7, b"10.0.0.1", object()])
def test_function_that_returns_no_address_lets_nobody_in(settings, gets_in, answer):
    setattr(settings, ADDRESSES, ["0.0.0.0/0"])
    setattr(settings, FUNCTION, lambda request: answer)
    assert not gets_in("10.0.0.1")


def test_function_that_returns_an_address_object_is_understood(settings, gets_in):
    setattr(settings, ADDRESSES, ["10.0.0.0/8"])
    setattr(settings, FUNCTION, lambda request: ip_network("10.0.0.1").network_address)
    assert gets_in("192.0.2.1")


def test_function_that_fails_lets_nobody_in_and_is_logged_once(settings, gets_in, log):
    setattr(settings, ADDRESSES, ["0.0.0.0/0"])
    settings.MAINTENANCE_MODE_IGNORE_STAFF = True
    setattr(settings, FUNCTION, failing)
    assert not gets_in("10.0.0.1")
    assert log() == ["Maintenance mode could not tell 'address' of a request."]


@pytest.mark.parametrize("function", [None, failing])
def test_address_is_not_asked_for_where_none_is_exempt(settings, gets_in, log, function):
    setattr(settings, FUNCTION, function)
    assert not gets_in("10.0.0.1")
    assert log() == []


@pytest.mark.parametrize("value", ["10.0.0.0/8", ["10.0.0.1", r"10\..*"], [None], 10, {"a": 1}])
def test_setting_that_cannot_be_used_lets_nobody_in(settings, gets_in, value):
    setattr(settings, ADDRESSES, value)
    assert not gets_in("10.0.0.1")


async def test_function_of_the_project_may_wait_in_an_event_loop(async_client, on, settings):
    def address(request):
        with pytest.raises(RuntimeError, match="no running event loop"):
            asyncio.get_running_loop()
        return "10.0.0.1"

    settings.MAINTENANCE_MODE_IGNORE_IP_ADDRESSES = ["10.0.0.1"]
    settings.MAINTENANCE_MODE_GET_CLIENT_IP_ADDRESS = address
    assert (await async_client.get("/")).status_code == 200
