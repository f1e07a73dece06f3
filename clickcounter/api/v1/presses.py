"""One press or many: `POST /api/v1/counters/NAME/presses`, and the undo of one.

The same code answers the route in the OpenAPI document and press_lane.py, which takes presses off the connection.
"""

import asyncio
import hashlib
import json
from collections.abc import Callable, Hashable
from dataclasses import replace
from functools import partial
from typing import Any

from starlette.requests import Request

from clickcounter.access import program_limits
from clickcounter.api.caller import address_of, caller_of
from clickcounter.api.v1.answers import ALLOWANCE, Answer, Problem, done, language_of, problem
from clickcounter.api.v1.repeats import Repeats
from clickcounter.domain.clicks import SAVED, Click, Outcome, now_ms
from clickcounter.errors import ClickCounterError, Later, Malformed, Refused, TooMany
from clickcounter.i18n.errors import sentences_of
from clickcounter.services.presses import programs as presses
from clickcounter.services.presses.programs import LONGEST_NAME, Sender
from clickcounter.services.validation import is_clean_text

LONGEST = 100_000  # bytes of a body, as of a tab's event
UNIT = 2_000  # bytes that count as one press more
QUESTION_COST = 5  # presses that anything else counts as

Reply = Callable[[Answer], None]

repeats = Repeats()


def sender_of(request: Request, cost: int) -> Sender:
    """Who sends a request. It counts as so many presses. Raises Refused, Malformed, TooMany."""
    who, address = caller_of(request), address_of(request.scope)
    request.scope[ALLOWANCE] = program_limits.current().take(who, address, cost)
    return Sender(who, address, _idempotency_key(request))


def _idempotency_key(request: Request) -> str | None:
    key = request.headers.get("idempotency-key")
    if key is None:
        return None
    if len(key) > 1 and key[0] == key[-1] == '"':  # as the draft for that header writes it
        key = key[1:-1]
    if not is_clean_text(key, LONGEST_NAME):
        raise Malformed(f"Idempotency-Key must have 1 to {LONGEST_NAME} characters")
    return key


def name_of(sender: Sender, what: str, key: object) -> Hashable:
    """What a request is remembered by, if it has a key: nobody gets the answer to somebody else's."""
    if not isinstance(key, str):
        return None
    return hashlib.sha256(repr((what, sender.who, sender.scope, key)).encode()).digest()  # short, however long the key is


def fields_of(body: bytes) -> Any:
    """A body's JSON; none at all is one press. Raises Malformed, Problem."""
    if len(body) > LONGEST:
        raise Problem("body_large")
    try:
        return json.loads(body or b"{}")
    except (ValueError, RecursionError):
        raise Malformed("the body is not JSON") from None


def press(request: Request, counter: str, body: bytes, reply: Reply) -> None:
    """Submit the presses of a body. `reply` gets the answer once they are on disk or refused."""
    try:
        sender = sender_of(request, 1 + len(body) // UNIT)
        wanted = presses.read_presses(sender, counter, fields_of(body), now_ms())
        if (more := len(wanted.order.clicks) - 1) > 0:
            request.scope[ALLOWANCE] = program_limits.current().charge(sender.who, sender.address, more)
        submit(request, wanted, name_of(sender, f"press {counter}", wanted.name), reply)
    except ClickCounterError as error:
        reply(problem(request, error))


def submit(request: Request, wanted: presses.Request, name: Hashable, reply: Reply) -> None:
    """The same for presses that are read. Raises Problem."""
    if name is not None and (first := repeats.begin(name, wanted.body)):
        again = () if first.status >= 400 else _not_refused(wanted.order.clicks, first)
        if not again:
            reply(first)
            return
        wanted = replace(wanted, order=replace(wanted.order, clicks=again))
    presses.submit(wanted, partial(_settle, request, wanted, name, reply))


def _not_refused(clicks: tuple[Click, ...], first: Answer) -> tuple[Click, ...]:
    """Those that the first answer did not refuse: it is given again, so nothing else may become of them."""
    refused = {press["key"] for press in json.loads(first.body).get("presses", ()) if not press["saved"]}
    return tuple(click for click in clicks if click.key not in refused)


async def answer_of(start: Callable[[Reply], None]) -> Answer:
    """Wait for what `start` replies."""
    answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()

    def reply(answer: Answer) -> None:
        if not answered.done():  # the client has left; its presses still count
            answered.set_result(answer)

    start(reply)
    return await answered


def _settle(
    request: Request, wanted: presses.Request, name: Hashable, reply: Reply, outcome: Outcome | ClickCounterError
) -> None:
    answer = _answer(request, wanted, outcome)
    reply(answer if name is None else repeats.end(name, answer))


def _answer(request: Request, wanted: presses.Request, outcome: Outcome | ClickCounterError) -> Answer:
    if isinstance(outcome, ClickCounterError):
        return problem(request, outcome)
    snapshot = outcome.snapshot
    if outcome.error or snapshot is None:
        return problem(request, _error(outcome))
    shown = {
        "counter": snapshot.counter,
        "value": snapshot.value,
        "revision": snapshot.revision,
        "round": snapshot.round,
    }
    clicks = wanted.order.clicks
    if not wanted.alone:
        return done(request, shown | {"presses": [_one(request, click.key, outcome.codes[click.key]) for click in clicks]})
    key = clicks[0].key
    if (code := outcome.codes[key]) != SAVED:
        return problem(request, Refused(code))
    return done(request, shown | {"key": key, "saved": True})


def _one(request: Request, key: str, code: str) -> dict[str, Any]:
    if code == SAVED:
        return {"key": key, "saved": True, "code": None, "detail": None}
    detail = sentences_of(Refused(code)).as_dict()[language_of(request)]
    return {"key": key, "saved": False, "code": code, "detail": detail}


def _error(outcome: Outcome) -> ClickCounterError:
    if outcome.wait:
        return TooMany(outcome.wait, "new_devices")
    return Later() if outcome.error == Later.code else Refused(outcome.error or "failed")
