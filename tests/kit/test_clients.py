"""One client is one connection: an IPv4 address, or the 2^64 addresses behind an IPv6 one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kit.clients import client_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff"),
        ("2001:db8:1:2::1", "2001:0DB8:0001:0002:0000:0000:0000:0009"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("::ffff:c000:207", "192.0.2.7"),
        ("64:ff9b::192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::2%eth1"),
    ],
)
def test_one_home_is_one_client(one, other):
    assert client_key(one) == client_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:3::1"),
        ("192.0.2.7", "192.0.2.8"),
        ("::ffff:192.0.2.7", "::ffff:192.0.2.8"),
        ("64:ff9b::192.0.2.7", "64:ff9b::192.0.2.8"),
        ("::1", "127.0.0.1"),
        ("unix:", "192.0.2.7"),
    ],
)
def test_two_homes_are_two(one, other):
    assert client_key(one) != client_key(other)


@given(st.ip_addresses(v=6), st.integers(min_value=0, max_value=2**64 - 1))
def test_no_choice_of_the_lower_half_makes_another_client(address, host):
    if address.ipv4_mapped or str(address).startswith("64:ff9b::"):
        return
    neighbour = type(address)(int(address) >> 64 << 64 | host)
    if neighbour.ipv4_mapped or str(neighbour).startswith("64:ff9b::"):
        return
    assert client_key(str(address)) == client_key(str(neighbour))
