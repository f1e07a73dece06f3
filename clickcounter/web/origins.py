"""Which pages may open a socket, or ask for something to be done.

Those of this very host, on any of its ports, as cookies have it too, and those of the origins that the settings name. This
machine goes by several names. A browser says in each such request whose page asks, and no page can change that; what comes
without an Origin is no page, so it is let in. Reflex would let in everybody, cookies and all, and is told nothing of this:
one door is enough.
"""

import logging
from collections.abc import Awaitable, Callable, Collection
from typing import Any
from urllib.parse import urlsplit

from starlette.responses import JSONResponse, Response

from clickcounter.errors import Refused
from clickcounter.i18n.errors import sentences_of

log = logging.getLogger(__name__)

SAFE = ("GET", "HEAD", "OPTIONS")
MOST_NAMED = 100  # foreign origins that the log names, each once
CODE = "origin"

Answered = Callable[[Any, Any, Any], Awaitable[None]]


class Origins:
    """The door of one process."""

    def __init__(self, named: Collection[str]) -> None:
        self._named = frozenset(named)
        self._told: set[str] = set()

    def allows(self, scope: Any) -> bool:
        """Whether this request or socket may do something."""
        asked = [value.decode("latin-1").lower() for name, value in scope["headers"] if name == b"origin"]
        return not asked or all(self._is_ours(origin, scope) for origin in asked)

    def _is_ours(self, origin: str, scope: Any) -> bool:
        if origin in self._named:
            return True
        try:
            found = urlsplit(origin)
            hosts = {_name(urlsplit(f"//{host.strip()}").hostname) for host in _hosts(scope)}
            return found.scheme in ("http", "https") and found.port != 0 and _name(found.hostname) in hosts - {None}
        except ValueError:
            return False

    def guard(self, app: Any) -> Any:
        """The ASGI app behind this door. No coroutine of its own where it is open: it would wait with the tab, too."""

        def door(scope: Any, receive: Any, send: Any) -> Any:
            kind = scope["type"]
            harmless = kind == "lifespan" or (kind == "http" and scope["method"] in SAFE)
            if harmless or self.allows(scope):
                return app(scope, receive, send)
            self._tell(scope)
            return _refuse_socket(receive, send) if kind == "websocket" else refusal()(scope, receive, send)

        return door

    def shared(self, app: Any) -> Any:
        """The ASGI app, whose answers a page of another origin may read, with its cookies, where that origin is let in."""

        async def with_origin(scope: Any, receive: Any, send: Any) -> None:
            origin = next((value for name, value in scope.get("headers", ()) if name == b"origin"), None)
            if scope["type"] != "http" or origin is None or not self.allows(scope):
                await app(scope, receive, send)
                return
            said = [(b"access-control-allow-origin", origin), (b"access-control-allow-credentials", b"true")]
            if scope["method"] == "OPTIONS":
                await _preflight(said)(scope, receive, send)
                return

            async def sending(message: Any) -> None:
                if message["type"] == "http.response.start":
                    kept = [pair for pair in message.get("headers", ()) if not pair[0].startswith(b"access-control-")]
                    message["headers"] = [*kept, *said, (b"vary", b"Origin")]
                await send(message)

            await app(scope, receive, sending)

        return with_origin

    def _tell(self, scope: Any) -> None:
        origin = next(value for name, value in scope["headers"] if name == b"origin").decode("latin-1")[:200]
        if origin not in self._told and len(self._told) < MOST_NAMED:
            self._told.add(origin)
            log.warning("%r is not an accepted origin; REFLEX_CORS_ALLOWED_ORIGINS names those that are", origin)


def _name(host: str | None) -> str | None:
    return "localhost" if host in ("127.0.0.1", "::1") else host


def refusal() -> Response:
    """The answer to a page that may not ask."""
    return JSONResponse({"error": CODE, "sentences": sentences_of(Refused(CODE)).as_dict()}, 403)


def _hosts(scope: Any) -> list[str]:
    """By which names the browser may know this server; a page cannot send either header."""
    names = (b"host", b"x-forwarded-host")
    return [value.decode("latin-1").lower().split(",")[0] for name, value in scope["headers"] if name in names]


def _preflight(said: list[tuple[bytes, bytes]]) -> Response:
    answer = Response(status_code=204)
    more = [
        (b"access-control-allow-methods", b"GET, POST"),
        (b"access-control-allow-headers", b"content-type, x-click-counter"),
    ]
    answer.raw_headers.extend([*said, *more, (b"access-control-max-age", b"600"), (b"vary", b"Origin")])
    return answer


async def _refuse_socket(receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "websocket.close", "code": 1008, "reason": CODE})
