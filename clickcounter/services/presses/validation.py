"""Validates a press: from an event's payload to an order for the ledger, or an error.

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


def read_order(
    counter: Any, device: Any, sent_at: Any, clicks: Any, arrived: int, session: str | None = None, address: str = ""
) -> Order:
    """Validate an event's arguments. `arrived` is the server's time in ms; `session` and `address` are the socket's.

    Raises Malformed, CounterNotFound.
    """
    slug, secret = slug_of(counter), secret_sha256(device)
    if not is_whole(sent_at):
        raise Malformed("sent_at must be milliseconds since 1970")
    if not isinstance(clicks, list) or not 1 <= len(clicks) <= MAX_CLICKS:
        raise Malformed(f"clicks must be a list of 1 to {MAX_CLICKS}")
    shift = arrived - sent_at
    if abs(shift) <= CLOCK_SLACK:
        shift = 0
    return Order(slug, secret, tuple(_read_click(click, shift) for click in clicks), session, address)


def _read_click(click: Any, shift: int) -> Click:
    if not isinstance(click, Mapping):
        raise Malformed("a click must be an object")
    get = click.get
    key, pressed_at, amount, round_id = get("key"), get("pressed_at"), get("amount"), get("round")
    if not is_hex(key):
        raise Malformed("a click's key must be 32 hexadecimal digits")
    if not is_whole(pressed_at) or not is_whole(round_id):
        raise Malformed("a click's pressed_at and round must be whole numbers")
    kind, of = get("kind", CLICK), get("of")
    if kind not in (CLICK, UNDO) or (kind == UNDO and not is_hex(of)):
        raise Malformed("a click's kind must be click, or undo with the key it takes back in `of`")
    whole = amount if type(amount) is int else 0  # 0 is refused by the rules, with this click's key
    taken = of if kind == UNDO else None
    claimed = pressed_at if shift else None
    return Click(key, whole, pressed_at + shift, round_id, shift != 0, kind=kind, of=taken, claimed_at=claimed)
