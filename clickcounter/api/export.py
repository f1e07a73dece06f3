"""A counter's ledger as a file for the browser: `/export/NAME.csv`, `.xlsx` and `.jsonl`, with `?zone=Europe/Berlin`.

A CSV with `&separator=semicolon` is for Excel in regions that write decimals with a comma.

It is streamed; a browser that reads slowly holds no transaction open. Hashes of devices' secrets are left out, because
whoever may see the counter may download it.
"""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from clickcounter.access.cookies import session_hash
from clickcounter.api.v1.answers import language_of
from clickcounter.domain.clicks import Caller
from clickcounter.errors import ClickCounterError, Later
from clickcounter.i18n.errors import sentences_of
from clickcounter.services import exports

STATUS = {"no_counter": 404, "later": 503, "members_only": 403}
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jsonl": "application/x-ndjson; charset=utf-8",
}


async def download(request: Request) -> Response:
    """The file; 404 where there is no such counter, 403 where the caller may not see it, 400 for an unknown time zone, 503
    where the database cannot be read.
    """
    counter, ending = request.path_params["counter"], request.path_params["ending"]
    if ending not in TYPES:
        return PlainTextResponse("Not Found", 404)
    who, asked = Caller(session_hash(request.scope)), request.query_params
    try:
        zone, separator = asked.get("zone", "UTC"), asked.get("separator", "comma")
        chunks = await exports.export(who, counter, ending, zone, separator)
    except ClickCounterError as error:
        wait = {"Retry-After": str(error.seconds)} if isinstance(error, Later) else {}
        return PlainTextResponse(sentences_of(error).as_dict()[language_of(request)], STATUS.get(error.code, 400), wait)
    headers = {
        "Content-Disposition": f'attachment; filename="{counter}.{ending}"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return StreamingResponse(chunks, media_type=TYPES[ending], headers=headers)


def routes() -> list[Route]:
    """The address."""
    return [Route("/export/{counter}.{ending}", download)]
