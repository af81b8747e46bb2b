"""Membership of addresses in networks."""

import gc
import ipaddress
import tracemalloc
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintenance_core.networks import NetworkSet, parse_address, parse_network

SMALL_4 = st.integers(0, 2**8 - 1).map(lambda number: number << 24 | number)
SMALL_6 = st.integers(0, 2**8 - 1).map(lambda number: number << 120 | number)


def networks(numbers, bits, kind):
    return st.builds(
        lambda number, length: kind((number, length), strict=False),
        numbers | st.integers(0, 2**bits - 1),
        st.integers(0, bits),
    )


NETWORKS = st.lists(
    networks(SMALL_4, 32, ipaddress.IPv4Network) | networks(SMALL_6, 128, ipaddress.IPv6Network),
    max_size=8,
)


@given(NETWORKS, st.data())
def test_the_set_says_the_same_as_every_network_asked_in_turn(given_networks, data):
    edges = [
        address
        for network in given_networks
        for number in (int(network.network_address), int(network.broadcast_address))
        for step in (-1, 0, 1)
        if 0 <= number + step < 2**network.max_prefixlen
        for address in [type(network.network_address)(number + step)]
    ]
    anywhere = st.ip_addresses(v=4) | st.ip_addresses(v=6)
    addresses = st.sampled_from(edges) | anywhere if edges else anywhere
    found = NetworkSet(given_networks)
    for address in data.draw(st.lists(addresses, min_size=5, max_size=20)):
        assert (address in found) == any(address in network for network in given_networks)
    assert bool(found) == bool(given_networks)


@given(st.lists(networks(st.integers(0, 15), 32, ipaddress.IPv4Network), min_size=1, max_size=12))
def test_among_neighbours_every_address_is_told_right(given_networks):
    found = NetworkSet(given_networks)
    for address in map(ipaddress.IPv4Address, range(20)):
        assert (address in found) == any(address in network for network in given_networks)


@pytest.mark.parametrize("order", [*permutations(["10.2.0.0/16", "10.0.0.0/16", "192.168.1.1"])])
def test_the_order_in_which_networks_are_given_does_not_matter(order):
    found = NetworkSet(map(parse_network, order))
    inside = ["10.0.0.0", "10.0.255.255", "10.2.0.0", "10.2.255.255", "192.168.1.1"]
    outside = ["9.255.255.255", "10.1.0.0", "10.1.255.255", "10.3.0.0", "192.168.1.0"]
    assert all(parse_address(text) in found for text in inside)
    assert not any(parse_address(text) in found for text in [*outside, "192.168.1.2", "::"])


def kept_ranges(*texts):
    return len(NetworkSet(map(parse_network, texts))._starts[4])


def test_networks_that_touch_or_overlap_are_kept_as_one_range():
    assert kept_ranges("10.0.0.0/25", "10.0.0.128/25") == 1
    assert kept_ranges("10.0.0.0", "10.0.0.1", "10.0.0.2") == 1
    assert kept_ranges("10.0.0.0/8", "10.1.0.0/16") == 1
    assert kept_ranges("10.1.0.0/16", "10.0.0.0/8", "0.0.0.0/0", "255.255.255.255") == 1
    assert kept_ranges("10.0.0.0", "10.0.0.2") == 2


