"""What is done with a counter besides pressing: create, change, archive, delete, reset, correct, take back presses.

All of them raise CounterNotFound, Refused, Malformed and Later. Whether `who` may do it is decided inside the transaction.
After a Later, each may be asked for again and comes to the same: a new counter and a correction by the browser's key, a
reset by the round that it ends, the others because they say how things are to be.
"""

import asyncio
import time
from typing import TypedDict

from sqlalchemy import Engine

from clickcounter.access import rate_limits
from clickcounter.database.engines import read_only
from clickcounter.domain.clicks import ANY_ROUND, CORRECTION, SAVED, Caller, Click, Order, Snapshot, now_ms
from clickcounter.domain.rules import NOT_ALLOWED
from clickcounter.errors import Malformed, Refused, TooMany
from clickcounter.history import snapshots
from clickcounter.ledger import counters, rounds, taking_back
from clickcounter.ledger.ledger import Ledger
from clickcounter.ledger.past import openings
from clickcounter.ledger.taking_back import Selection
from clickcounter.live.pipeline import DEFAULT_COUNTER, running
from clickcounter.pools import OPENING
from clickcounter.services import publishing
from clickcounter.services.forms import read_fields, read_key, read_opening, read_reason
from clickcounter.services.presses.validation import NOBODYS_DEVICE
from clickcounter.services.validation import cursor_of, is_clean_text, is_hex, is_whole, number_of, slug_of

LONGEST_NAME_TYPED = 400  # characters that somebody types to confirm; a name is shorter
MOST_COUNTED = 50_000  # presses, so that a count never takes long
TAKE_BACK_FOR = 2.0  # seconds of one call; a browser waits 8 for its answer


class Created(TypedDict):
    """A new counter's address."""

    slug: str


class Reset(TypedDict):
    """Whether this very call ended the round, or someone else had done so before; and what the counter shows now."""

    closed: bool
    value: int
    revision: int
    round: int


class Corrected(TypedDict):
    """What the counter shows now."""

    value: int
    revision: int
    round: int


async def show(who: Caller, counter: object) -> Snapshot:
    """What a counter shows now, to whoever may see it."""
    slug = slug_of(counter)
    return await running().read(lambda engine: snapshots.visible_snapshot(engine, slug, who), OPENING)


async def create(who: Caller, address: str, fields: object, key: object = None) -> Created:
    """Create a counter, one for the same fields and key; `opening` among them is the number that it starts with.

    `address` is the client's. Raises TooMany, too.
    """
    opening, settings = read_opening(fields)
    wanted, request = read_fields(settings), read_key(key)
    scope = who.scope(address)  # with a secret's hash: nobody else can ask for this browser's counters
    said = repr(sorted(wanted.items())) + (f" {opening}" if opening else "")
    first_round = rounds.round_id_of(scope, request, said) if request else rounds.new_round_id()

    def create_in(ledger: Ledger) -> str:
        device = lambda c: ledger.device(c, who.device or NOBODYS_DEVICE, address)  # noqa: E731
        return ledger.transact(lambda c: openings.create(c, wanted, opening, first_round, who, device))

    if request and (known := await running().read(lambda engine: _created_with(engine, first_round), OPENING)):
        return {"slug": known}  # sent again, it is no new one
    with rate_limits.current().new_counter(scope, address):
        return {"slug": await publishing.with_ledger(create_in)}


def _created_with(engine: Engine, first_round: int) -> str | None:
    with read_only(engine).begin() as connection:
        return counters.created_with(connection, first_round)


async def update_settings(who: Caller, counter: object, fields: object) -> None:
    """Change some of a counter's settings."""
    slug, wanted = slug_of(counter), read_fields(fields)
    await publishing.commit_and_publish(lambda c: counters.update_settings(c, slug, wanted, who))


async def archive(who: Caller, counter: object) -> None:
    """Archive a counter, which takes no presses from then on."""
    slug = slug_of(counter)
    await publishing.commit_and_publish(lambda c: counters.archive(c, slug, True, who))


async def restore(who: Caller, counter: object) -> None:
    """Take an archived counter back into use."""
    slug = slug_of(counter)
    await publishing.commit_and_publish(lambda c: counters.archive(c, slug, False, who))


