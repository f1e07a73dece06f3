"""The client's address, and whether it came by https, behind proxies too."""

from functools import lru_cache
from ipaddress import IPv6Network, ip_address

from starlette.types import Scope

ONE_CLIENT = 64  # bits of an IPv6 address that are the same for one home or computer, which may choose the others


def address(scope: Scope, proxies: int) -> str:
    """Where a request or socket came from, behind so many proxies of our own (Reflex's trusted_proxy_hops)."""
    peer = (scope.get("client") or ("",))[0]
    if not proxies:
        return of_client(str(peer))
    forwarded = ",".join(value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for")
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    return of_client(hops[-proxies] if len(hops) >= proxies else str(peer))


@lru_cache(maxsize=1_000)  # parsing one costs more than all else that a press over HTTP is asked about its sender
def of_client(ip: str) -> str:
    """What the limits count for one address: an IPv4 address, also if it came over IPv6, or an IPv6 address's network."""
    try:
        parsed = ip_address(ip)
    except ValueError:
        return ip  # a proxy may name a client otherwise
    if parsed.version == 4:
        return ip
    return str(parsed.ipv4_mapped or IPv6Network((int(parsed), ONE_CLIENT), strict=False))


def is_https(scope: Scope) -> bool:
    """Whether the browser sees https: here, or as the outermost proxy says. Claiming it gains nothing."""
    forwarded = dict(scope["headers"]).get(b"x-forwarded-proto", b"").split(b",")[0].strip().lower()
    return "https" in (scope["scheme"], forwarded.decode("latin-1"))
