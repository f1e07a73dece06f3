"""Which pages may open a socket or send a request that changes something.

Pages of this very host, on any of its ports, as with cookies, and pages of the origins in the settings. localhost and its
addresses are one host. A browser sends the page's Origin with each such request, and no page can change that; a request
without an Origin comes from no page and is accepted. Reflex itself accepts every origin, cookies included, so that this is
the only check.
"""

import logging
from collections.abc import Awaitable, Collection
from urllib.parse import urlsplit

from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from clickcounter.errors import Refused
from clickcounter.i18n.errors import sentences_of

log = logging.getLogger(__name__)

SAFE = ("GET", "HEAD", "OPTIONS")
MOST_LOGGED = 100  # foreign origins, each once
CODE = "origin"
OPEN = ("/api/", "/get/", "/hit/", "/create", "/info/", "/set/", "/update/", "/reset/", "/delete/", "/stream/", "/stats")
PAGES = [
    (b"access-control-allow-methods", b"GET, POST"),
    (b"access-control-allow-headers", b"content-type, x-click-counter"),
]
PROGRAMS = [
    (b"access-control-allow-methods", b"GET, HEAD, POST, PATCH, DELETE"),
    (
        b"access-control-allow-headers",
        b"authorization, click-counter-device, content-type, idempotency-key, if-none-match, last-event-id",
    ),
]
EXPOSED = (b"access-control-expose-headers", b"ETag, Location, RateLimit, RateLimit-Policy, Retry-After, X-Path")

Header = tuple[bytes, bytes]

_current: "Origins | None" = None


def is_allowed(scope: Scope) -> bool:
    """Whether this process's check allows the page that sends this request; no page is, before the app is created."""
    return _current is not None and _current.allows(scope)


class Origins:
    """The check of one process; `configured` are the origins from the settings."""

    def __init__(self, configured: Collection[str]) -> None:
        global _current
        _current = self
        self._configured = frozenset(configured)
        self._logged: set[str] = set()

    def allows(self, scope: Scope) -> bool:
        """Whether the page that sends this request or opens this socket may do so."""
        origins = [value.decode("latin-1").lower() for name, value in scope["headers"] if name == b"origin"]
        return all(self._is_allowed(origin, scope) for origin in origins)

    def _is_allowed(self, origin: str, scope: Scope) -> bool:
        if origin in self._configured:
            return True
        try:
            found = urlsplit(origin)
            hosts = {_name(urlsplit(f"//{host.strip()}").hostname) for host in _hosts(scope)}
            bare = found.scheme in ("http", "https") and "@" not in found.netloc  # as browsers send it
            return bare and found.port != 0 and _name(found.hostname) in hosts - {None}
        except ValueError:
            return False

    def guard(self, app: ASGIApp) -> ASGIApp:
        """The ASGI app behind this check, which adds no coroutine of its own: one would stay in memory for each tab."""

        def checked(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
            kind = scope["type"]
            harmless = kind == "lifespan" or (kind == "http" and scope["method"] in SAFE)
            if harmless or self.allows(scope):
                return app(scope, receive, send)
            if is_open(scope):
                return app(without_cookies(scope), receive, send)
            self._log(scope)
            return _refuse_socket(receive, send) if kind == "websocket" else refusal()(scope, receive, send)

        return checked

    def shared(self, app: ASGIApp) -> ASGIApp:
        """The ASGI app with CORS: pages of allowed origins may read its answers and send cookies."""

        async def with_cors(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            cors = self._cors(scope)
            if cors is not None and scope["method"] == "OPTIONS":
                await _preflight(cors, PROGRAMS if is_open(scope) else PAGES)(scope, receive, send)
                return

            async def sending(message: Message) -> None:
                if message["type"] == "http.response.start":
                    message["headers"] = _with_cors(list(message.get("headers", ())), cors)
                await send(message)

            await app(scope, receive, sending)

        return with_cors

    def _cors(self, scope: Scope) -> list[Header] | None:
        """What tells a browser that a page may read the answer: with cookies, or anybody's without; None: it may not."""
        origin = next((value for name, value in scope["headers"] if name == b"origin"), None)
        if origin is None:
            return None
        exposed = [EXPOSED] if is_open(scope) else []
        if self.allows(scope):
            return [(b"access-control-allow-origin", origin), (b"access-control-allow-credentials", b"true"), *exposed]
        return [(b"access-control-allow-origin", b"*"), *exposed] if exposed else None

    def _log(self, scope: Scope) -> None:
        origin = next(value for name, value in scope["headers"] if name == b"origin").decode("latin-1")[:200]
        if origin not in self._logged and len(self._logged) < MOST_LOGGED:
            self._logged.add(origin)
            log.warning("%r is not an accepted origin; REFLEX_CORS_ALLOWED_ORIGINS names those that are", origin)


def _name(host: str | None) -> str | None:
    return "localhost" if host in ("127.0.0.1", "::1") else host


def refusal() -> Response:
    """The answer to a page of a foreign origin."""
    return JSONResponse({"error": CODE, "sentences": sentences_of(Refused(CODE)).as_dict()}, 403)


def _hosts(scope: Scope) -> list[str]:
    """The names by which the browser may know this server; a page cannot set either header."""
    names = (b"host", b"x-forwarded-host")
    return [value.decode("latin-1").lower().split(",")[0] for name, value in scope["headers"] if name in names]


def _with_cors(headers: list[Header], cors: list[Header] | None) -> list[Header]:
    """The headers with ours in place of Reflex's, and one Vary that names each header once: several layers add Origin."""
    varied = [part.strip() for name, value in headers if name.lower() == b"vary" for part in value.split(b",")]
    kept = [pair for pair in headers if pair[0].lower() != b"vary"]
    if cors is not None:
        kept = [*(pair for pair in kept if not pair[0].startswith(b"access-control-")), *cors]
        varied.append(b"Origin")
    return [*kept, (b"vary", b", ".join({part.lower(): part for part in varied}.values()))] if varied else kept


def _preflight(cors: list[Header], more: list[Header]) -> Response:
    answer = Response(status_code=204)
    answer.raw_headers.extend([*cors, *more, (b"access-control-max-age", b"600"), (b"vary", b"Origin")])
    return answer


def is_open(scope: Scope) -> bool:
    """Whether this is an API for programs, which any page may use as any program may: without the visitor's cookies."""
    return scope["type"] == "http" and str(scope["path"]).startswith(OPEN)


def without_cookies(scope: Scope) -> Scope:
    """The same request as nobody's."""
    return {**scope, "headers": [pair for pair in scope["headers"] if pair[0] != b"cookie"]}


async def _refuse_socket(receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "websocket.close", "code": 1008, "reason": CODE})
