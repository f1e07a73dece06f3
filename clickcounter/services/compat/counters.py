"""Counters by namespace and key: read, hit, create, add, set, reset, delete.

Each hit is a click in the ledger, with a key of its own: such a program cannot say that it repeats itself. api/compat/
decides who may do what. All of them raise Later, and Refused where the ledger refuses.
"""

import hashlib
import hmac
import os
import secrets
import time
from collections import OrderedDict

from clickcounter.access import rate_limits
from clickcounter.domain.clicks import ANY_ROUND, CLICK, CORRECTION, SAVED, Click, Order, Snapshot, now_ms
from clickcounter.domain.compat import CompatCounterState, CompatName, Terms
from clickcounter.errors import CounterNotFound, Later, Refused
from clickcounter.ledger import compat, rounds
from clickcounter.live.pipeline import running
from clickcounter.pools import ELSEWHERE
from clickcounter.services import publishing
from clickcounter.services.elsewhere import numbers

MOST_SLUGS = 10_000  # remembered
TRIES = 3

_slugs: OrderedDict[CompatName, str] = OrderedDict()  # may be out of date; the ledger notices


async def find(name: CompatName) -> CompatCounterState | None:
    """The counter; None where there is none."""
    found = await running().read(lambda engine: compat.find(engine, name), ELSEWHERE)
    if found:
        _remember(name, found.slug)
    return found


async def create(name: CompatName, terms: Terms, address: str) -> tuple[int, bool]:
    """Create the counter, unless there is one. Returns its value, and whether it is new. Raises TooMany, too."""
    if found := await find(name):
        return found.value, False
    snapshot, new = await _create(name, terms, address)
    return snapshot.value, new


async def hit(name: CompatName, address: str) -> int:
    """Count one more, on a new counter where there is none. Returns the value. Raises TooMany, too.

    A counter that is for members only is not counted (`members_only`).
    """
    for _ in range(TRIES):
        slug = _slugs.get(name) or await _find_or_create(name, address)
        try:
            await numbers.for_everybody(slug, address)
            return await _record(slug, 1, CLICK, address)
        except CounterNotFound:
            _slugs.pop(name, None)  # deleted a moment ago
    raise Later("the counter is deleted again and again")


async def add(state: CompatCounterState, amount: int, address: str) -> int:
    """Add an amount. Returns the value. Raises CounterNotFound, too."""
    return await _record(state.slug, amount, CLICK, address)


async def set_value(state: CompatCounterState, value: int, address: str) -> int:
    """Set the value; the difference is an entry of the ledger, if there is one. Raises CounterNotFound, too."""
    if value == state.value:
        return value
    return await _record(state.slug, value, CORRECTION, address)


async def reset(state: CompatCounterState) -> int:
    """Begin a new round at 0. Raises CounterNotFound, too."""
    snapshot, _ = await publishing.with_ledger(lambda ledger: ledger.reset(state.slug, None, compat.PROGRAMS))
    publishing.publish(snapshot)
    return snapshot.value


async def delete(name: CompatName, state: CompatCounterState) -> None:
    """Delete the counter; the next hit begins another one."""
    await publishing.commit(lambda c: compat.forget(c, state.slug))
    _slugs.pop(name, None)
    publishing.forget(state.slug)


def new_admin_key() -> tuple[str, str]:
    """A new admin key, in the form of a UUID as Abacus has them, and what is stored of it."""
    digits = secrets.token_hex(16)
    text = "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
    return text, _sha256(text)


def is_admin(state: CompatCounterState, key: str) -> bool:
    """Whether this is the counter's admin key."""
    return hmac.compare_digest(state.terms.admin_sha256 or "", _sha256(key))


async def _find_or_create(name: CompatName, address: str) -> str:
    if found := await find(name):
        return found.slug
    snapshot, _ = await _create(name, Terms(), address)
    return snapshot.counter


async def _create(name: CompatName, terms: Terms, address: str) -> tuple[Snapshot, bool]:
    first_round, key = rounds.new_round_id(), _new_key()
    with rate_limits.current().new_counter(address, address):  # without devices, all of an address is one
        snapshot, new = await publishing.commit(lambda c: compat.create(c, name, terms, first_round, key))
    _remember(name, snapshot.counter)
    return snapshot, new


async def _record(slug: str, amount: int, kind: str, address: str) -> int:
    key = _new_key()
    reason = "set by a program" if kind == CORRECTION else ""
    click = Click(key, amount, now_ms(), ANY_ROUND, kind=kind, reason=reason)
    outcome = await running().record(Order(slug, str(compat.PROGRAMS.device), (click,), address=address))
    if outcome.error == CounterNotFound.code:
        raise CounterNotFound(slug)
    if outcome.error or outcome.snapshot is None:
        raise Refused(outcome.error or "failed")
    if outcome.codes[key] != SAVED:
        raise Refused(outcome.codes[key])
    return outcome.snapshot.value if outcome.total is None else outcome.total


def _remember(name: CompatName, slug: str) -> None:
    _slugs[name] = slug
    _slugs.move_to_end(name)
    if len(_slugs) > MOST_SLUGS:
        _slugs.popitem(last=False)


def _new_key() -> str:
    return f"{time.time_ns() // 1_000_000:012x}{os.urandom(10).hex()}"


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
