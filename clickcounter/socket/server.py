"""Uvicorn, started in the place of the server that Reflex starts, and how it listens.

Reflex starts granian, or gunicorn in another process. Granian's websockets set aside 128 kB each, which nobody can adjust.
Gunicorn is one package and one layer more, and has no Windows. So Reflex gets this class where it expects granian's.
"""

import asyncio
import ctypes
import math
import multiprocessing
import os
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from multiprocessing.connection import wait
from pathlib import Path
from types import FrameType
from typing import Any, ClassVar

import uvicorn

from clickcounter.settings import from_environment
from clickcounter.socket.connections.http_connection import LONGEST_HEADERS, MOST_CONNECTIONS, HttpConnection
from clickcounter.socket.connections.page_socket import PageSocket
from clickcounter.socket.reflex_internals import close_database_connections, replace_server
from clickcounter.socket.streams.connection import StreamConnection

EVERYWHERE_IPV4, EVERYWHERE = "0.0.0.0", "::"  # noqa: S104
MOST_FILES = 65_536  # what a process may open, if the system allows it
BACKLOG = 4096  # connections that wait to be accepted
LONGEST_MESSAGE = 400_000  # bytes of a websocket's message; longer ones end its connection. No page sends a quarter of it
GRACE = 5  # seconds in which requests may end when the server is stopped

Ready = Callable[[], None] | None
Serve = Callable[[socket.socket, Ready], None]


class Server:
    """Stands for granian's class: Reflex creates it and calls `serve`. `options` are those that only granian has."""

    on_ready: ClassVar[Ready] = None  # what the first worker that starts does once it serves

    def __init__(self, target: str, *, address: str, port: int, reload_paths: Sequence[Path] = (), **options: Any) -> None:
        settings = from_environment()
        self._target, self._address, self._port = target, every_address(address), port
        self._client_timeout, self._workers = math.ceil(settings.client_timeout), settings.workers
        self._watched = reload_paths

    def on_reload(self, hook: Callable[[], object]) -> None:
        """Reflex reads its .env file again; a new process does so anyway."""

    def serve(self) -> None:
        """Serve until a signal ends it."""
        HttpConnection.most = min(raise_file_limit() // 2, MOST_CONNECTIONS)
        close_database_connections()
        share_one_heap()
        work = partial(serve_socket, self._target, self._client_timeout)
        workers = 1 if self._watched or sys.platform == "win32" else self._workers
        try:
            sockets = bind(self._address, self._port, workers)
        except OSError as error:
            sys.exit(f"The server cannot listen on port {self._port} of {self._address}: {error.strerror}.")
        for each in sockets:
            close_unread(each, self._client_timeout)
        if self._watched:
            from watchfiles import PythonFilter, run_process  # Reflex brings it for this

            run_process(*self._watched, target=work, args=(sockets[0],), watch_filter=PythonFilter())
        elif workers == 1:
            work(sockets[0], type(self).on_ready)
        else:
            supervise(work, sockets, type(self).on_ready)


class Worker(uvicorn.Server):
    """Ends when the process that started it has ended, even by kill -9. A second signal cuts nothing short."""

    def __init__(self, config: uvicorn.Config, on_ready: Ready) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to serve, then say so in a thread: it may open a browser."""
        await super().startup(sockets)
        if self.started and self._on_ready:
            self._saying = asyncio.create_task(asyncio.to_thread(self._on_ready))

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End in good order."""
        super().handle_exit(signal.SIGTERM, frame)

    async def on_tick(self, counter: int) -> bool:
        """Whether to end; asked ten times a second."""
        parent = multiprocessing.parent_process()
        return await super().on_tick(counter) or (parent is not None and not parent.is_alive())


def prepare() -> None:
    """Let Reflex start this server in granian's place."""
    os.environ["REFLEX_USE_GRANIAN"] = "true"
    replace_server(Server)


def serve_socket(target: str, client_timeout: int, listening: socket.socket, on_ready: Ready = None) -> None:
    """Serve one socket in this process until a signal ends it."""
    end_on_signals()
    config = uvicorn.Config(
        target,
        factory=True,
        interface="asgi3",
        lifespan="on",
        http=StreamConnection,
        h11_max_incomplete_event_size=LONGEST_HEADERS,
        timeout_keep_alive=client_timeout,
        ws=PageSocket,
        ws_max_size=LONGEST_MESSAGE,
        ws_per_message_deflate=False,
        ws_ping_interval=None,  # Engine.IO has its own
        proxy_headers=False,  # web/client_address.py decides whom to believe
        server_header=False,
        backlog=BACKLOG,
        timeout_graceful_shutdown=GRACE,
        access_log=False,
        log_config=None,
        log_level="warning",  # below that, a page's token is logged
    )
    Worker(config, on_ready).run([listening])


def supervise(serve: Serve, sockets: Sequence[socket.socket], on_ready: Ready) -> None:
    """Serve each socket in a process of its own until a signal ends it. One that is killed is replaced."""

    def start(own: socket.socket, ready: Ready = None) -> multiprocessing.Process:
        process = multiprocessing.Process(target=_serve_one, args=(serve, sockets, own, ready))
        process.start()
        return process

    end_on_signals()
    try:
        workers = {start(each, None if number else on_ready): each for number, each in enumerate(sockets)}
        while True:
            wait([worker.sentinel for worker in workers])
            for ended in [worker for worker in workers if worker.exitcode is not None]:
                if (ended.exitcode or 0) > 0:  # it could not start, and would not the next time
                    sys.exit(ended.exitcode)
                own = workers.pop(ended)
                workers[start(own)] = own
    finally:
        _stop(multiprocessing.active_children())


def _serve_one(serve: Serve, sockets: Sequence[socket.socket], own: socket.socket, on_ready: Ready) -> None:
    for each in sockets:
        if each is not own:
            each.close()
    serve(own, on_ready)


def _stop(workers: Sequence[Any]) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    for worker in workers:
        worker.terminate()
    for worker in workers:
        worker.join(3 * GRACE)
        worker.kill()


def end_on_signals() -> None:
    """End this process with 0 on SIGTERM and SIGINT. Uvicorn catches them first, and raises them again at its end."""

    def end(_number: int, _frame: FrameType | None) -> None:
        sys.exit(0)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)


