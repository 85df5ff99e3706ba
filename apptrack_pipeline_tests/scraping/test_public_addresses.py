"""Which addresses are public, judged against Python's own opinion, and how a host may be spelled."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from apptrack_pipeline.scraping.addresses import why_no_host, why_not_public

V4 = st.ip_addresses(v=4).map(str)
V6 = st.ip_addresses(v=6).map(str)


@given(V4 | V6)
@example("192.0.0.9")
@example("192.88.99.1")
@example("2001:1::1")
def test_what_python_calls_special_is_never_public(address: str) -> None:
    parsed = ipaddress.ip_address(address)
    special = (
        parsed.is_private
        or parsed.is_loopback
        or parsed.is_link_local
        or parsed.is_multicast
        or parsed.is_reserved
        or parsed.is_unspecified
        or not parsed.is_global
    )
    if special:
        assert why_not_public(address)


@given(V4)
def test_an_ipv4_address_in_disguise_is_never_public(address: str) -> None:
    number = int(ipaddress.IPv4Address(address))
    for form in (
        f"::ffff:{address}",
        f"::{address}",
        f"::ffff:0:{address}",
        f"64:ff9b::{address}",
        f"64:ff9b:1::{address}",
        f"2002:{number >> 16:x}:{number & 0xFFFF:x}::1",
        f"2001:0:{number >> 16:x}:{number & 0xFFFF:x}::1",
        f"2606:2800::5efe:{address}",
        f"2606:2800::200:5efe:{address}",
    ):
        assert why_not_public(form), form


@given(V6, st.text("abcdefgh0123456789", min_size=1, max_size=5))
def test_an_address_with_a_zone_is_never_public(address: str, zone: str) -> None:
    assert why_not_public(f"{address}%{zone}")


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "8.8.8.8", "93.184.216.34", "100.63.255.255", "100.128.0.0", "172.15.0.1", "172.32.0.1",
     "192.0.1.1", "198.17.255.255", "198.20.0.0", "223.255.255.255", "2606:2800:220:1::5",
     "2a00:1450:4001::200e", "2001:4860:4860::8888", "2620:fe::fe"],
)  # fmt: skip
def test_addresses_of_the_public_net_are_public(address: str) -> None:
    assert why_not_public(address) is None


@given(st.text(max_size=60))
def test_what_is_no_address_is_not_public(text: str) -> None:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        assert why_not_public(text)


@given(st.text(max_size=80) | st.from_regex(r"[0-9a-fx.:%\[\]]{1,20}", fullmatch=True))
def test_no_spelling_of_a_host_raises(text: str) -> None:
    why = why_no_host(text)
    assert why is None or len(why) > 10


@given(V4)
def test_an_ipv4_address_has_one_spelling(address: str) -> None:
    number = int(ipaddress.IPv4Address(address))
    assert why_no_host(address) is None
    first, second, third, fourth = address.split(".")
    for odd in (
        str(number), hex(number), f"0{number:o}", f"{address}.",
        f"0x{int(first):x}.{second}.{third}.{fourth}", f"{first}.{number & 0xFFFFFF}",
        f"0{first}.{second}.{third}.{fourth}", f"{first}.{second}.{third}",
    ):  # fmt: skip
        assert why_no_host(odd), odd


@pytest.mark.parametrize(
    "host",
    ["jobs.example", "jobs.example.", "xn--bcher-kva.example", "a_b.example", "1and1.example", "3m.example",
     "a", "0x.example", "2606:2800:220:1::5"],
)  # fmt: skip
def test_names_are_names(host: str) -> None:
    assert why_no_host(host) is None


@pytest.mark.parametrize(
    "host",
    ["", ".", "..", ".example", "a..b", "-a.example", "a b.example", "a%2e.example", "a/b", "a@b", "a\\b",
     "a:b", "b\u00fccher.example", "a" * 64 + ".example", "a." * 127 + "a",
     "fe80::1%eth0", "[::1]", "a\0b", "a\n"],
)  # fmt: skip
def test_what_is_no_name_is_refused(host: str) -> None:
    assert why_no_host(host)
