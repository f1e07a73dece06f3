"""Who sends an HTTP request: the key in its Authorization header; otherwise the session in its cookie."""

import reflex as rx
from starlette.requests import Request
from starlette.types import Scope

from clickcounter.access.cookies import session_hash
from clickcounter.access.keys import caller_with
from clickcounter.domain.clicks import Caller
from clickcounter.services.validation import secret_sha256
from clickcounter.web import client_address, origins

DEVICE = "click-counter-device"  # a program without a key may send a secret of its own, as a browser does


def caller_of(request: Request) -> Caller:
    """The credentials that came with a request; a key counts alone. Raises Refused, Malformed.

    A malformed key is refused here, an unknown, revoked or expired one (`key_invalid`) by the transaction that is to obey
    it. `device` is None for a program that names none. Any other scheme than Bearer is for a proxy in front of us.
    """
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return caller_with(text.strip())
    device = request.headers.get(DEVICE)
    session = session_hash(request.scope) if request.method in origins.SAFE or origins.is_allowed(request.scope) else None
    return Caller(session, secret_sha256(device) if device is not None else None)


def address_of(scope: Scope) -> str:
    """The address that a request came from, as limits count it."""
    return client_address.address(scope, rx.config.get_config().trusted_proxy_hops)
