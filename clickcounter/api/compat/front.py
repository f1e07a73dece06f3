"""What all addresses of old clients share: a limit for each address, JSONP, errors as JSON.

No cookie counts here, so that pages of any site may ask: see web/origins.py.
"""

import json
import logging
import math
import re
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from clickcounter.access.rate_limits import RateLimiter
from clickcounter.api.caller import address_of
from clickcounter.domain.numbers import MAX_VALUE
from clickcounter.errors import ClickCounterError, Later, TooMany
from clickcounter.i18n.errors import sentences_of
from clickcounter.web.previews import is_preview

log = logging.getLogger(__name__)

BURST, PER_SECOND = 100, 10.0  # requests of one address; Abacus allows 30 in 3 seconds
POLICY = f"{BURST};w={BURST / PER_SECOND:.0f}"
HEADERS = {"Cache-Control": "no-store"}
STATUS = {"too_many": 429, "later": 503, "no_counter": 409, "archived": 409, "not_allowed": 409, "members_only": 403}
CALLBACK = re.compile(r"[A-Za-z_$][\w$.]{0,99}", re.ASCII)
WHOLE = re.compile(r"[+-]?\d{1,16}", re.ASCII)
Content = Mapping[str, object]
Handler = Callable[[Request, str], Awaitable[Response | Content]]  # the request, and the client's address


class Told(Exception):
    """An answer other than 200."""

    def __init__(self, status: int, content: Content | str) -> None:
        super().__init__(status)
        self.status, self.content = status, {"error": content} if isinstance(content, str) else content


class Front:
    """Serves the handlers of one process, and counts what it serves."""

    def __init__(self) -> None:
        self._rate = RateLimiter(BURST, PER_SECOND)
        self.served: Counter[str] = Counter()  # by the first part of the path
        self.started_at = time.monotonic()

    def route(self, path: str, handler: Handler, methods: Sequence[str] = ("GET",), *, changes: bool = False) -> Route:
        """A route. Where it `changes` something, a preview does nothing."""

        async def answer(request: Request) -> Response:
            try:
                return await self._answer(request, handler, changes)
            except Told as told:
                return _json(request, told.content, told.status)
            except ClickCounterError as error:
                return _failed(request, error)

        return Route(path, answer, methods=list(methods))

    async def _answer(self, request: Request, handler: Handler, changes: bool) -> Response:
        address = address_of(request.scope)
        if wait := self._rate.wait(address, time.monotonic()):
            raise TooMany(math.ceil(wait))
        if changes and is_preview(request):
            raise Told(403, "A preview, a prefetch or a crawler changes nothing here.")
        self.served["total"] += 1
        self.served[request.url.path.split("/")[1]] += 1
        content = await handler(request, address)
        return content if isinstance(content, Response) else _json(request, content, 200)


def whole_number(text: str) -> int | None:
    """A number that a browser holds exactly; None where it is none."""
    text = text.strip()
    number = int(text) if WHOLE.fullmatch(text) else None
    return number if number is not None and abs(number) <= MAX_VALUE else None


def _json(request: Request, content: Content, status: int) -> Response:
    callback = request.query_params.get("callback")
    if not callback:
        return JSONResponse(content, status, HEADERS)
    if not CALLBACK.fullmatch(callback):
        return JSONResponse({"error": "callback must be the name of a function"}, 400, HEADERS)
    script = f"/**/{callback}({json.dumps(content)});"
    return Response(script, status, HEADERS, "application/javascript; charset=utf-8")


def _failed(request: Request, error: ClickCounterError) -> Response:
    log.info("refused: %s %s", error.code, request.url.path)
    status = STATUS.get(error.code, 400)
    answer = _json(request, {"error": sentences_of(error).en}, status)
    if isinstance(error, TooMany | Later):
        answer.headers["Retry-After"] = str(error.seconds)
        answer.headers["RateLimit-Policy"] = POLICY
    return answer
