"""How granian listens: on IPv6 as well, with room for connections that do nothing, and without waiting for readers for ever.

Reflex starts granian with its defaults. Those listen on IPv4 alone and accept no more than 1024 connections that have not
become a websocket: as many as one machine opens at once, and then nobody gets in until they are closed.
"""

import os
import socket
from collections.abc import Awaitable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from granian.http import HTTP1Settings

from clickcounter.socket.asgi import ASGIApp, Receive, Scope, Send
from clickcounter.socket.reflex_internals import replace_server

if TYPE_CHECKING:
    from granian.server.mp import MPServer as Granian
else:
    from granian.server import Server as Granian

EVERYWHERE_IPV4, EVERYWHERE = "0.0.0.0", "::"  # noqa: S104
MOST_FILES = 65_536  # what a process may open, if the system allows it
MOST_CONNECTIONS = 8192  # that are no websocket, per worker; an idle one takes 3 kB
OPTIONS = {"address", "backlog", "backpressure", "http1_settings"}  # that are set here
LONGEST_HEADERS = 64 * 1024  # bytes that wait for the end of a request's headers; granian's default is 400 kB


class Server(Granian):
    """Granian as this project wants it; what is passed in wins."""

    def __init__(self, *args: Any, address: str = EVERYWHERE_IPV4, **kwargs: Any) -> None:
        options: dict[str, Any] = {
            "address": every_address(address),
            "backlog": 4096,
            "backpressure": min(raise_file_limit() // 2, MOST_CONNECTIONS),
            "http1_settings": HTTP1Settings(max_buffer_size=LONGEST_HEADERS),
        }
        super().__init__(*args, **(options | kwargs))


def prepare() -> None:
    """Let Reflex start this server in granian's place."""
    replace_server(Server)


def every_address(address: str) -> str:
    """The address of all IPv6 and IPv4 addresses in place of all IPv4 addresses, where one socket can listen on both."""
    if address != EVERYWHERE_IPV4 or not socket.has_ipv6:
        return address
    with suppress(OSError), socket.socket(socket.AF_INET6) as trial:
        if not trial.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY):
            trial.bind((EVERYWHERE, 0))
            return EVERYWHERE
    return address


def raise_file_limit() -> int:
    """Let this process, and those that it starts, open as many files and sockets as the system allows; return how many."""
    try:
        import resource  # not on Windows
    except ImportError:
        return MOST_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return MOST_FILES if soft == resource.RLIM_INFINITY else soft
    with suppress(OSError, ValueError):  # some systems have a lower limit than they say
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def closes_unread(app: ASGIApp, seconds: float) -> ASGIApp:
    """The ASGI app on connections that the system closes if what was sent is not read, or not received, within that time.

    Accepted connections inherit this from the socket that listens, which exists when the first of them arrives. Only Linux
    can do it; elsewhere a proxy must.
    """
    pending = [seconds]

    def route(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if pending and scope["type"] != "lifespan":
            _set_on_listeners(pending.pop())
        return app(scope, receive, send)

    return route


def _set_on_listeners(seconds: float) -> None:
    option = getattr(socket, "TCP_USER_TIMEOUT", None)
    if option is None:
        return
    for file in os.listdir("/proc/self/fd"):
        with suppress(OSError), socket.socket(fileno=os.dup(int(file))) as found:
            internet = found.family in (socket.AF_INET, socket.AF_INET6)
            if internet and found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                found.setsockopt(socket.IPPROTO_TCP, option, int(seconds * 1000))
