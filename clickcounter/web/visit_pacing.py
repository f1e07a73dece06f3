"""Addresses whose tabs leave as soon as they have come: their next tabs open at a pace.

To open a tab costs the server as much as fifty presses, and a script can do it without end. People stay, also those who come
back all at once after a restart; a page that is closed at once is no reason to wait, two dozen of them are.
"""

import asyncio
import time
from collections import OrderedDict

from starlette.types import ASGIApp, Receive, Scope, Send

from clickcounter.access.rate_limits import MAX_KEYS, RateLimiter
from clickcounter.web.client_address import address as client_address

SHORT = 2.0  # seconds; who leaves sooner has hardly seen the number
SHORT_VISITS, SHORT_VISITS_A_SECOND = 24, 4  # of an address, before it has to wait
PACED_FOR = 10.0  # seconds after one visit too many
GAP = 0.04  # seconds between two of its tabs
LONGEST_LINE = 5.0  # seconds; a page tries again by itself


class Visits:
    """Websockets by client address; `hops` is the number of our own proxies."""

    def __init__(self, hops: int) -> None:
        self._hops = hops
        self._short = RateLimiter(SHORT_VISITS, SHORT_VISITS_A_SECOND)
        self._paced: OrderedDict[str, tuple[float, float]] = OrderedDict()  # until when, and when the next tab may open

    def before(self, app: ASGIApp) -> ASGIApp:
        """The ASGI app, whose websockets open at a pace where they must."""

        async def paced(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "websocket":
                await app(scope, receive, send)
                return
            address = client_address(scope, self._hops)
            wait = self._wait(address, time.monotonic())
            if wait > LONGEST_LINE:
                await receive()
                await send({"type": "websocket.close"})
                return
            if wait:
                await asyncio.sleep(wait)
            came = time.monotonic()
            try:
                await app(scope, receive, send)
            finally:
                self._left(address, came, time.monotonic())

        return paced

    def _wait(self, address: str, now: float) -> float:
        """The seconds until the address's next tab may open."""
        until, due = self._paced.get(address, (0.0, 0.0))
        if until <= now:
            self._paced.pop(address, None)
            return 0.0
        due = max(due, now)
        if due - now <= LONGEST_LINE:
            self._paced[address] = (until, due + GAP)
        return due - now

    def _left(self, address: str, came: float, now: float) -> None:
        if now - came < SHORT and self._short.wait(address, now):
            _, due = self._paced.pop(address, (0.0, now))
            self._paced[address] = (now + PACED_FOR, due)
            if len(self._paced) > MAX_KEYS:
                self._paced.popitem(last=False)
