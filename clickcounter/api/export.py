"""A counter's ledger as a file for the browser: `/export/NAME.csv` and `/export/NAME.jsonl`, with `?zone=Europe/Berlin`.

It is streamed; a browser that reads slowly holds no transaction open. Hashes of devices' secrets are left out: anybody may
ask who can open the counter.
"""

from collections.abc import Iterator

from sqlalchemy import Engine
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from clickcounter.access import authorization
from clickcounter.access.cookies import session_hash
from clickcounter.domain.calendar import time_zone
from clickcounter.domain.clicks import Caller
from clickcounter.errors import ClickCounterError
from clickcounter.i18n.errors import sentences_of
from clickcounter.live.pipeline import running
from clickcounter.transfer import exporter

STATUS = {"no_counter": 404, "later": 503, "members_only": 403}
TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson; charset=utf-8"}


async def download(request: Request) -> Response:
    """The file; 404 for a counter that is not there, 403 for one that is not for whoever asks, 400 for a zone that is not
    there, 503 where the database cannot be read.
    """
    counter, ending = request.path_params["counter"], request.path_params["ending"]
    who = Caller(session_hash(request.scope))
    if ending not in TYPES:
        return PlainTextResponse("Not Found", 404)

    def begin(engine: Engine) -> tuple[str, Iterator[str]]:
        authorization.require_view(engine, counter, who)
        chunks = exporter.chunks(exporter.FORMATS[ending](engine, wanted))
        return next(chunks), chunks

    try:
        wanted = exporter.ExportRequest(counter, time_zone(request.query_params.get("zone", "UTC")))
        first, rest = await running().read(begin)
    except ClickCounterError as error:
        status = STATUS.get(error.code, 400)
        return PlainTextResponse(sentences_of(error).en, status)
    headers = {
        "Content-Disposition": f'attachment; filename="{counter}.{ending}"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return StreamingResponse(_joined(first, rest), media_type=TYPES[ending], headers=headers)


def _joined(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def routes() -> list[Route]:
    """The address."""
    return [Route("/export/{counter}.{ending}", download)]
