"""Past entries, opening amounts and notes: add one, take it back.

Both raise CounterNotFound, Refused, Malformed, TooMany and Later, and may be asked for again after a Later: an entry is
added once for its key, and taken back once. Whether `who` may is decided inside the transaction.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypedDict

from sqlalchemy import Connection

from clickcounter.access import rate_limits
from clickcounter.domain.clicks import ENTRY, NOTE, Caller, Snapshot, now_ms
from clickcounter.domain.past import KINDS, PastEntry
from clickcounter.errors import Malformed, Refused
from clickcounter.ledger.ledger import Ledger
from clickcounter.ledger.past import entries
from clickcounter.services import publishing
from clickcounter.services.forms import read_note
from clickcounter.services.presses.validation import NOBODYS_DEVICE
from clickcounter.services.validation import is_hex, is_whole, number_of, slug_of


class Added(TypedDict):
    """What the counter shows now, and the entry's key in the ledger."""

    key: str
    value: int
    revision: int
    round: int


async def add(who: Caller, address: str, counter: object, fields: object, key: object) -> Added:
    """Add a past entry, an opening amount or a note. `address` is the client's."""
    slug, entry = slug_of(counter), read_entry(fields, key)
    device = who.device or NOBODYS_DEVICE

    def add_to(ledger: Ledger) -> Snapshot:
        def find_device(connection: Connection) -> int:
            return ledger.device(connection, device, address)

        return ledger.transact(lambda connection: entries.add(connection, slug, entry, find_device, who))

    with rate_limits.current().new_entry(who.scope(address), address):
        return _publish(await publishing.with_ledger(add_to), entry.key)


async def remove(who: Caller, counter: object, key: object) -> Added:
    """Take back what was added with this key; a note is deleted."""
    slug, named = slug_of(counter), _key(key)
    return _publish(await publishing.commit(lambda connection: entries.remove(connection, slug, named, who)), named)


def read_entry(fields: object, key: object) -> PastEntry:
    """What a dialog or a program wants to add; without a time, now. Raises Malformed, Refused."""
    if not isinstance(fields, Mapping):
        raise Malformed("an entry must be an object")
    get: Callable[..., Any] = fields.get
    kind, amount, since, until = get("kind", ENTRY), get("amount"), get("since"), get("until")
    if kind not in KINDS:
        raise Malformed(f"kind must be one of {', '.join(KINDS)}")
    if kind != NOTE and not is_whole(amount):
        raise Refused("amount")
    start = now_ms() if (moment := number_of(since)) is None else moment
    end = start if (moment := number_of(until)) is None else moment
    return PastEntry(_key(key), kind, 0 if kind == NOTE else amount, start, end, read_note(get("text") or ""))


def _key(key: object) -> str:
    if not is_hex(key):
        raise Malformed("key must be 32 hexadecimal digits")
    return key


def _publish(snapshot: Snapshot, key: str) -> Added:
    publishing.publish(snapshot)
    publishing.reread()  # the counter's groups have changed, too
    return {"key": key, "value": snapshot.value, "revision": snapshot.revision, "round": snapshot.round}
