"""A page's socket goes past the web framework.

On its usual way it passes three Starlette applications, each with its middleware, router and copy of the scope: two dozen
coroutines that wait as long as the tab is open, 10 kB a tab. None of them does anything for a websocket but find Reflex's
socket server, whose place does not change.
"""

from collections.abc import Callable
from typing import Any

PATH = "/_event"  # where Reflex's pages look for their socket


def socket_app(app: Any) -> Any:
    """Reflex's socket server as an ASGI app; None where this Reflex keeps it elsewhere."""
    found = (getattr(route, "app", None) for route in app._api.routes if getattr(route, "path", None) == PATH)
    return next(found, None)


def bypass(app: Any, served: Any) -> Callable[[Any, Any, Any], Any]:
    """The ASGI app `served`, past which sockets go. No coroutine of its own: it would wait with the tab, too."""
    sockets = socket_app(app)

    def pass_by(scope: Any, receive: Any, send: Any) -> Any:
        if sockets is None or scope["type"] != "websocket" or scope["path"].rstrip("/") != PATH:
            return served(scope, receive, send)
        app._set_contexts_internal()  # the one thing that the way past Reflex's own middleware leaves out
        return sockets(scope, receive, send)

    return pass_by
