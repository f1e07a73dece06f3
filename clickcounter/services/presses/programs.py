"""Presses that programs send: from a request's fields to the same order that a tab's press makes.

A program may name a press as it likes. The ledger's keys are 32 hexadecimal digits that begin with a time; a name becomes
one of them by a hash, always the same one, so that a press sent again counts once.
"""

import hashlib
import logging
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from clickcounter.domain.clicks import ANY_ROUND, CLOCK_SLACK, SAVED, UNDO, Caller, Click, Order, Outcome, now_ms
from clickcounter.errors import ClickCounterError, Later, Malformed, Refused
from clickcounter.live.pipeline import running
from clickcounter.measures import count_presses
from clickcounter.services.presses.validation import MAX_CLICKS, NOBODYS_DEVICE
from clickcounter.services.validation import is_clean_text, is_hex, is_whole, slug_of

log = logging.getLogger(__name__)

LONGEST_NAME = 255  # characters of a name that a program gives a press
UNDATED = "f" * 12  # stands for the time in the key of a name without one: such keys stay among themselves in the index
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-([0-9a-f])[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", re.ASCII)
TIMED_UUID = "7"  # the version that begins with the time in ms, as our own keys do

OnOutcome = Callable[[Outcome | ClickCounterError], None]


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends a request, from which address, and what the request's Idempotency-Key is."""

    who: Caller
    address: str
    key: str | None = None

    @property
    def scope(self) -> str:
        """Whose names a name is among: the first press of one program is not that of another."""
        return self.who.scope(self.address)


@dataclass(frozen=True, slots=True)
class Request:
    """Some presses, or something else that is done once.

    `name` is what the program calls it, if anything, `body` what it says; `alone` if it is not a list.
    """

    order: Order
    name: str | None
    body: bytes
    alone: bool


def key_of(name: object, scope: str) -> str:
    """The ledger's key for a name. UUIDs and keys of the ledger's own form mean the same whoever sends them."""
    if is_hex(name):
        return name
    if not is_clean_text(name, LONGEST_NAME):
        raise Malformed(f"a key must be a text of 1 to {LONGEST_NAME} characters")
    uuid = UUID.fullmatch(lowered := name.lower())
    if uuid and uuid[1] == TIMED_UUID:
        return lowered.replace("-", "")
    hashed = hashlib.sha256((lowered if uuid else f"{scope}\0{name}").encode()).hexdigest()
    return UNDATED + hashed[:20]


def key_for(what: str, name: str, scope: str) -> str:
    """The ledger's key for something other than a press; a press with the same name has another one."""
    return key_of(hashlib.sha256(f"{what} {name}".encode(errors="replace")).hexdigest(), scope)


def new_key() -> str:
    """A key for a press that its program did not name."""
    return f"{now_ms():012x}{secrets.token_hex(10)}"


def read_presses(sender: Sender, counter: object, fields: object, arrived: int) -> Request:
    """One press, or up to 200 in `presses`. `arrived` is the server's time in ms. Raises Malformed, CounterNotFound."""
    slug = slug_of(counter)
    if not isinstance(fields, Mapping):
        raise Malformed("the body must be an object")
    shift = _clock_shift(fields.get("sent_at"), arrived)
    listed = fields.get("presses")
    if listed is None:
        name = sender.key if fields.get("key") is None else fields["key"]
        click = _read_press(fields, name, sender.scope, shift, arrived)
        return _request(sender, slug, (click,), name, alone=True)
    if not isinstance(listed, list) or not 1 <= len(listed) <= MAX_CLICKS:
        raise Malformed(f"presses must be a list of 1 to {MAX_CLICKS}")
    names = [_name_in_list(press, sender.key, number) for number, press in enumerate(listed)]
    clicks = [_read_press(press, name, sender.scope, shift, arrived) for press, name in zip(listed, names, strict=True)]
    return _request(sender, slug, tuple(clicks), sender.key, alone=False)


def read_undo(sender: Sender, counter: object, of: object, round_id: object) -> Request:
    """The undo of one of the sender's own presses; it needs no name, because a press is undone once."""
    slug, key = slug_of(counter), key_of(of, sender.scope)
    if sender.who.device is None:
        raise Refused("program_device")  # it would undo those of any other program
    if round_id is not None and not is_whole(round_id):
        raise Malformed("round must be a whole number, or null")
    # Everybody may read the key of a press; nobody else may take the key of its undo before it is sent.
    undo = UNDATED + hashlib.sha256(f"undo {sender.who.device} {key}".encode()).hexdigest()[:20]
    now = now_ms()
    click = Click(undo, 0, now, ANY_ROUND if round_id is None else round_id, kind=UNDO, of=key)
    return _request(sender, slug, (click,), None, alone=True)


def submit(request: Request, on_outcome: OnOutcome) -> None:
    """Submit an order. `on_outcome` gets the outcome, or why there is none, once, within seconds."""
    order = request.order

    def settled(outcome: Outcome | Later) -> None:
        codes, error = ({}, outcome.code) if isinstance(outcome, Later) else (outcome.codes, outcome.error)
        count_presses(codes, error, len(order.clicks))
        _log_refusals(order, codes, error)
        on_outcome(outcome)

    try:
        running().submit(order, settled)
    except Later as later:
        settled(later)


def _request(sender: Sender, slug: str, clicks: tuple[Click, ...], name: object, *, alone: bool) -> Request:
    who = sender.who
    order = Order(slug, who.device or NOBODYS_DEVICE, clicks, who.session, sender.address, who.key)
    if not isinstance(name, str):
        return Request(order, None, b"", alone)
    return Request(order, name, repr([click.amount for click in clicks]).encode(), alone)


def _clock_shift(sent_at: object, arrived: int) -> int:
    """By how much the program's clock is late, if it says what it shows. A small difference is none."""
    if sent_at is None:
        return 0
    if not is_whole(sent_at):
        raise Malformed("sent_at must be milliseconds since 1970")
    return arrived - sent_at if abs(arrived - sent_at) > CLOCK_SLACK else 0


def _name_in_list(press: object, name: str | None, number: int) -> object:
    """A press's own name, otherwise one made of the list's."""
    if isinstance(press, Mapping) and press.get("key") is not None:
        return press["key"]
    return None if name is None else hashlib.sha256(f"{number} {name}".encode()).hexdigest()


def _read_press(press: object, name: object, scope: str, shift: int, arrived: int) -> Click:
    if not isinstance(press, Mapping):
        raise Malformed("a press must be an object")
    get: Callable[..., Any] = press.get
    amount, claimed, round_id = get("amount", 1), get("pressed_at"), get("round")
    if (claimed is not None and not is_whole(claimed)) or (round_id is not None and not is_whole(round_id)):
        raise Malformed("pressed_at and round must be whole numbers, or null")
    key = new_key() if name is None else key_of(name, scope)
    whole = amount if type(amount) is int else 0  # 0 is refused by the rules, with this press's key
    joined = ANY_ROUND if round_id is None else round_id
    if claimed is None:
        return Click(key, whole, arrived, joined)
    return Click(key, whole, claimed + shift, joined, shift != 0, claimed_at=claimed if shift else None)


def _log_refusals(order: Order, codes: Mapping[str, str], error: str | None) -> None:
    """A line for each reason. "Later" is not one; the committer logs an outage once."""
    refused = {code: key for key, code in codes.items() if code != SAVED}
    if error and error != Later.code:
        refused[error] = order.clicks[0].key
    for code, key in refused.items():
        log.info("refused: %s (counter %r)", code, order.counter, extra={"counter": order.counter, "key": key})
