"""A sign-in that is under way: its browser keeps it in a cookie, and no server has to.

Everything follows from a secret that only this browser has: the state, which ties the provider's answer to this browser; the
nonce, which ties the ID token to this sign-in; and PKCE's verifier, without which the code is worth nothing.
"""

import base64
import binascii
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from clickcounter.access import cookies, sessions

NAME = "clickcounter_oidc"
LIFETIME = 10 * 60 * 1000  # milliseconds
LONGEST = 3_500  # characters of the cookie
LONGEST_BACK, LONGEST_REDIRECT = 1_000, 600
ORIGIN = re.compile(r"https?://[^/?#@\\\s]{1,255}")


@dataclass(frozen=True, slots=True)
class Attempt:
    """One sign-in. Afterwards the browser is on the page `origin` + `back`."""

    secret: str
    started_at: int  # milliseconds since 1970
    linking: bool  # to the account that is signed in; otherwise to sign in
    redirect_uri: str
    origin: str
    back: str

    def state(self, session: str | None) -> str:
        """The state. An account is linked in the very session that asked for it, which nobody else can name."""
        return self._derived(f"state {session if self.linking else ''}")

    @property
    def nonce(self) -> str:
        """The nonce."""
        return self._derived("nonce")

    @property
    def verifier(self) -> str:
        """PKCE's code verifier: 43 characters."""
        return self._derived("verifier")

    def matches(self, state: str | None, session: str | None) -> bool:
        """Whether an answer of the provider belongs to this sign-in."""
        return hmac.compare_digest((state or "").encode(), self.state(session).encode())

    @property
    def value(self) -> str:
        """The cookie's value."""
        return f"{self.secret}.{self._content}"

    @property
    def _content(self) -> str:
        fields = [self.started_at, self.linking, self.redirect_uri, self.origin, self.back]
        return base64.urlsafe_b64encode(json.dumps(fields).encode()).decode().rstrip("=")

    def _derived(self, purpose: str) -> str:
        digest = hmac.digest(self.secret.encode(), f"{purpose} {self._content}".encode(), "sha256")
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def start(now: int, redirect_uri: str, origin: str, back: object, *, linking: bool) -> Attempt:
    """A new sign-in."""
    return Attempt(sessions.new_token(), now, linking, redirect_uri, origin, own_path(back))


def own_path(back: object) -> str:
    """The path of a page here, which may have a query; "/" for anything else."""
    is_path = isinstance(back, str) and len(back) <= LONGEST_BACK and back.startswith("/") and back.isprintable()
    return str(back) if is_path and not str(back).startswith("//") and "\\" not in str(back) else "/"


def read(scope: Mapping[str, Any], now: int) -> Attempt | None:
    """The sign-in that an ASGI scope's browser has under way."""
    value = cookies.value_of(scope, NAME) or ""
    secret, _, content = value.partition(".")
    if len(value) > LONGEST or sessions.TOKEN.fullmatch(secret) is None:
        return None
    try:
        fields = json.loads(base64.urlsafe_b64decode(content + "=" * (-len(content) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return None
    if not _is_valid(fields) or not 0 <= now - fields[0] < LIFETIME:
        return None
    return Attempt(secret, *fields)


def set_cookie(value: str, *, secure: bool) -> str:
    """The Set-Cookie header for a sign-in; an empty value removes the cookie."""
    max_age = LIFETIME // 1000 if value else 0
    return f"{NAME}={value}; Max-Age={max_age}; Path=/; HttpOnly; SameSite=Lax" + ("; Secure" if secure else "")


def _is_valid(fields: object) -> bool:
    if not isinstance(fields, list) or [type(field) for field in fields] != [int, bool, str, str, str]:
        return False
    _, _, redirect_uri, origin, back = fields
    return len(redirect_uri) <= LONGEST_REDIRECT and ORIGIN.fullmatch(origin) is not None and own_path(back) == back