@pytest.mark.parametrize(
    ("whole", "first", "last"),
    [
        ("0.0.0.0/0", "0.0.0.0", "255.255.255.255"),
        ("::/0", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ],
)
def test_the_whole_range_holds_all_of_its_version_and_none_of_the_other(whole, first, last):
    ends = {ipaddress.ip_address(first), ipaddress.ip_address(last)}
    everything = NetworkSet([parse_network(whole), parse_network(first), parse_network(last)])
    assert everything
    assert all(address in everything for address in ends)
    other = ipaddress.ip_address("10.0.0.1" if ":" in whole else "2001:db8::1")
    assert other not in everything


def test_no_networks_hold_nothing():
    for text in ("0.0.0.0", "10.0.0.1", "::", "2001:db8::1"):
        assert ipaddress.ip_address(text) not in NetworkSet()
    assert not NetworkSet()
    assert not NetworkSet([])


@pytest.mark.parametrize(
    ("kind", "bits", "most"), [(ipaddress.IPv4Network, 32, 8), (ipaddress.IPv6Network, 128, 32)]
)
def test_many_networks_take_a_few_bytes_each(kind, bits, most):
    count = 2000
    many = [kind((number << bits - 16, bits)) for number in range(count)]
    tracemalloc.start()
    try:
        found = NetworkSet(many)
        gc.collect()
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert many[-1].network_address in found
    assert kept < count * (most + 8)


def test_an_address_is_matched_whole_and_a_network_by_its_prefix():
    one = NetworkSet([parse_network("10.0.0.1")])
    assert parse_address("10.0.0.1") in one
    assert parse_address("10.0.0.100") not in one
    assert parse_address("10.1.1.1") in NetworkSet([parse_network("10.0.0.0/8")])


@pytest.mark.parametrize("text", ["::ffff:10.1.2.3", "::ffff:a01:203", "10.1.2.3"])
def test_ipv4_written_as_ipv6_is_ipv4(text):
    assert parse_address(text) == ipaddress.ip_address("10.1.2.3")
    assert parse_address(text) in NetworkSet([parse_network("10.0.0.0/8")])
    assert parse_address(text) in NetworkSet([parse_network("::ffff:10.0.0.0/104")])


def test_ipv4_is_not_in_ipv6_however_it_is_written():
    for text in ("::/0", "::/64", "::fffe:0:0/95"):
        wide = NetworkSet([parse_network(text)])
        assert parse_address("10.1.2.3") not in wide
        assert parse_address("::ffff:10.1.2.3") not in wide
    assert parse_address("::1") in NetworkSet([parse_network("::/0")])


def test_all_of_ipv4_can_be_written_as_ipv6():
    assert parse_network("::ffff:0:0/96") == ipaddress.ip_network("0.0.0.0/0")
    assert parse_network("::ffff:10.1.2.3") == ipaddress.ip_network("10.1.2.3/32")


@pytest.mark.parametrize("zone", ["eth0", "1", "br-lan.100", "wlp0s20f3~1_x", "x" * 15])
def test_a_zone_of_an_ipv6_address_does_not_matter(zone):
    assert parse_address(f"fe80::1%{zone}") == parse_address("fe80::1")
    assert parse_address(f"fe80::1%{zone}") in NetworkSet([parse_network("fe80::/10")])
    longest = f"0000:0000:0000:0000:0000:ffff:110.120.130.140%{zone}"
    assert parse_address(longest) == ipaddress.ip_address("110.120.130.140")


@pytest.mark.parametrize(
    "zone",
    ["", "%", "a%b", "eth0, 10.0.0.1", "eth0\n", " ", "\0", "é", "\ud800", "[", "eth0]:80", "a/64",
     "x" * 10**6],
    ids=lambda zone: ascii(zone[:20]),
)  # fmt: skip
def test_what_is_no_zone_makes_it_no_address(zone):
    assert parse_address(f"fe80::1%{zone}") is None
    assert parse_address(f"::ffff:10.0.0.1%{zone}") is None


NO_ADDRESSES = [
    "", " ", "\0", "localhost", "unknown", "1", "0x0a000001", "10.0.0", "10.0.0.1.", "10.0.0.1:80",
    "10.0.0.1/32", "10.0.0.1 ", " 10.0.0.1", "10.0.0.1\n", "10.0.0.1\0", "10.0.0.1,10.0.0.2",
    "010.0.0.1", "10.0.0.01", "10.0.0.256", "10.0.0.-1", "+10.0.0.1", "\u0661.0.0.1",
    "\uff11.0.0.1", "10.0.0.1%eth0", "10.0.0.1%::1", "10.0.0.1%x:80", "[::1]", "[::1]:80",
    "::1/128", ":::1", "::1::", "::12345", "::g", "::1\n", "::ffff:010.0.0.1", "::\u0661",
    "::ffff:10.0.0.1:80", "\ud800", "::\ud800", "x" * 10**7, "1" * 10**7, "::" * 10**6,
    "10.0.0.1" + " " * 10**6, None, True, 0, 10, 2**32, -1, 1.5, b"10.0.0.1", b"\n\0\0\1",
    b"\0" * 16, ["10.0.0.1"], ("10.0.0.1",), ipaddress.ip_address("10.0.0.1"), object,
]  # fmt: skip


@pytest.mark.parametrize("text", NO_ADDRESSES, ids=lambda text: ascii(text)[:30])
def test_what_is_no_address_is_none(text):
    assert parse_address(text) is None


PIECES = ["::", ":", "ffff", "0", "1", "10.0.0.1", ".", "255", "256", " ", "/", "\0", "\u0661"]


@given(st.lists(st.sampled_from(PIECES), max_size=6).map("".join))
def test_any_text_is_the_address_that_python_reads_in_it_or_none(text):
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        address = None
    assert parse_address(text) == (getattr(address, "ipv4_mapped", None) or address)


@given(st.text(st.characters(exclude_categories=())) | st.binary() | st.integers() | st.floats())
def test_whatever_is_given_as_an_address_nothing_is_raised(given_thing):
    address = parse_address(given_thing)
    assert address is None or isinstance(given_thing, str)


@given(st.ip_addresses())
def test_every_address_is_read_as_python_writes_it(address):
    mapped = getattr(address, "ipv4_mapped", None)
    assert parse_address(str(address)) == (mapped or address)
    assert parse_address(address.exploded.upper()) == (mapped or address)


@pytest.mark.parametrize("text", ["", "10.0.0.1/8", "10.0.0.0/33", "10.0.0.*", "::1/129", "all"])
def test_what_is_no_network_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        parse_network(text)
