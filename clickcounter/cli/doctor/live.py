"""The socket of the pages, opened through the address that visitors use, as a page opens it."""

import contextlib
import json
import time
import uuid

from websockets.exceptions import InvalidStatus, WebSocketException
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from clickcounter.cli.doctor.address import Address
from clickcounter.cli.doctor.findings import Finding, Findings, ok, wrong
from clickcounter.settings import Settings

OPENED_WITHIN = 10.0  # seconds
SLACK = 3.0  # seconds that a ping may be late
LONGEST_INTERVAL = 30.0  # of pings
PING, PONG = "2", "3"  # Engine.IO
FOREIGN = "http://foreign.invalid"
PASSING = "The proxy must pass on the socket with Upgrade and Connection: docs/troubleshooting.md"


def check_socket(address: Address, settings: Settings) -> Findings:
    """A page's socket, and one of a foreign page, which must be refused."""
    try:
        with _open(address, address.origin) as socket:
            yield ok("socket", "A page's websocket opens.")
            yield _kept_up(socket)
    except InvalidStatus as error:
        yield _refused(address, error.response.status_code, settings)
        return
    except (OSError, WebSocketException, ValueError) as error:
        said = " ".join(str(error).split()) or type(error).__name__
        yield wrong("socket", f"A page's websocket does not open: {said}.", PASSING)
        return
    yield _foreign(address)


def _open(address: Address, origin: str) -> ClientConnection:
    from clickcounter.socket.protocol import NAMESPACE  # loads Reflex, which takes longer than most commands

    url = f"{address.url.replace('http', 'ws', 1)}{NAMESPACE}/?EIO=4&transport=websocket&token={uuid.uuid4()}"
    # A proxy of the environment is not on the visitors' way.
    return connect(url, origin=Origin(origin), open_timeout=OPENED_WITHIN, close_timeout=1, compression=None, proxy=None)


def _refused(address: Address, status: int, settings: Settings) -> Finding:
    if status == 403:
        listed = ", ".join(settings.origins) or "nothing"
        said = f"Pages of {address.origin} may not open the socket; REFLEX_CORS_ALLOWED_ORIGINS lists {listed}."
        return wrong("origin", said, "Add this origin there, or let the proxy pass on Host.")
    return wrong("socket", f"A page's websocket is answered with {status} instead of 101.", PASSING)


def _kept_up(socket: ClientConnection) -> Finding:
    """The server's greeting, the namespace, and a ping of its own accord: nothing holds messages back."""
    from clickcounter.socket.protocol import CONNECT

    greeting = json.loads(str(socket.recv(OPENED_WITHIN)).removeprefix("0"))
    interval = min(int(greeting["pingInterval"]) / 1000, LONGEST_INTERVAL)
    socket.send(CONNECT)
    began, came = time.monotonic(), set[str]()
    with contextlib.suppress(TimeoutError):
        while PING not in came:
            came.add(str(socket.recv(max(0.0, began + interval + SLACK - time.monotonic()))))
    if not any(message.startswith(CONNECT) for message in came):
        return wrong("pings", "The socket opens, but nothing comes back on it.", PASSING)
    if PING not in came:
        said = f"No ping came within {interval + SLACK:.0f} s."
        return wrong("pings", said, "A proxy must not buffer the socket (nginx: proxy_buffering off).")
    socket.send(PONG)
    return ok("pings", f"The server's ping came after {time.monotonic() - began:.1f} s.")


def _foreign(address: Address) -> Finding:
    try:
        with _open(address, FOREIGN):
            advice = "The proxy must not remove or rewrite Origin, nor set X-Forwarded-Host from the request."
            return wrong("origin", "Pages of any site may open the socket with their visitors' cookies.", advice)
    except InvalidStatus as error:
        if error.response.status_code == 403:
            return ok("origin", f"Pages of {address.origin} may open the socket, others may not.")
        return wrong("origin", f"A foreign page's socket is answered with {error.response.status_code}.", PASSING)
    except (OSError, WebSocketException) as error:
        return wrong("origin", f"A foreign page's socket ends with {error}.", PASSING)