def bind(address: str, port: int, sockets: int) -> list[socket.socket]:
    """So many sockets on one address, between which Linux divides the connections; elsewhere it is one for all.

    They do not listen yet, so that a proxy asks somebody else until the app has started.
    """
    if sockets == 1 or sys.platform != "linux":
        return [_bind(address, port)] * sockets
    _bind(address, port).close()  # fails if somebody else listens there
    return [_bind(address, port, socket.SO_REUSEPORT) for _ in range(sockets)]


def _bind(address: str, port: int, *options: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
    if os.name == "posix":  # on Windows it would let in others
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    for option in options:
        bound.setsockopt(socket.SOL_SOCKET, option, 1)
    if address == EVERYWHERE:
        bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    bound.bind((address, port))
    return bound


def close_unread(listening: socket.socket, seconds: float) -> None:
    """Let the system close accepted connections if what was sent is not read, or not received, within that time.

    They inherit this from the socket that listens. Only Linux can do it; elsewhere a proxy must.
    """
    if option := getattr(socket, "TCP_USER_TIMEOUT", None):
        listening.setsockopt(socket.IPPROTO_TCP, option, int(seconds * 1000))


def share_one_heap() -> None:
    """Let all threads share one heap. By default glibc gives each its own, which keeps what it once took."""
    arena_max, mmap_threshold = -8, -3
    with suppress(OSError, AttributeError):  # another C library
        glibc = ctypes.CDLL("libc.so.6")
        glibc.mallopt(arena_max, 1)
        glibc.mallopt(mmap_threshold, 128 * 1024)  # its default; set, it does not grow with what is freed


def every_address(address: str) -> str:
    """The address of all IPv6 and IPv4 addresses in place of all IPv4 addresses, where one socket can listen on both."""
    if address != EVERYWHERE_IPV4 or not socket.has_dualstack_ipv6():
        return address
    with suppress(OSError), socket.socket(socket.AF_INET6) as trial:
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
