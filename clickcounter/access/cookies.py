"""The session's cookie: its token, hidden from scripts (HttpOnly) and not sent with other sites' forms (SameSite).

The only other one is of a sign-in elsewhere that is under way (access/oidc/attempt.py), made here as well.

An instance below a path gives it another name, and to its own addresses only: another one may be at the root of the same
host, whose cookie browsers send along.
"""

from collections.abc import Mapping
from typing import Any

from clickcounter.access.sessions import LIFETIME, sha256_of
from clickcounter.settings import base_path


def name(of: str = "session") -> str:
    """The cookie's name."""
    return f"clickcounter_{of}" + base_path().replace("/", ".")


def session_hash(scope: Mapping[str, Any]) -> str | None:
    """The SHA-256 of the token in an ASGI scope's cookie; None without a valid one."""
    return sha256_of(value_of(scope, name()))


def value_of(scope: Mapping[str, Any], cookie: str) -> str | None:
    """The value of an ASGI scope's cookie with this name.

    Two cookies with one name count as none: another application on this site may have planted one of them.
    """
    found = [
        value.strip()
        for header, values in scope["headers"]
        if header == b"cookie"
        for key, _, value in (part.partition("=") for part in values.decode("latin-1").split(";"))
        if key.strip() == cookie
    ]
    return found[0] if len(found) == 1 else None


def set_cookie(token: str, *, secure: bool) -> str:
    """The Set-Cookie header for a token; an empty token removes the cookie."""
    return header(name(), token, LIFETIME, secure=secure)


def header(cookie: str, value: str, lifetime: int, *, secure: bool) -> str:
    """The Set-Cookie header for a cookie of this instance; an empty value removes it. The lifetime is in milliseconds."""
    max_age = lifetime // 1000 if value else 0
    return f"{cookie}={value}; Max-Age={max_age}; Path={base_path()}/; HttpOnly; SameSite=Lax" + (
        "; Secure" if secure else ""
    )
