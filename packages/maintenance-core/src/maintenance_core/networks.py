"""Membership of an address in many networks, in the time of a binary search."""

import re
from bisect import bisect_left
from collections.abc import Iterable
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

__all__ = ["NetworkSet", "parse_address", "parse_network"]

_MAPPED = IPv6Network("::ffff:0:0/96")
_ZONE = re.compile(r"[A-Za-z0-9._~-]+")
_MAX_TEXT = 64
"""More than the longest address with the longest name of an interface has."""

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def parse_address(text: object) -> Address | None:
    """The address in ``text``, or None; a zone id is dropped, IPv4 in IPv6 becomes IPv4."""
    # Numbers and bytes are addresses to ip_address().
    if not isinstance(text, str) or len(text) > _MAX_TEXT:
        return None
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv4Address):
        return address
    # To ip_address() the rest of a list of addresses would be a zone as well.
    if address.scope_id is not None and not _ZONE.fullmatch(address.scope_id):
        return None
    return address.ipv4_mapped or IPv6Address(int(address))


def parse_network(text: str) -> Network:
    """An address or a network (``10.0.0.0/8``, ``2001:db8::/32``). Raises ValueError.

    IPv4 in IPv6 becomes IPv4. A network that is larger than that (``::/0``) holds no IPv4
    address, however the server writes the addresses of its clients.
    """
    network = ip_network(text)
    if isinstance(network, IPv6Network) and network.subnet_of(_MAPPED):
        first = int(network.network_address) - int(_MAPPED.network_address)
        return IPv4Network((first, network.prefixlen - _MAPPED.prefixlen))
    return network


class NetworkSet:
    """A fixed set of networks that can be asked for addresses.

    It keeps 8 bytes for a network of IPv4 and 32 for one of IPv6, less where they touch.
    """

    def __init__(self, networks: Iterable[Network] = ()) -> None:
        ranges: dict[int, list[tuple[int, int]]] = {4: [], 6: []}
        for network in networks:
            ranges[network.version].append(_range(network))
        self._starts: dict[int, _Packed] = {}
        self._ends: dict[int, _Packed] = {}
        for version, size in ((4, 4), (6, 16)):
            merged = _merged(ranges[version])
            self._starts[version] = _Packed((start for start, _ in merged), size)
            self._ends[version] = _Packed((end for _, end in merged), size)

    def __bool__(self) -> bool:
        return any(self._starts.values())

    def __contains__(self, address: Address) -> bool:
        packed = address.packed
        starts, ends = self._starts[address.version], self._ends[address.version]
        index = bisect_left(ends, packed)
        return index < len(starts) and starts[index] <= packed


class _Packed:
    """Numbers in a row of bytes, ``size`` for each, which sort as the numbers do.

    A list of as many objects is four times as large.
    """

    __slots__ = ("_bytes", "_size")

    def __init__(self, numbers: Iterable[int], size: int) -> None:
        self._bytes = b"".join(number.to_bytes(size, "big") for number in numbers)
        self._size = size

    def __len__(self) -> int:
        return len(self._bytes) // self._size

    def __getitem__(self, index: int) -> bytes:
        return self._bytes[index * self._size : (index + 1) * self._size]


def _range(network: Network) -> tuple[int, int]:
    """The first and the last number of ``network``."""
    # Not broadcast_address: the network would keep that, and grow by hundreds of bytes.
    first = int(network.network_address)
    return first, first + 2 ** (network.max_prefixlen - network.prefixlen) - 1


def _merged(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same numbers in ranges that are sorted and neither overlap nor touch."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if merged and start <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged
