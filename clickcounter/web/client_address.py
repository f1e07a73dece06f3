"""Where a request or socket comes from."""

from typing import Any


def address(scope: Any, proxies: int) -> str:
    """From where a request or socket came, past so many proxies of our own (Reflex's trusted_proxy_hops)."""
    peer = (scope.get("client") or ("",))[0]
    if not proxies:
        return str(peer)
    given = ",".join(value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for")
    passed = [part.strip() for part in given.split(",") if part.strip()]
    return passed[-proxies] if len(passed) >= proxies else str(peer)
