"""An instance that is served below a path, such as https://example.org/counter/.

The path is taken off each request here, and put on each redirect by redirects.py; in between the app has the addresses that
it has at a root. A proxy may take the path off before, or leave it on: none of the app's own addresses begins with it, which
settings.py sees to.
"""

from collections.abc import Awaitable

from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from clickcounter.settings import base_path


def here(address: str) -> str:
    """An address of this instance, such as `/c/counter`, as browsers need it: `/counter/c/counter`."""
    return base_path() + address


def below(path: str, app: ASGIApp) -> ASGIApp:
    """The ASGI app below this path; at the root, the app itself. It adds no coroutine: one would stay for each tab."""
    if not path:
        return app
    prefix, raw = f"{path}/", path.encode()

    def serve(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] in ("http", "websocket"):
            if scope["path"] == path and scope["type"] == "http":
                return _redirect(prefix, scope)(scope, receive, send)
            if scope["path"].startswith(prefix):
                scope["path"] = scope["path"].removeprefix(path)
                scope["raw_path"] = (scope.get("raw_path") or scope["path"].encode()).removeprefix(raw)
        return app(scope, receive, send)

    return serve


def _redirect(prefix: str, scope: Scope) -> RedirectResponse:
    query = scope.get("query_string", b"").decode("latin-1")
    return RedirectResponse(f"{prefix}?{query}" if query else prefix, headers={"Cache-Control": "no-cache"})
