"""Presses, undo, correct, reset."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from clickcounter.api.v1 import shapes
from clickcounter.api.v1.answers import Answer, done, problem
from clickcounter.api.v1.presses import answer_of, name_of, press, repeats, submit
from clickcounter.api.v1.routes import IDEMPOTENCY_KEY, Asker, changes
from clickcounter.domain.clicks import ANY_ROUND
from clickcounter.errors import ClickCounterError
from clickcounter.services import counters
from clickcounter.services.presses import programs as presses
from clickcounter.services.presses.programs import Sender

router = APIRouter(tags=["Presses"])
ONCE = {"parameters": [IDEMPOTENCY_KEY]}
# The body is read by presses.py, which also serves press_lane.py; this describes it.
PRESSES = ONCE | {
    "requestBody": {
        "content": {
            "application/json": {"schema": shapes.Presses.model_json_schema(ref_template="#/components/schemas/{model}")}
        }
    }
}


@router.post("/counters/{counter}/presses", response_model=shapes.Pressed, responses=changes(409), openapi_extra=PRESSES)
async def press_counter(request: Request, counter: str) -> Response:
    """Press a counter: once, by any amount, or up to 200 times at once.

    Answered once the presses are on disk. Without a body it is one press; with a list, each press is saved or refused alone.
    """
    body = await request.body()
    return (await answer_of(partial(press, request, counter, body))).response()


@router.post("/counters/{counter}/undo", response_model=shapes.Pressed, responses=changes(409))
async def undo_press(request: Request, asker: Asker, counter: str, wanted: shapes.Undo) -> Response:
    """Undo a press of your own in the current round, or in the round that you name."""
    undo = presses.read_undo(asker, counter, wanted.key, wanted.round)
    return (await answer_of(lambda reply: submit(request, undo, None, reply))).response()


@router.post("/counters/{counter}/correct", response_model=shapes.Shown, responses=changes(409), openapi_extra=ONCE)
async def correct_counter(request: Request, asker: Asker, counter: str, wanted: shapes.Correction) -> Response:
    """Set a counter to its true number; the difference is an entry of its history."""

    async def correct(key: str | None) -> Mapping[str, Any]:
        named = presses.new_key() if key is None else key
        round_id = ANY_ROUND if wanted.round is None else wanted.round
        shown = await counters.correct(asker.who, asker.address, counter, round_id, named, wanted.value, wanted.reason)
        return {"counter": counter, **shown}

    return await once(request, asker, f"correct {counter}", wanted.key, repr((wanted.value, wanted.reason)), correct)


@router.post("/counters/{counter}/reset", response_model=shapes.Reset, responses=changes(409), openapi_extra=ONCE)
async def reset_counter(request: Request, asker: Asker, counter: str, wanted: shapes.EndOfRound | None = None) -> Response:
    """End the current round, and begin the next at 0. With `round`, end that round or nothing."""
    said = wanted or shapes.EndOfRound(round=None)

    async def reset(key: str | None) -> Mapping[str, Any]:
        round_id = ANY_ROUND if said.round is None else said.round
        return {"counter": counter, **await counters.reset(asker.who, asker.address, counter, round_id, key)}

    return await once(request, asker, f"reset {counter}", said.key, repr(said.round), reset)


async def once(
    request: Request,
    asker: Sender,
    what: str,
    key: str | None,
    said: str,
    work: Callable[[str | None], Awaitable[Mapping[str, Any]]],
) -> Response:
    """Do something once for each key; `work` gets the ledger's key."""
    name = asker.key if key is None else key

    async def carried_out() -> Answer:
        try:
            ledgers = None if name is None else presses.key_for(what, name, asker.scope)
            return done(request, await work(ledgers))
        except ClickCounterError as error:
            return problem(request, error)

    return (await repeats.once(name_of(asker, what, name), said.encode(), carried_out)).response()
