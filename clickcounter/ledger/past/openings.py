"""New counters that open with an amount carried over from elsewhere."""

from sqlalchemy import Connection

from clickcounter.domain.clicks import OPENING, Caller
from clickcounter.domain.past import PastEntry
from clickcounter.ledger import counters
from clickcounter.ledger.counters import Fields
from clickcounter.ledger.past import entries
from clickcounter.ledger.past.entries import FindDevice


def create(
    connection: Connection, fields: Fields, opening: int, first_round: int, by: Caller | None, find_device: FindDevice
) -> str:
    """Create a counter, see counters.create, and its opening entry, if the amount is not 0. Raises Refused."""
    slug = counters.create(connection, fields, first_round, by)
    if opening:
        entries.add(connection, slug, PastEntry(f"{first_round:032x}", OPENING, opening), find_device, by)
    return slug
