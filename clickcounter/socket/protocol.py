"""From what a socket brought to an order, or a sentence why not.

Anyone can send anything. An event of the wrong shape is refused whole; a click that merely asks for too much keeps its key,
so that it alone is refused, in rules.py.
"""

import logging
from collections.abc import Mapping
from typing import Any

from clickcounter.domain.clicks import CLICK, SAVED, UNDO, Click, Order, Outcome
from clickcounter.errors import Later, Malformed, Refused
from clickcounter.i18n.errors import SENTENCES, sentences_of
from clickcounter.services.validation import is_clean_text, is_hex, is_whole, secret_sha256, slug_of

log = logging.getLogger(__name__)

MAX_CLICKS = 200  # an event
CLOCK_SLACK = 2_000  # ms; a clock that differs by less is believed


def read_order(counter: Any, device: Any, sent_at: Any, clicks: Any, arrived: int, session: str | None = None) -> Order:
    """Validate an event's arguments; `arrived` is the server's time in ms, `session` came with the socket, not the event.

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
    return Order(slug, secret, tuple(_read_click(click, shift) for click in clicks), session)


def answer(counter: Any, sent_at: Any, outcome: Outcome, at: int) -> dict[str, Any]:
    """An outcome as the tab gets it: a code for each key, the snapshot, and for codes that need them, sentences.

    `sent_at` goes back as it came: a refusal of a whole event may be unable to name its keys.
    """
    snapshot = outcome.snapshot
    codes = {*outcome.codes.values(), outcome.error or ""} & SENTENCES.keys()
    return {
        "counter": counter if is_clean_text(counter, 64) else "",
        "sent_at": sent_at if is_whole(sent_at) else None,
        "codes": outcome.codes,
        "error": outcome.error,
        "value": snapshot and snapshot.value,
        "revision": snapshot and snapshot.revision,
        "round": snapshot and snapshot.round,
        "sentences": {code: sentences_of(Refused(code)).as_dict() for code in sorted(codes)},
        "mine": outcome.mine and list(outcome.mine),
        "account": outcome.account and list(outcome.account),
        "at": at,
    }


def log_refusals(counter: Any, clicks: Any, outcome: Outcome, why: str) -> None:
    """A line for each reason why something was refused. "Later" is none; the committer tells of an outage once."""
    keys: dict[str, list[str | None]] = {}
    if outcome.error and outcome.error != Later.code:
        first = clicks[0] if isinstance(clicks, list) and clicks else None
        key = first.get("key") if isinstance(first, Mapping) else None
        keys[outcome.error] = [key if is_hex(key) else None]
    for key, code in outcome.codes.items():
        if code != SAVED:
            keys.setdefault(code, []).append(key)
    named = counter if is_clean_text(counter, 64) else None
    for code, of in keys.items():
        log.info("refused: %s %s (%d, counter %r)", code, why, len(of), named, extra={"counter": named, "key": of[0]})


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
    return Click(key, whole, pressed_at + shift, round_id, time_adjusted=shift != 0, kind=kind, of=taken)
