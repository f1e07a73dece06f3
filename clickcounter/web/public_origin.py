"""The scheme and host by which the browser knows this server, behind proxies too."""

import re

from starlette.types import Scope

from clickcounter.web.client_address import is_https

HOST = re.compile(r"[A-Za-z0-9._-]+(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?")


def address(scope: Scope, path: str) -> str | None:
    """The whole address of a path of ours, as the browser knows it."""
    origin = of(scope)
    return origin and f"{origin}{path}"


def of(scope: Scope) -> str | None:
    """Such as https://example.org; None where the request names no host. A page of another site cannot set either header."""
    headers = {name: value.decode("latin-1") for name, value in scope["headers"] if name in (b"host", b"x-forwarded-host")}
    host = headers.get(b"x-forwarded-host", headers.get(b"host", "")).split(",")[0].strip().lower()
    return f"{'https' if is_https(scope) else 'http'}://{host}" if HOST.fullmatch(host) else None
