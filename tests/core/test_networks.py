"""Membership of addresses in networks."""

import ipaddress

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


def test_networks_that_touch_or_overlap_are_kept_as_one_range():
    def ranges(*texts):
        return len(NetworkSet(map(parse_network, texts))._starts[4])

    assert ranges("10.0.0.0/25", "10.0.0.128/25") == 1
    assert ranges("10.0.0.0", "10.0.0.1", "10.0.0.2") == 1
    assert ranges("10.0.0.0/8", "10.1.0.0/16") == 1
    assert ranges("10.0.0.0", "10.0.0.2") == 2


def test_no_networks_hold_nothing():
    assert ipaddress.ip_address("10.0.0.1") not in NetworkSet()
    assert not NetworkSet()


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


def test_a_zone_of_an_ipv6_address_does_not_matter():
    assert parse_address("fe80::1%eth0") == ipaddress.ip_address("fe80::1")


@pytest.mark.parametrize(
    "text",
    ["", "localhost", "10.0.0", "10.0.0.1:80", "10.0.0.1/32", "10.0.0.1 ", "010.0.0.1", "1",
     "10.0.0.1%eth0", "[::1]", "\ud800", "x" * 10**5],
)  # fmt: skip
def test_what_is_no_address_is_none(text):
    assert parse_address(text) is None


@pytest.mark.parametrize("text", ["", "10.0.0.1/8", "10.0.0.0/33", "10.0.0.*", "::1/129", "all"])
def test_what_is_no_network_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        parse_network(text)
