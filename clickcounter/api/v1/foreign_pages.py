"""Pages of other sites may read. To change something they need a key, or to press, an owner who has listed their site."""

import re

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from clickcounter.api.caller import caller_of
from clickcounter.api.v1.answers import PREFIX, problem
from clickcounter.api.v1.presses import sender_of
from clickcounter.errors import ClickCounterError, Refused
from clickcounter.services.elsewhere import sites
from clickcounter.web import origins

PRESSES = re.compile(PREFIX + r"/counters/([^/]+)/(?:presses|undo)")


class ForeignPages:
    """Middleware that refuses what such a page may not do. Programs send no Origin, and no page can leave it out."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] == "http" and scope["method"] not in origins.SAFE and not origins.is_allowed(scope):
            request = Request(scope)
            try:
                await _require(request)
            except ClickCounterError as error:
                await problem(request, error).response()(scope, receive, send)
                return
        await self._app(scope, receive, send)


async def _require(request: Request) -> None:
    if caller_of(request).key is not None:
        return
    address = sender_of(request, 1).address  # counts: the lists of sites cannot be asked for without end
    pressed = PRESSES.fullmatch(request.scope["path"])
    origin = request.headers.get("origin", "")
    if pressed is None or not await sites.may_press_from(pressed[1], origin, address):
        raise Refused(origins.CODE)
