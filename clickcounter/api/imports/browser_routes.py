"""Imports from a browser: `POST /import?counter=NAME&zone=Europe/Berlin&name=FILE&map=dates=dmy`, the file being the body.

`/import/preview` takes the same and answers what the file holds; `/import/undo` takes {"import": its number}.
"""

import json
import logging
from collections.abc import Awaitable, Callable

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from clickcounter.access.cookies import session_hash
from clickcounter.api.caller import address_of
from clickcounter.api.imports.lines import KIND, encoded, error_line
from clickcounter.api.imports.work import Asked, shared
from clickcounter.domain.clicks import Caller
from clickcounter.errors import ClickCounterError, Malformed, Refused
from clickcounter.services.validation import is_hex, secret_sha256

log = logging.getLogger(__name__)

# The device's secret, in a header that a page of another origin can only send if it may also open the socket.
DEVICE_HEADER = "x-click-counter"
LONGEST_UNDO = 1_000  # bytes
STATUS = {
    "import_large": 413, "import_foreign": 403, "import_who": 401, "import_account": 401, "import_much": 429,
    "import_busy": 409, "import_slow": 408, "import_failed": 507, "import_unknown": 404, "not_owner": 403,
    "members_only": 403, "later": 503,
}  # fmt: skip


async def import_file(request: Request) -> Response:
    """Import a file; lines say what becomes of it."""
    return await shared().import_file(request, _asked(request))


async def preview(request: Request) -> Response:
    """What a file holds, as JSON."""
    return JSONResponse(await shared().preview(request, _asked(request)), headers={"Cache-Control": "no-store"})


async def undo(request: Request) -> Response:
    """Undo an import; lines say what becomes of it."""
    who, body = caller(request), b""
    async for part in request.stream():
        body += part
        if len(body) > LONGEST_UNDO:
            raise Malformed("the body is too long")
    try:
        wanted = json.loads(body)
    except (ValueError, RecursionError):
        raise Malformed("the body is not JSON") from None
    return await shared().undo(who, wanted.get("import") if isinstance(wanted, dict) else None)


def caller(request: Request) -> Caller:
    """Who uploads the file. Raises Refused for a page of another origin."""
    if DEVICE_HEADER not in request.headers:
        raise Refused("import_foreign")
    secret = request.headers[DEVICE_HEADER]
    return Caller(session_hash(request.scope), secret_sha256(secret) if is_hex(secret) else None)


def _asked(request: Request) -> Asked:
    return Asked.of(request, caller(request), address_of(request.scope))


def _answering(handle: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """The handler, whose errors are answered with their sentences."""

    async def answer(request: Request) -> Response:
        try:
            return await handle(request)
        except (ClickCounterError, ClientDisconnect, OSError) as error:
            return _refusal(error)

    return answer


def _refusal(error: Exception) -> Response:
    """An answer before the whole body was read: the connection cannot be used again."""
    told = error if isinstance(error, ClickCounterError) else Refused("import_failed")
    if isinstance(error, OSError):
        log.warning("a file could not be received: %s", error)
    return Response(encoded(error_line(told)), STATUS.get(told.code, 400), {"Connection": "close"}, KIND)


def routes() -> list[Route]:
    """The addresses."""
    handlers = {"/import": import_file, "/import/preview": preview, "/import/undo": undo}
    return [Route(path, _answering(handle), methods=["POST"]) for path, handle in handlers.items()]
