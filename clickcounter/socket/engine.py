"""Two functions in place of Engine.IO's own: a tab that has left leaves memory at once, and one that stays needs less.

Engine.IO makes a class for each connection, which refers to all that belongs to it: that would stay until a full collection
of garbage. And it lets a task sleep until a socket's next ping, whether or not its page has left meanwhile.
"""

import asyncio
import re
import time
from inspect import getfile, getsource
from pathlib import Path
from typing import Any

from starlette.types import Receive, Scope, Send

from clickcounter.socket.reflex_internals import find

HEADERS = {
    b"upgrade": "HTTP_UPGRADE",
    b"connection": "HTTP_CONNECTION",
    b"sec-websocket-protocol": "HTTP_SEC_WEBSOCKET_PROTOCOL",
}
OTHERS = {"REQUEST_METHOD", "QUERY_STRING", "REMOTE_ADDR", "asgi.scope", "asgi.receive", "asgi.send"}
NEVER_ASKED = {"HTTP_ORIGIN", "HTTP_ACCEPT_ENCODING"}  # origins are ours, see web/origins.py; a websocket has no body

_request: Any = find("engineio.async_server", "AsyncServer.handle_request", "socket/engine.py")
_socket: Any = find("engineio.async_socket", "AsyncSocket", "socket/engine.py")
_packet: Any = find("engineio.packet", "Packet", "socket/engine.py")
_PING: int = find("engineio.packet", "PING", "socket/engine.py")
_translate: Any = find("engineio.async_drivers.asgi", "translate_request", "socket/engine.py")
_close: Any = find("engineio.async_socket", "AsyncSocket.close", "socket/engine.py")
_schedule: Any = find("engineio.async_socket", "AsyncSocket.schedule_ping", "socket/engine.py")
_send: Any = find("engineio.async_socket", "AsyncSocket._send_ping", "socket/engine.py")


def lighten(app: Any) -> None:
    """Use both for all connections that are yet to come."""
    app.sio.eio._async = app.sio.eio._async | {"translate_request": _environ_of}
    _socket.ping_timer = None
    _socket.schedule_ping, _socket.close = _schedule_ping, _close_without_ping


def fits(app: Any) -> bool:
    """Whether Engine.IO's own functions do what ours do, and nobody reads more of a request than there is."""
    ping, schedule = getsource(_send), getsource(_schedule)
    parts = ("sleep(self.server.ping_interval)", "self.last_ping = time.time()", "packet.PING")
    source = getsource(_request) + Path(getfile(type(app.event_namespace))).read_text(encoding="utf-8")
    read = set(re.findall(r"""\benviron(?:\.get\(|\[)["']([^"']+)""", source))
    return (
        "if self.last_ping:" in schedule
        and "(self._send_ping)" in schedule
        and all(part in ping for part in parts)
        and "translate_request(*args, **kwargs)" in source
        and bool(read)
        and read <= OTHERS | {*HEADERS.values()} | NEVER_ASKED
    )


async def _environ_of(scope: Scope, receive: Receive, send: Send) -> dict[str, Any]:
    """A websocket's request, as far as it is read."""
    if scope["type"] != "websocket":
        environ: dict[str, Any] = await _translate(scope, receive, send)
        return environ
    if (await receive())["type"] != "websocket.connect":
        return {}
    query = scope.get("query_string", b"").decode("utf-8", "replace")
    environ = {"REQUEST_METHOD": "GET", "QUERY_STRING": query, "REMOTE_ADDR": "127.0.0.1"}
    environ |= {"asgi.scope": scope, "asgi.receive": receive, "asgi.send": send}
    for name, value in scope["headers"]:
        if name in HEADERS:
            environ[HEADERS[name]] = value.decode("latin-1")
    return environ


def _schedule_ping(self: Any) -> None:
    if self.last_ping:  # unless one is under way
        self.last_ping = None
        self.ping_timer = asyncio.get_running_loop().call_later(self.server.ping_interval, _ping, self)


def _ping(socket: Any) -> None:
    if not socket.closing and not socket.closed:
        socket.last_ping = time.time()
        socket.server.start_background_task(socket.send, _packet(_PING))


async def _close_without_ping(self: Any, *arguments: Any, **named: Any) -> None:
    if self.ping_timer is not None:
        self.ping_timer.cancel()
    await _close(self, *arguments, **named)