async def delete(who: Caller, counter: object, name: object) -> None:
    """Delete a counter for good; `name` is what the person typed to confirm."""
    slug = slug_of(counter)
    if slug == DEFAULT_COUNTER:
        raise Refused("delete_default")
    if not is_clean_text(name, LONGEST_NAME_TYPED):
        raise Refused("delete_name")
    await publishing.commit(lambda c: counters.delete(c, slug, name, who))
    publishing.forget(slug)


async def reset(who: Caller, address: str, counter: object, round_id: object, key: object = None) -> Reset:
    """End the round that the person saw, and no other: of two resets at once the second does nothing. Raises TooMany, too.

    A program may leave the round to us; then the same key ends one round, however often it is sent.
    """
    slug, request = slug_of(counter), read_key(key)
    if not is_whole(round_id):
        raise Malformed("round must be a whole number")
    seen = None if round_id == ANY_ROUND else round_id
    new = rounds.round_id_of(who.scope(address), slug, request) if request else rounds.new_round_id()
    snapshot, closed = await publishing.with_ledger(lambda ledger: ledger.reset(slug, seen, who, new, address))
    publishing.publish(snapshot)
    publishing.reread()  # the counters of a group, or the groups of a counter, have changed too
    return {"closed": closed, "value": snapshot.value, "revision": snapshot.revision, "round": snapshot.round}


async def correct(
    who: Caller, address: str, counter: object, round_id: object, key: object, value: object, reason: object
) -> Corrected:
    """Set a counter to its true number; the difference is an entry of the ledger, recorded and published as a click is.

    Raises TooMany, too.
    """
    slug, why = slug_of(counter), read_reason(reason)
    if not is_hex(key) or not is_whole(round_id):
        raise Malformed("key must be 32 hexadecimal digits, round a whole number")
    if not is_whole(value):
        raise Refused("limit")
    click = Click(key, value, now_ms(), round_id, kind=CORRECTION, reason=why)
    device = who.device or NOBODYS_DEVICE
    outcome = await running().record(Order(slug, device, (click,), who.session, address, who.key))
    if outcome.wait:
        raise TooMany(outcome.wait, "new_devices")
    if outcome.error or outcome.snapshot is None:
        raise Refused(outcome.error or "failed")
    if outcome.codes[key] != SAVED:
        refusal = "key_scope" if who.key else "not_owner"
        raise Refused(refusal if outcome.codes[key] == NOT_ALLOWED else outcome.codes[key])
    snapshot = outcome.snapshot
    return {"value": snapshot.value, "revision": snapshot.revision, "round": snapshot.round}


class Counted(TypedDict):
    """What would be taken back; `more` if there are more presses than were counted. `until` ends what was counted."""

    presses: int
    amount: int
    more: bool
    until: int


class TakenBack(TypedDict):
    """What this call took back, and where the next one has to go on; null if nothing is left."""

    presses: int
    amount: int
    next: list[int] | None


def selection_of(device: object, account: object, since: object, until: object) -> Selection:
    """Which presses are meant, none that are yet to come. Raises Refused where that is all of them, and Malformed."""
    return Selection(*map(number_of, (device, account, since, until))).until_now()


async def count_presses(who: Caller, counter: object, selection: Selection) -> Counted:
    """Count what `take_back` would take back, and change nothing."""
    slug = slug_of(counter)
    found = await running().read(lambda engine: taking_back.count(engine, slug, selection, who, MOST_COUNTED))
    return {"presses": found.presses, "amount": found.amount, "more": found.more, "until": selection.until or now_ms()}


async def take_back(
    who: Caller,
    counter: object,
    selection: Selection,
    reason: object,
    after: object = None,
    seconds: float = TAKE_BACK_FOR,
) -> TakenBack:
    """Take presses back for some seconds; the caller goes on with `after` set to what `next` was.

    Each slice is shown everywhere when it is written, and presses are saved between two of them.
    """
    slug, why, cursor = slug_of(counter), read_reason(reason), cursor_of(after)
    done: TakenBack = {"presses": 0, "amount": 0, "next": None}
    started = time.monotonic()
    while True:
        began = time.monotonic()
        part = await publishing.commit(lambda c: taking_back.take_back(c, slug, selection, why, who, cursor))  # noqa: B023
        publishing.publish(part.snapshot)
        cursor = part.next
        done["presses"] += part.presses
        done["amount"] += part.amount
        if cursor is None or time.monotonic() - started > seconds:
            break
        await asyncio.sleep(time.monotonic() - began)
    publishing.reread()
    return done | {"next": list(cursor) if cursor else None}
