"""Validates a press: from an event's payload to an order for the ledger, or an error.

A page says how far the server's clock is ahead of its own, which it has measured by several messages. Without that, as from
a page of an older version, the clock counts as wrong by as much as the message seems to be late, if that is much.

Anyone can send anything. An event of the wrong shape is refused as a whole. A well-formed click with a bad amount is passed
on: domain/rules.py refuses it alone, by its key.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from clickcounter.domain.clicks import CLICK, CLOCK_SLACK, UNDO, Click, Order
from clickcounter.errors import Malformed
from clickcounter.services.validation import is_hex, is_whole, secret_sha256, slug_of

MAX_CLICKS = 200  # an event
NOBODYS_DEVICE = hashlib.sha256(b"a program that names no device").hexdigest()  # shared by all of them


def read_order(payload: Mapping[str, Any], arrived: int, session: str | None = None, address: str = "") -> Order:
    """Validate an event's arguments. `arrived` is the server's time in ms; `session` and `address` are the socket's.

    Raises Malformed, CounterNotFound.
    """
    slug, secret = slug_of(payload.get("counter")), secret_sha256(payload.get("device"))
    sent_at, offset, clicks = payload.get("sent_at"), payload.get("offset"), payload.get("clicks")
    if not is_whole(sent_at):
        raise Malformed("sent_at must be milliseconds since 1970")
    if offset is not None and not is_whole(offset):
        raise Malformed("offset must be milliseconds")
    if not isinstance(clicks, list) or not 1 <= len(clicks) <= MAX_CLICKS:
        raise Malformed(f"clicks must be a list of 1 to {MAX_CLICKS}")
    shift = _shift(sent_at, offset, arrived)
    measured = offset is not None
    return Order(slug, secret, tuple([_read_click(click, shift, measured) for click in clicks]), session, address)


def _shift(sent_at: int, offset: int | None, arrived: int) -> int:
    """What is to be added to a page's times to get the server's."""
    delay = arrived - sent_at
    if offset is not None:
        return min(offset, delay)  # no message arrives before it is sent
    return delay if abs(delay) > CLOCK_SLACK else 0


def _read_click(click: Any, shift: int, measured: bool) -> Click:
    """`measured`: the page knew its clock's error, which `shift` takes away."""
    if not isinstance(click, Mapping):
        raise Malformed("a click must be an object")
    get = click.get
    key, pressed_at, amount, round_id, offset = get("key"), get("pressed_at"), get("amount"), get("round"), get("offset")
    if not is_hex(key):
        raise Malformed("a click's key must be 32 hexadecimal digits")
    if not is_whole(pressed_at) or not is_whole(round_id):
        raise Malformed("a click's pressed_at and round must be whole numbers")
    kind, of = get("kind", CLICK), get("of")
    if kind != CLICK and (kind != UNDO or not is_hex(of)):
        raise Malformed("a click's kind must be click, or undo with the key it takes back in `of`")
    if offset is not None:  # measured when it was made, by a clock that was set since
        if not is_whole(offset):
            raise Malformed("a click's offset must be milliseconds")
        shift, measured = offset, True
    whole = amount if type(amount) is int else 0  # 0 is refused by the rules, with this click's key
    taken = of if kind == UNDO else None
    claimed = None if measured or not shift else pressed_at
    adjusted = abs(shift) > CLOCK_SLACK
    return Click(key, whole, pressed_at + shift, round_id, adjusted, kind=kind, of=taken, claimed_at=claimed)
