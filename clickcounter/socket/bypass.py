"""A page's socket bypasses the web framework.

Otherwise it passes three Starlette applications, each with its middleware, router and copy of the scope: two dozen
coroutines that wait as long as the tab is open, 10 kB a tab. All they do for a websocket is find Reflex's socket server,
which stays where it is.
"""

from collections.abc import Awaitable
from typing import Any

from clickcounter.socket.asgi import ASGIApp, Receive, Scope, Send
from clickcounter.socket.reflex_internals import EVENT_PATH, context_setter, socket_app


def bypass(app: Any, served: ASGIApp) -> ASGIApp:
    """The ASGI app `served`, which sockets bypass. It is no coroutine itself: that would wait with the tab, too."""
    sockets, set_contexts = socket_app(app), context_setter(app)

    def route(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if sockets is None or scope["type"] != "websocket" or scope["path"].rstrip("/") != EVENT_PATH:
            return served(scope, receive, send)
        set_contexts()  # the one thing that Reflex's own middleware does for a websocket
        return sockets(scope, receive, send)

    return route
