"""A counter's number as server-sent events: `GET /api/v1/counters/NAME/events`.

The newest snapshot comes at once, then whenever the number changes; of many changes only the newest. A client that connects
again says what it has in Last-Event-ID, as browsers do. Private counters take a key, or the cookie of a signed-in browser.
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from clickcounter.access import program_limits
from clickcounter.api.caller import address_of, caller_of
from clickcounter.api.embed.answers import EVERY_SITE, problem
from clickcounter.api.v1.presses import QUESTION_COST
from clickcounter.domain.clicks import Snapshot
from clickcounter.domain.rights import MEMBERS
from clickcounter.errors import ClickCounterError, TooMany
from clickcounter.services.elsewhere import numbers
from clickcounter.socket import rooms
from clickcounter.socket.streams.connection import connection_in
from clickcounter.socket.streams.readers import Reader, opening

NEWEST = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",  # nginx passes on what it gets
}
AGAIN = 10  # seconds until somebody who did not get in may try again


class Events:
    """The ASGI app of this address."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Begin the answer; the connection (socket/streams/readers.py) carries the rest."""
        request, streams, reader = Request(scope), rooms.current().streams, None
        try:
            who, counter, address = caller_of(request), request.path_params["counter"], address_of(scope)
            program_limits.current().take(who, address, QUESTION_COST)
            reader = streams.enter(counter, who, address, _known(request))
            if reader is None:
                raise TooMany(AGAIN, "streams_many")
            streams.send(snapshot := await numbers.follow(counter, who))
            if scope["method"] == "HEAD":
                await Response(headers=_headers(snapshot))(scope, receive, send)
            else:
                await _begin(reader, _headers(snapshot), scope, send)
        except ClickCounterError as error:
            await problem(request, error)(scope, receive, send)
        finally:
            if reader is not None and reader.connection is None:
                reader.closed()


async def _begin(reader: Reader, headers: dict[str, str], scope: Scope, send: Send) -> None:
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": 200, "headers": raw})
    await send({"type": "http.response.body", "body": opening(), "more_body": True})
    if (connection := connection_in(scope)) is not None:
        reader.begin(connection)


def _headers(snapshot: Snapshot) -> dict[str, str]:
    return NEWEST | ({} if snapshot.settings.visibility == MEMBERS else EVERY_SITE)


def _known(request: Request) -> int | None:
    """The revision that the client has."""
    known = request.headers.get("last-event-id", "")
    return int(known) if known.isascii() and known.isdecimal() and len(known) < 20 else None


def routes() -> list[Route]:
    """The address."""
    return [Route("/api/v1/counters/{counter}/events", Events(), methods=["GET"])]
