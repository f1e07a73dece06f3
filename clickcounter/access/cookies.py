"""The only cookie: the session's token, hidden from scripts (HttpOnly) and not sent with other sites' forms (SameSite).

An instance below a path gives it another name, and to its own addresses only: another one may be at the root of the same
host, whose cookie browsers send along.
"""

from collections.abc import Mapping
from typing import Any

from clickcounter.access.sessions import LIFETIME, sha256_of
from clickcounter.settings import base_path


def name() -> str:
    """The cookie's name."""
    return "clickcounter_session" + base_path().replace("/", ".")


def session_hash(scope: Mapping[str, Any]) -> str | None:
    """The SHA-256 of the token in an ASGI scope's cookie; None without a valid one.

    Two cookies with this name count as none: another application on this site may have planted one of them.
    """
    ours = name()
    tokens = [
        value.strip()
        for header, values in scope["headers"]
        if header == b"cookie"
        for key, _, value in (part.partition("=") for part in values.decode("latin-1").split(";"))
        if key.strip() == ours
    ]
    return sha256_of(tokens[0]) if len(tokens) == 1 else None


def set_cookie(token: str, *, secure: bool) -> str:
    """The Set-Cookie header for a token; an empty token removes the cookie."""
    max_age = LIFETIME // 1000 if token else 0
    return f"{name()}={token}; Max-Age={max_age}; Path={base_path()}/; HttpOnly; SameSite=Lax" + (
        "; Secure" if secure else ""
    )
