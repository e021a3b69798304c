"""Which network addresses a source may lead to: public ones. Names are resolved by us, and what is connected to is the
very address that was judged, whatever the name says a moment later (no room for DNS rebinding).
"""

import socket
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.connector import AddrInfoType
from aiohttp.resolver import ThreadedResolver

Judge = Callable[[str], bool]
"""Whether a numeric address may be connected to."""

_NOT_PUBLIC = tuple(
    ip_network(net)
    for net in (
        # beside what the standard library knows, which differs from one version of Python to the next
        *("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "240.0.0.0/4"),
        *("::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "fec0::/10", "5f00::/16"),
    )
)
_NAT64 = ip_network("64:ff9b::/96")


class RefusedAddressError(OSError):
    """The address is not one to connect to."""


def is_public(address: str) -> bool:
    """Whether an address belongs to the public internet. An IPv4 address in the clothes of an IPv6 one (mapped, 6to4,
    NAT64) is judged as what it is."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv6Address):
        if found.scope_id is not None:
            return False
        inner = found.ipv4_mapped or found.sixtofour or _behind_nat64(found)
        if inner is not None:
            return is_public(str(inner))
    if any(found.version == net.version and found in net for net in _NOT_PUBLIC):
        return False
    return found.is_global and not (found.is_multicast or found.is_reserved or found.is_link_local or found.is_loopback)


def _behind_nat64(address: IPv6Address) -> IPv4Address | None:
    return IPv4Address(int(address) & 0xFFFF_FFFF) if address in _NAT64 else None


class JudgingResolver(AbstractResolver):
    """Gives back only addresses that may be connected to. `refused` tells a name that leads inside from one that leads
    nowhere."""

    def __init__(self, judge: Judge, resolver: AbstractResolver | None = None) -> None:
        self._judge = judge
        self._resolver = resolver or ThreadedResolver()
        self.refused = False

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        allowed = [one for one in found if self._judge(one["host"])]
        if not allowed:
            self.refused = bool(found)
            raise RefusedAddressError(f"{len(found)} addresses, none of them public")
        return allowed

    async def close(self) -> None:
        await self._resolver.close()

    def socket(self, info: AddrInfoType) -> socket.socket:
        """aiohttp's socket factory: the last look, at the address the socket is about to be connected to. A numeric
        host never comes by `resolve`."""
        family, kind, protocol, _, target = info
        if not self._judge(str(target[0])):
            self.refused = True
            raise RefusedAddressError("not a public address")
        return socket.socket(family, kind, protocol)
