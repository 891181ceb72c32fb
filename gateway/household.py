"""Whose an address is, for the brakes on guessing: of IPv6 a household has not one address but a whole network.

And where it is, roughly, for whoever looks where he is logged in.
"""

from __future__ import annotations

import ipaddress

OWN_OF_IPV6 = 64
"""Bits of an IPv6 address that a household is given: whoever has them has all the others."""


NETWORK = {4: 24, 6: 48}
"""Bits by which somebody knows a place again, and nobody finds it."""


def household(address: str) -> str:
    """The address, or the network that is one household's; what is no address stays as it is."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if known.version == 4:
        return str(known)
    if known.ipv4_mapped:
        return str(known.ipv4_mapped)
    return str(ipaddress.ip_network((known.packed, OWN_OF_IPV6), strict=False))


def network_of(address: str) -> str | None:
    """Roughly where an address, or a household's network, is; None for what is neither."""
    try:
        known = ipaddress.ip_interface(address).ip
    except ValueError:
        return None
    return str(ipaddress.ip_network((known.packed, NETWORK[known.version]), strict=False))
