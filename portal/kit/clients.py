"""What counts as one client in a limit. Who lives behind an IPv6 connection has 2^64 addresses, and one limit."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import NewType

ClientKey = NewType("ClientKey", str)
"""Stands for one client in every limit per client. Only `client_key` makes one; it is never stored in the clear."""

_TRANSLATED = IPv6Network("64:ff9b::/96")
"""IPv4 addresses as a translating network writes them (RFC 6052): all of them lie in one /64."""
_HOST_BITS = 64


def client_key(address: str) -> ClientKey:
    """Return the key of an address: IPv4 whole, also when it is written as IPv6; other IPv6 by its /64 (RFC 6177).

    What is no address stands for itself.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return ClientKey(address)
    return ClientKey(str(_in_ipv4(parsed) or _network(parsed)))


def _in_ipv4(address: IPv4Address | IPv6Address) -> IPv4Address | None:
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped:
        return address.ipv4_mapped
    return IPv4Address(int(address) & 0xFFFFFFFF) if address in _TRANSLATED else None


def _network(address: IPv4Address | IPv6Address) -> IPv6Network:
    return IPv6Network((int(address) >> _HOST_BITS << _HOST_BITS, 128 - _HOST_BITS))
