"""The only cookie: the session's token, hidden from scripts (HttpOnly) and not sent with other sites' forms (SameSite)."""

from collections.abc import Mapping
from typing import Any

from clickcounter.access.sessions import LIFETIME, sha256_of

NAME = "clickcounter_session"


def session_hash(scope: Mapping[str, Any]) -> str | None:
    """The SHA-256 of the token in an ASGI scope's cookie; None without a valid one.

    Two cookies with this name count as none: another application on this site may have planted one of them.
    """
    tokens = [
        value.strip()
        for name, values in scope["headers"]
        if name == b"cookie"
        for key, _, value in (part.partition("=") for part in values.decode("latin-1").split(";"))
        if key.strip() == NAME
    ]
    return sha256_of(tokens[0]) if len(tokens) == 1 else None


def set_cookie(token: str, *, secure: bool) -> str:
    """The Set-Cookie header for a token; an empty token removes the cookie."""
    max_age = LIFETIME // 1000 if token else 0
    return f"{NAME}={token}; Max-Age={max_age}; Path=/; HttpOnly; SameSite=Lax" + ("; Secure" if secure else "")
