"""Redirects that stay on the address in the browser's address bar.

Starlette redirects /account to /account/ under the scheme and host that this server sees. Behind a proxy these may be others
than the browser's, so a redirect to our own host names the path alone: with the path below which this instance is served.
"""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOCATION = b"location"
CREATED = 201


def with_relative_redirects(app: ASGIApp, path: str = "") -> ASGIApp:
    """The ASGI app, whose redirects to its own host name neither scheme nor host, but the path below which it is."""
    below = path.encode()

    async def relative(scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start" and (300 <= message["status"] < 400 or message["status"] == CREATED):
                message["headers"] = [
                    (name, _relative(value, scope, below) if name.lower() == LOCATION else value)
                    for name, value in message.get("headers", ())
                ]
            await send(message)

        await app(scope, receive, sending if scope["type"] == "http" else send)

    return relative


def _relative(location: bytes, scope: Scope, below: bytes) -> bytes:
    """The path and query of an address on this host; any other address as it is."""
    host = dict(scope["headers"]).get(b"host")
    for here in (b"http://%b/" % host, b"https://%b/" % host) if host else ():
        if location.startswith(here):
            return below + b"/" + location.removeprefix(here).lstrip(b"/\\")  # "//name" would be another host
    return below + location if location.startswith(b"/") and not location.startswith(b"//") else location
