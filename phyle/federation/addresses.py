"""Which IP addresses may be reached: an explicit list, since the standard library's `is_global` says yes too often."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

LOOPBACK: tuple[Network, ...] = (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128"))

# IANA special-purpose registries (RFC 6890) and what is not unicast at all.
_REFUSED_4 = tuple(
    (IPv4Network(network), reason)
    for network, reason in (
        ("0.0.0.0/8", "this network"),
        ("10.0.0.0/8", "a private network"),
        ("100.64.0.0/10", "shared address space of a provider"),
        ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "a private network"),
        ("192.0.0.0/24", "reserved for protocols"),
        ("192.0.2.0/24", "documentation"),
        ("192.31.196.0/24", "an AS112 sink"),
        ("192.52.193.0/24", "a multicast relay"),
        ("192.88.99.0/24", "a 6to4 relay"),
        ("192.168.0.0/16", "a private network"),
        ("192.175.48.0/24", "an AS112 sink"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved or broadcast"),
    )
)
_UNICAST_6 = IPv6Network("2000::/3")
_REFUSED_6 = tuple(
    (IPv6Network(network), reason)
    for network, reason in (
        ("2001::/23", "reserved for protocols, Teredo included"),
        ("2001:db8::/32", "documentation"),
        ("2002::/16", "6to4"),
        ("2620:4f:8000::/48", "an AS112 sink"),
        ("3ffe::/16", "the former 6bone"),
        ("3fff::/20", "documentation"),
    )
)
# A translator in front of us (RFC 6052): the IPv4 address inside is what is reached. DNS64 answers such addresses for
# every IPv4-only peer, so they must be judged by what they carry.
_NAT64 = IPv6Network("64:ff9b::/96")
_COMPATIBLE = IPv6Network("::/96")


def unwrapped(address: Address) -> Address:
    """The IPv4 address that an IPv6 address carries (mapped, compatible, NAT64, 6to4, Teredo), else itself."""
    if isinstance(address, IPv4Address):
        return address
    if address.teredo is not None:
        return address.teredo[1]
    inner = address.ipv4_mapped or address.sixtofour
    if inner is None and (address in _NAT64 or (address in _COMPATIBLE and int(address) > 1)):
        inner = IPv4Address(int(address) & 0xFFFFFFFF)
    return inner or address


def refuse(address: Address | str, allowed: Iterable[Network] = ()) -> str | None:
    """Why `address` must not be reached, or None if it may be.

    `allowed` are networks that are reachable in spite of the list (those of the operator); they are matched against the
    unwrapped address, so that no wrapping of an address is judged more kindly than the address.
    """
    outer = ip_address(address) if isinstance(address, str) else address
    if isinstance(outer, IPv6Address) and outer.scope_id is not None:
        return "bound to one network interface"
    inner = unwrapped(outer)
    if any(inner in network for network in allowed):
        return None
    if isinstance(inner, IPv4Address):
        return _listed(inner, _REFUSED_4) or _wrapping(outer)
    return _listed(inner, _REFUSED_6) if inner in _UNICAST_6 else "not a public unicast address"


def _listed(address: Address, refused: Iterable[tuple[Network, str]]) -> str | None:
    return next((reason for network, reason in refused if address in network), None)


def _wrapping(outer: Address) -> str | None:
    # What is mapped or translated goes to the public IPv4 address; the other wrappings are abandoned tunnels.
    if isinstance(outer, IPv4Address) or outer.ipv4_mapped is not None or outer in _NAT64:
        return None
    return "an abandoned IPv6 tunnel"
