"""Serves the metrics on a port of their own, which no proxy passes on; one thread, one request at a time.

Each worker takes the first free port, and Prometheus adds them up. The other way, prometheus-client's files shared by all
workers, would write to a file at every increment, and could not collect when asked.
"""

import asyncio
import contextlib
import errno
import logging
import os
import socket
import socketserver
import threading
from collections.abc import AsyncIterator
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from prometheus_client import CollectorRegistry, make_wsgi_app
from prometheus_client.process_collector import ProcessCollector as SystemCollector
from prometheus_client.registry import Collector

from clickcounter.live.tasks import cancel_all
from clickcounter.metrics import loop_lag

log = logging.getLogger(__name__)

MOST_WORKERS = 64  # how many ports are tried
TIMEOUT = 2.0  # seconds for a request to arrive and for its answer to be read
STOP_WITHIN = 0.1  # seconds


class _Handler(WSGIRequestHandler):
    timeout = TIMEOUT

    def log_message(self, *_: object) -> None:
        """Requests are not logged."""


class _Server(WSGIServer):
    allow_reuse_address = os.name == "posix"  # on Windows it would let two workers share one port

    def server_bind(self) -> None:
        """Bind without asking the DNS for this machine's name."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])
        self.setup_environ()

    def handle_error(self, *_: object) -> None:
        """A client that left or never asked is not worth a traceback."""
        log.debug("a request for metrics failed", exc_info=True)


class _IPv6Server(_Server):
    address_family = socket.AF_INET6


@contextlib.asynccontextmanager
async def serving(address: tuple[str, int] | None, collector: Collector) -> AsyncIterator[None]:
    """Metrics can be scraped inside; a port that cannot be had is logged, because counting matters more."""
    server = await asyncio.to_thread(_listen, *address) if address else None
    if server is None:
        yield
        return
    registry = CollectorRegistry()
    registry.register(collector)
    SystemCollector(registry=registry)
    server.set_app(make_wsgi_app(registry))
    threading.Thread(target=server.serve_forever, args=(STOP_WITHIN,), name="metrics", daemon=True).start()
    lag = asyncio.create_task(loop_lag.measure())
    try:
        yield
    finally:
        await cancel_all([lag])
        await asyncio.to_thread(server.shutdown)
        server.server_close()


def _listen(host: str, first: int) -> _Server | None:
    kind = _IPv6Server if ":" in host else _Server
    for port in range(first, min(first + MOST_WORKERS, 65_536)):
        try:
            server = kind((host, port), _Handler)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                log.error("no metrics at %s, port %d: %s", host, port, error)  # noqa: TRY400
                return None
        else:
            log.info("metrics at http://%s:%d/metrics", f"[{host}]" if ":" in host else host, port)
            return server
    log.error("no metrics at %s: no port from %d on is free", host, first)
    return None
