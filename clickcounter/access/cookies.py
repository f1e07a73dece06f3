"""The one cookie: a session's token, out of reach of the page's scripts and of other sites' forms."""

from collections.abc import Mapping
from typing import Any

from clickcounter.access.sessions import LIFETIME, sha256_of

NAME = "clickcounter_session"


def session_hash(scope: Mapping[str, Any]) -> str | None:
    """The hash of the token that came with an ASGI request or socket; None without one.

    Two cookies of the name are as good as none: somebody else on this site may have planted one of them.
    """
    found = [
        value.strip()
        for name, values in scope["headers"]
        if name == b"cookie"
        for key, _, value in (part.partition("=") for part in values.decode("latin-1").split(";"))
        if key.strip() == NAME
    ]
    return sha256_of(found[0]) if len(found) == 1 else None


def set_cookie(token: str, *, secure: bool) -> str:
    """The Set-Cookie for a token; an empty one takes the cookie away."""
    lasts = LIFETIME // 1000 if token else 0
    return f"{NAME}={token}; Max-Age={lasts}; Path=/; HttpOnly; SameSite=Lax" + ("; Secure" if secure else "")
