"""Is this process alive, and may it be sent work?

`/healthz` says that the process answers. `/readyz` is 503 where the database cannot be written. A dead relay is told but
keeps the process in: it counts rightly without, only slower, and all processes would be out at once.
"""

import asyncio
import time

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from clickcounter.errors import Later
from clickcounter.live.pipeline import running

FRESH = 1.0  # seconds an answer about the database holds; the probe takes the write lock, and anybody may ask
PATIENCE = 4.0  # seconds; a database that says nothing for so long is down
RELAY = {None: "off", True: "ok", False: "down"}


class Readiness:
    """Asks the database at most once in FRESH seconds, however many ask us."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._asked_at = float("-inf")
        self._database = ""
        self._probe: asyncio.Future[bool] | None = None

    async def __call__(self, _request: Request) -> JSONResponse:
        """The answer to `/readyz`."""
        async with self._lock:
            if time.monotonic() - self._asked_at >= FRESH:
                self._database = await self._ask()
                self._asked_at = time.monotonic()
        try:
            relay = RELAY[running().relay_alive]
        except Later:
            relay = "down"
        parts = {"database": self._database, "relay": relay}
        return JSONResponse(parts, 200 if self._database == "ok" else 503)

    async def _ask(self) -> str:
        if self._probe is None or self._probe.done():  # a database that hangs is not asked twice
            self._probe = asyncio.ensure_future(self._probe_once())
        done, _ = await asyncio.wait({self._probe}, timeout=PATIENCE)
        return "ok" if done and self._probe.result() else "down"

    @staticmethod
    async def _probe_once() -> bool:
        try:
            await running().check_writable()
        except Later:
            return False
        return True


async def alive(_request: Request) -> JSONResponse:
    """The answer to `/healthz`."""
    return JSONResponse({"process": "ok"})


def routes() -> list[Route]:
    """The two addresses."""
    return [Route("/healthz", alive), Route("/readyz", Readiness().__call__)]
