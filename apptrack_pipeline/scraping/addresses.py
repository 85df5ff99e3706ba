"""Which places in the net may be fetched from: hosts by their spelling, addresses by their range.

An address is public only if it is known to be: all that IANA's registries of special-purpose addresses
(iana-ipv4-special-registry, iana-ipv6-special-registry) take out is refused, and with it every IPv6 form that
carries an IPv4 address, since a gateway may unpack it into the inner network. The list is our own because
`ipaddress.is_global` changed its answers between patch releases of Python.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Final

_V4: Final = tuple(
    (ipaddress.IPv4Network(network), what)
    for network, what in (
        ("0.0.0.0/8", "no machine (unspecified)"),
        ("10.0.0.0/8", "a private network"),
        ("100.64.0.0/10", "a provider's inner network"),  # RFC 6598; Alibaba's metadata is 100.100.100.200
        ("127.0.0.0/8", "this machine itself"),
        ("168.63.129.16/32", "a cloud's own services"),  # Azure's host, although the range is public
        ("169.254.0.0/16", "the local link or a cloud's metadata"),
        ("172.16.0.0/12", "a private network"),
        ("192.0.0.0/24", "a reserved range"),
        ("192.0.2.0/24", "a documentation range"),
        ("192.88.99.0/24", "a tunnel to another address"),  # 6to4 relays, RFC 7526
        ("192.168.0.0/16", "a private network"),
        ("198.18.0.0/15", "a range for measuring devices"),
        ("198.51.100.0/24", "a documentation range"),
        ("203.0.113.0/24", "a documentation range"),
        ("224.0.0.0/4", "many machines (multicast)"),
        ("240.0.0.0/4", "a reserved range"),
    )
)
_V6: Final = tuple(
    (ipaddress.IPv6Network(network), what)
    for network, what in (
        ("::/128", "no machine (unspecified)"),
        ("::1/128", "this machine itself"),
        ("::ffff:0:0/96", "an IPv4 address in disguise"),
        ("::/96", "an IPv4 address in disguise"),
        ("::ffff:0:0:0/96", "an IPv4 address in disguise"),
        ("64:ff9b::/96", "a tunnel to another address"),  # NAT64, RFC 6052
        ("64:ff9b:1::/48", "a tunnel to another address"),  # local NAT64, RFC 8215
        ("2001::/32", "a tunnel to another address"),  # Teredo
        ("2001:db8::/32", "a documentation range"),
        ("2001::/23", "a reserved range"),
        ("2002::/16", "a tunnel to another address"),  # 6to4
        ("3fff::/20", "a documentation range"),
        ("fc00::/7", "a private network"),
        ("fe80::/10", "the local link"),
        ("fec0::/10", "a private network"),  # site-local, RFC 3879
        ("ff00::/8", "many machines (multicast)"),
    )
)
_GLOBAL_UNICAST: Final = ipaddress.IPv6Network("2000::/3")
# Interface identifiers of ISATAP (RFC 5214), which end in an IPv4 address.
_ISATAP: Final = frozenset({0x0000_5EFE, 0x0200_5EFE})

_NAME: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*+\.?")
_ENDS_IN_A_NUMBER: Final = re.compile(r"(?:^|\.)(?:[0-9]+|0x[0-9a-f]*)\.?$")


def why_not_public(address: str) -> str | None:
    """Return what an IP address stands for if it is not one machine of the public net; None if it is."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "something that is no IP address"
    if isinstance(parsed, ipaddress.IPv4Address):
        return next((what for network, what in _V4 if parsed in network), None)
    if parsed.scope_id is not None:
        return "the local link"
    found = next((what for network, what in _V6 if parsed in network), None)
    if found is not None:
        return found
    if parsed not in _GLOBAL_UNICAST:
        return "a reserved range"
    return "a tunnel to another address" if int(parsed) >> 32 & 0xFFFF_FFFF in _ISATAP else None


def why_no_host(host: str) -> str | None:
    """Return what is wrong with the spelling of a host, in lower case; None if a name server may be asked.

    A host that ends in a number is an IPv4 address for the system's resolver, however it is spelled
    (`2130706433`, `0x7f.1`, `017700000001`); only the one spelling with four decimal numbers is taken
    (WHATWG URL, "ends in a number checker").
    """
    if ":" in host:
        try:
            zone = ipaddress.IPv6Address(host).scope_id
        except ValueError:
            return "it is no address"
        return None if zone is None else "it names a network card of this machine"
    if len(host) > 254 or not _NAME.fullmatch(host):
        return "it is no name of a host"
    if _ENDS_IN_A_NUMBER.search(host):
        try:
            ipaddress.IPv4Address(host)
        except ValueError:
            return "it is an address in an odd spelling"
    return None
