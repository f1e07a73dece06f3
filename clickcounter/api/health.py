"""Is this process alive, and can it take work?

`/healthz` says that the process answers. `/readyz` is 503 where the database cannot be written. A dead relay is reported but
keeps the process in service: it counts correctly without, only slower, and all processes would drop out at once.
"""

import asyncio
import time
from typing import TypedDict

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from clickcounter.services import monitoring
from clickcounter.web.client_address import is_https

FRESH = 1.0  # seconds for which an answer about the database is reused; the probe takes the write lock, and anybody may ask
ANSWER_WITHIN = 0.5  # seconds; then the answer is what the last probe found
PATIENCE = 4.0  # seconds; a database that says nothing for so long is down
LONGEST_HOST = 255  # characters of a host's name


class ReadyAnswer(TypedDict):
    """The parts of the service, each ok, down or off."""

    database: str
    relay: str


class Readiness:
    """Probes the database at most once in FRESH seconds, however many ask, and one probe at a time."""

    def __init__(self) -> None:
        self._began_at = float("-inf")
        self._database = "down"  # until the first probe
        self._probe: asyncio.Future[bool] | None = None

    async def __call__(self, _request: Request) -> JSONResponse:
        """The answer to `/readyz`."""
        if self._probe is None or (self._probe.done() and time.monotonic() - self._began_at >= FRESH):
            self._probe, self._began_at = asyncio.ensure_future(monitoring.is_database_writable()), time.monotonic()
        await asyncio.wait({self._probe}, timeout=ANSWER_WITHIN)
        if self._probe.done():
            self._database = "ok" if self._probe.result() else "down"
        elif time.monotonic() - self._began_at >= PATIENCE:
            self._database = "down"
        answer: ReadyAnswer = {"database": self._database, "relay": monitoring.relay_state()}
        return JSONResponse(answer, 200 if self._database == "ok" else 503)


class SeenRequest(TypedDict):
    """A caller's own request, as it arrived behind all proxies."""

    scheme: str
    host: str
    forwarded: int  # addresses in X-Forwarded-For: those that the caller sent itself, and one of each proxy


async def alive(request: Request) -> JSONResponse:
    """The answer to `/healthz`; with `?request`, `doctor` compares what a proxy has passed on."""
    if "request" not in request.query_params:
        return JSONResponse({"process": "ok"})
    forwarded = ",".join(request.headers.getlist("x-forwarded-for"))
    seen: SeenRequest = {
        "scheme": "https" if is_https(request.scope) else "http",
        "host": request.headers.get("x-forwarded-host", request.headers.get("host", ""))[:LONGEST_HOST],
        "forwarded": sum(1 for hop in forwarded.split(",") if hop.strip()),
    }
    return JSONResponse({"process": "ok", "request": seen}, headers={"Cache-Control": "no-store"})


def routes() -> list[Route]:
    """The two addresses."""
    return [Route("/healthz", alive), Route("/readyz", Readiness().__call__)]
