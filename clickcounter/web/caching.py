"""How long browsers may keep the front end's files.

Names under /assets/ carry a hash of their content, so such a file never changes and a second visit requests none of them.
Everything else is revalidated each time, which costs a 304, so that a new version shows at once. Reflex's server sends no
Cache-Control, so browsers would guess; and it sends Vary: Origin with each file, as its API needs. Pages send an Origin and
the service worker does not, so each would evict what the other has cached.
"""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

PARTS = ("/assets/", "/fonts/")  # scripts, styles and fonts of pages
IMMUTABLE = b"public, max-age=31536000, immutable"
ONE_WEEK = b"public, max-age=604800"  # fonts: one that changes gets another name
REVALIDATE = b"no-cache"

REPLACED = (b"vary", b"cache-control")
NEEDLESS = (b"last-modified", b"accept-ranges")  # beside an ETag, for parts that are small and never change
CORS = b"access-control-"  # the start of the headers for other origins


def lifetime(path: str) -> bytes:
    """The Cache-Control of a file of the front end. deploy/nginx.conf says the same."""
    if path.startswith("/assets/"):
        return IMMUTABLE
    return ONE_WEEK if path.startswith("/fonts/") else REVALIDATE


def with_cache_lifetimes(app: ASGIApp) -> ASGIApp:
    """The ASGI app, with a Cache-Control for each file that it serves."""

    async def with_lifetimes(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _headers(message, scope["path"])
            await send(message)

        await app(scope, receive, sending)

    return with_lifetimes


def _headers(message: Message, path: str) -> list[tuple[bytes, bytes]]:
    """Only files have an ETag and no Cache-Control of their own; answers of the API are left alone, and so are errors."""
    headers = list(message.get("headers", ()))
    names = {name.lower() for name, _ in headers}
    if message["status"] not in (200, 206, 304) or b"etag" not in names or b"cache-control" in names:
        return headers
    dropped = REPLACED + (NEEDLESS if path.startswith(PARTS) else ())
    kept = [(n, v) for n, v in headers if n.lower() not in dropped and not n.lower().startswith(CORS)]
    return [*kept, (b"vary", b"Accept-Encoding"), (b"cache-control", lifetime(path))]
