"""Which addresses a webhook may have, and which it may reach. Anybody can name any host, and any host any address."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

import httpx

from clickcounter.errors import Refused

LONGEST_URL = 2_000  # characters
PORTS = {"http": 80, "https": 443}  # and all from 1024 on: below are services that are no receivers
Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address

# Where a provider's metadata service has a public address.
NEVER = IPv4Address("168.63.129.16")
PUBLIC_IPV6 = IPv6Network("2000::/3")
# Parts of it that lead elsewhere: special purposes and Teredo, documentation, 6to4.
NOT_PUBLIC_IPV6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
NAT64 = ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Target:
    """A webhook's address, taken apart."""

    scheme: str
    host: str
    port: int
    path: bytes


def read_url(url: object) -> str:
    """A webhook's address in its usual form. Raises Refused."""
    text = url.strip() if isinstance(url, str) else ""
    target_of(text)
    return str(httpx.URL(text))


def target_of(url: str) -> Target:
    """The parts of an address. Raises Refused for anything but http and https, for a password in it, and for other ports."""
    try:
        parsed = httpx.URL(url)
        scheme, host, port = parsed.scheme, parsed.raw_host.decode("ascii"), parsed.port
    except (httpx.InvalidURL, ValueError):
        raise Refused("webhook_url") from None
    usual = PORTS.get(scheme)
    number = port or usual
    if usual is None or number is None or not host or parsed.userinfo or max(len(url), len(str(parsed))) > LONGEST_URL:
        raise Refused("webhook_url")
    if number not in PORTS.values() and not 1024 <= number <= 65_535:
        raise Refused("webhook_url")
    return Target(scheme, host, number, parsed.raw_path)


def is_allowed(address: Address, networks: Sequence[Network]) -> bool:
    """Whether a webhook may reach it: a public address, or one in a network that the operator allows."""
    if any(address in network for network in networks):
        return True
    inner = _embedded(address)
    if inner is not None:
        return is_allowed(inner, networks)
    if isinstance(address, IPv4Address):
        return address.is_global and not address.is_multicast and address != NEVER
    return address in PUBLIC_IPV6 and not any(address in network for network in NOT_PUBLIC_IPV6)


def _embedded(address: Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address of this form reaches."""
    if isinstance(address, IPv4Address):
        return None
    return IPv4Address(int(address) & 0xFFFFFFFF) if address in NAT64 else address.ipv4_mapped
