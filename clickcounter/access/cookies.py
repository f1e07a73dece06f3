"""The only cookie: the session's token, hidden from scripts (HttpOnly) and not sent with other sites' forms (SameSite)."""

from collections.abc import Mapping
from typing import Any

from clickcounter.access.sessions import LIFETIME, sha256_of

NAME = "clickcounter_session"


def session_hash(scope: Mapping[str, Any]) -> str | None:
    """The SHA-256 of the token in an ASGI scope's cookie; None without a valid one."""
    return sha256_of(value_of(scope, NAME))


def value_of(scope: Mapping[str, Any], cookie: str) -> str | None:
    """The value of an ASGI scope's cookie with this name.

    Two cookies with one name count as none: another application on this site may have planted one of them.
    """
    values = [
        value.strip()
        for name, header in scope["headers"]
        if name == b"cookie"
        for key, _, value in (part.partition("=") for part in header.decode("latin-1").split(";"))
        if key.strip() == cookie
    ]
    return values[0] if len(values) == 1 else None


def set_cookie(token: str, *, secure: bool) -> str:
    """The Set-Cookie header for a token; an empty token removes the cookie."""
    max_age = LIFETIME // 1000 if token else 0
    return f"{NAME}={token}; Max-Age={max_age}; Path=/; HttpOnly; SameSite=Lax" + ("; Secure" if secure else "")
