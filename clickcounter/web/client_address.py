"""The client's address, and whether it came by https, behind proxies too."""

from starlette.types import Scope


def address(scope: Scope, proxies: int) -> str:
    """Where a request or socket came from, behind so many proxies of our own (Reflex's trusted_proxy_hops)."""
    peer = (scope.get("client") or ("",))[0]
    if not proxies:
        return str(peer)
    forwarded = ",".join(value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for")
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    return hops[-proxies] if len(hops) >= proxies else str(peer)


def is_https(scope: Scope) -> bool:
    """Whether the browser sees https: here, or as the outermost proxy says. Claiming it gains nothing."""
    forwarded = dict(scope["headers"]).get(b"x-forwarded-proto", b"").split(b",")[0].strip().lower()
    return "https" in (scope["scheme"], forwarded.decode("latin-1"))
