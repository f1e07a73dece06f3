"""What is done with a counter besides pressing: create, change, archive, delete, reset, correct.

All of them raise CounterNotFound, Refused, Malformed and Later. Whether `who` may do it is decided inside the transaction.
After a Later, each may be asked for again and comes to the same: a new counter and a correction by the browser's key, a
reset by the round that it ends, the others because they say how things are to be.
"""

from typing import TypedDict

from clickcounter.access import rate_limits
from clickcounter.domain.clicks import CORRECTION, SAVED, Caller, Click, Order, now_ms
from clickcounter.domain.rules import NOT_ALLOWED
from clickcounter.errors import Malformed, Refused
from clickcounter.ledger import counters, rounds
from clickcounter.live.pipeline import DEFAULT_COUNTER, running
from clickcounter.services import publishing
from clickcounter.services.forms import read_fields, read_key, read_reason
from clickcounter.services.validation import is_clean_text, is_hex, is_whole, slug_of

LONGEST_NAME_TYPED = 400  # characters that somebody types to confirm; a name is shorter


class Created(TypedDict):
    """A new counter's address."""

    slug: str


class Reset(TypedDict):
    """Whether this very call ended the round; someone else may have done so before."""

    closed: bool


class Corrected(TypedDict):
    """What the counter shows now."""

    value: int


async def create(who: Caller, address: str, fields: object, key: object = None) -> Created:
    """Create a counter, one for the same fields and key. `address` is the client's. Raises TooMany, too."""
    wanted, request = read_fields(fields), read_key(key)
    device = str(who.device)  # a secret's hash: nobody else can ask for this browser's counters
    first_round = rounds.round_id_of(device, request, repr(sorted(wanted.items()))) if request else rounds.new_round_id()
    with rate_limits.current().new_counter(device, address):
        return {"slug": await publishing.commit(lambda c: counters.create(c, wanted, first_round, who))}


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
    publishing.reread()


async def reset(who: Caller, counter: object, round_id: object) -> Reset:
    """End the round that the person saw, and no other: of two resets at once the second does nothing."""
    slug = slug_of(counter)
    if not is_whole(round_id):
        raise Malformed("round must be a whole number")
    snapshot, closed = await publishing.with_ledger(lambda ledger: ledger.reset(slug, round_id, who))
    publishing.publish(snapshot)
    return {"closed": closed}


async def correct(who: Caller, counter: object, round_id: object, key: object, value: object, reason: object) -> Corrected:
    """Set a counter to its true number; the difference is an entry of the ledger, recorded and published as a click is."""
    slug, why = slug_of(counter), read_reason(reason)
    if not is_hex(key) or not is_whole(round_id):
        raise Malformed("key must be 32 hexadecimal digits, round a whole number")
    if not is_whole(value):
        raise Refused("limit")
    click = Click(key, value, now_ms(), round_id, kind=CORRECTION, reason=why)
    outcome = await running().record(Order(slug, str(who.device), (click,), who.session))
    if outcome.error or outcome.snapshot is None:
        raise Refused(outcome.error or "failed")
    if outcome.codes[key] != SAVED:
        raise Refused("not_owner" if outcome.codes[key] == NOT_ALLOWED else outcome.codes[key])
    return {"value": outcome.snapshot.value}
