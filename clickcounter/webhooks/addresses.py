"""Which addresses a webhook may have, and which it may reach. Anybody can name any host, and any host any address."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

import httpx

from clickcounter.errors import Refused

LONGEST_URL = 2_000  # characters
PORTS = {"http": 80, "https": 443}  # and all from 1024 on: below are services that are no receivers
Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address

HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+", re.ASCII)  # a name, or an IPv6 address
# Listed here, because each version of Python knows others. The last one is a provider's metadata service.
NOT_PUBLIC_IPV4 = tuple(
    map(
        IPv4Network,
        (
            *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24"),
            *("192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"),
            *("224.0.0.0/3", "168.63.129.16/32"),
        ),
    )
)
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
    header: str  # the header Host


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
    number = usual if port is None else port
    if usual is None or number is None or not HOST.fullmatch(host) or parsed.userinfo:
        raise Refused("webhook_url")
    if max(len(url), len(str(parsed))) > LONGEST_URL or not (number in PORTS.values() or 1024 <= number <= 65_535):
        raise Refused("webhook_url")
    return Target(scheme, host, number, parsed.raw_path, parsed.netloc.decode("ascii"))


def is_allowed(address: Address, networks: Sequence[Network]) -> bool:
    """Whether a webhook may reach it: a public address, or one in a network that the operator allows."""
    if any(address in network for network in networks):
        return True
    inner = _embedded(address)
    if inner is not None:
        return is_allowed(inner, networks)
    if isinstance(address, IPv4Address):
        return not any(address in network for network in NOT_PUBLIC_IPV4)
    return address in PUBLIC_IPV6 and not any(address in network for network in NOT_PUBLIC_IPV6)


def _embedded(address: Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address of this form reaches."""
    if isinstance(address, IPv4Address):
        return None
    return IPv4Address(int(address) & 0xFFFFFFFF) if address in NAT64 else address.ipv4_mapped
