"""What the API's routes share: what they may answer, and who sends a request."""

from typing import Annotated, Any

from fastapi import Depends
from starlette.requests import Request

from clickcounter.api.v1.presses import QUESTION_COST, sender_of
from clickcounter.api.v1.shapes import Problem
from clickcounter.errors import Malformed
from clickcounter.services.presses.programs import Sender

Responses = dict[int | str, dict[str, Any]]

LARGEST = 2**53 - 1  # that a browser holds exactly
TEXTS = {
    304: "You have it: If-None-Match names its ETag.",
    400: "It could not be read; `hint` says why.",
    401: "Something that says who you are is missing, or is not valid any more.",
    403: "You may not do this.",
    404: "There is no such counter, or no such round.",
    408: "The body took too long to arrive.",
    409: "It does not go now: a limit is reached, the counter is archived, or the same key is still being carried out.",
    413: "The body is too long.",
    422: "A value is not possible, or the key was sent before with something else.",
    429: "Too many requests; Retry-After says when again.",
    503: "Not now; Retry-After says when again.",
}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
    "description": "The same as `key` in the body.",
}


def problems(*statuses: int) -> Responses:
    """Problems that a route may answer, besides those that any may."""
    return {
        status: {"model": Problem, "description": TEXTS[status]}
        for status in sorted({400, 401, 403, 422, 429, 503, *statuses})
    }


def reads() -> Responses:
    """What a route may answer that reads something of a counter."""
    return {304: {"description": TEXTS[304]}} | problems(404)


def changes(*statuses: int) -> Responses:
    """What a route may answer that changes something."""
    return problems(404, 408, 413, *statuses)


async def _sender(request: Request) -> Sender:
    """Who sends anything but a press; asked before the fields are looked at. Raises Refused, Malformed, TooMany."""
    return sender_of(request, QUESTION_COST)


Asker = Annotated[Sender, Depends(_sender)]


def number_in(cursor: str | None) -> int | None:
    """A cursor that is one number. Raises Malformed."""
    numbers = numbers_in(cursor, 1)
    return numbers[0] if numbers else None


def numbers_in(cursor: str | None, *counts: int) -> list[int] | None:
    """The numbers that a cursor consists of: as many as one of these counts. Raises Malformed."""
    if cursor is None:
        return None
    parts = cursor.split(".")
    if len(parts) not in counts or not all(part.isascii() and part.isdecimal() and len(part) < 17 for part in parts):
        raise Malformed("cursor must be the `next` of a page")
    return [min(int(part), LARGEST) for part in parts]
