"""A key in an address, for what can only open one, such as a chat bot or a button: `GET /p/KEY`, or `/p/KEY/NAME`.

It presses, by `?amount=` or by one, and answers with the number as plain text. Only a press key that its owner allows in
addresses does that. Nobody can say that they repeat themselves here, so each request is a press of its own; link previews,
prefetches, crawlers and HEAD get the number and do not count.
"""

import asyncio
import logging
import re

import reflex as rx
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from clickcounter.access import program_limits
from clickcounter.domain.clicks import SAVED, Caller, Outcome, now_ms
from clickcounter.errors import ClickCounterError, CounterNotFound, Later, Refused, TooMany
from clickcounter.i18n.errors import sentences_of
from clickcounter.services import counters, keys
from clickcounter.services.presses import programs
from clickcounter.services.presses.programs import Sender
from clickcounter.web import client_address
from clickcounter.web.previews import is_preview

log = logging.getLogger(__name__)

COST = 5  # presses: its key is read for each request
WHOLE = re.compile(r"[+-]?\d{1,7}", re.ASCII)
STATUS = {
    "key_invalid": 401,
    "key_address": 403, "key_scope": 403, "members_only": 403, "not_allowed": 403,
    "no_counter": 404,
    "limit": 409, "full": 409, "floor": 409, "archived": 409,
    "too_many": 429, "later": 503,
}  # fmt: skip
HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}


async def press(request: Request) -> Response:
    """The number, or why it was not pressed."""
    try:
        return PlainTextResponse(str(await _value(request)), headers=HEADERS)
    except ClickCounterError as error:
        log.info("refused: %s /p/…", error.code)
        wait = {"Retry-After": str(error.seconds)} if isinstance(error, Later | TooMany) else {}
        return PlainTextResponse(sentences_of(error).en, STATUS.get(error.code, 400), HEADERS | wait)


async def _value(request: Request) -> int:
    address = client_address.address(request.scope, rx.config.get_config().trusted_proxy_hops)
    program_limits.current().take(Caller(), address, COST)
    who, own = await keys.caller_in_address(request.path_params["key"])
    counter = request.path_params.get("counter", own)
    if counter is None or own not in (None, counter):
        raise CounterNotFound
    if is_preview(request):
        return (await counters.show(who, counter)).value
    amount = request.query_params.get("amount", "1").strip()  # "+5" is sent as " 5"
    if not WHOLE.fullmatch(amount):
        raise Refused("amount")
    wanted = programs.read_presses(Sender(who, address), counter, {"amount": int(amount)}, now_ms())
    answered: asyncio.Future[Outcome | ClickCounterError] = asyncio.get_running_loop().create_future()
    programs.submit(wanted, lambda outcome: None if answered.done() else answered.set_result(outcome))
    return _shown(await answered)


def _shown(outcome: Outcome | ClickCounterError) -> int:
    """The number after the press. Raises what refused it."""
    if isinstance(outcome, ClickCounterError):
        raise outcome
    refused = outcome.error or next((code for code in outcome.codes.values() if code != SAVED), None)
    if refused == Later.code:
        raise Later
    if refused or outcome.snapshot is None:
        raise Refused(refused or "failed")
    return outcome.snapshot.value if outcome.total is None else outcome.total


def routes() -> list[Route]:
    """The addresses."""
    return [Route("/p/{key}", press), Route("/p/{key}/{counter}", press)]
