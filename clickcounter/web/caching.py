"""How long browsers may keep the front end's files.

Names under /assets/ carry a hash of their content, so such a file never changes and a second visit asks for none of them.
Everything else is asked for anew each time, which costs a 304: a new version is seen at once. Reflex's server says nothing
of that, so browsers guess; and it says of each file that it depends on who asks (Vary: Origin), as its API may. Pages ask
with an Origin, the service worker without, so that each threw away what the other had kept.
"""

from typing import Any

FOR_EVER = b"public, max-age=31536000, immutable"
FOR_A_WEEK = b"public, max-age=604800"  # fonts: one that changes gets another name
ASK_AGAIN = b"no-cache"

OURS = (b"vary", b"cache-control")
FOR_OTHER_ORIGINS = b"access-control-"


def lifetime(path: str) -> bytes:
    """The Cache-Control of a file of the front end. deploy/nginx.conf says the same."""
    if path.startswith("/assets/"):
        return FOR_EVER
    return FOR_A_WEEK if path.startswith("/fonts/") else ASK_AGAIN


def with_cache_lifetimes(app: Any) -> Any:
    """The ASGI app, with a lifetime for each file that it serves."""

    async def with_lifetimes(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return

        async def sending(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _headers(message, scope["path"])
            await send(message)

        await app(scope, receive, sending)

    return with_lifetimes


def _headers(message: Any, path: str) -> list[tuple[bytes, bytes]]:
    """Only files have an ETag here; an answer of the API is left as it is, and so is an error."""
    headers = list(message.get("headers", ()))
    if message["status"] not in (200, 206, 304) or not any(name.lower() == b"etag" for name, _ in headers):
        return headers
    kept = [(n, v) for n, v in headers if n.lower() not in OURS and not n.lower().startswith(FOR_OTHER_ORIGINS)]
    return [*kept, (b"vary", b"Accept-Encoding"), (b"cache-control", lifetime(path))]
