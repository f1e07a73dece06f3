"""A group in `/admin/`: its counters, and their entries in one order. Superusers see them all.

A page's cursor says where the page ended at each counter, see history/group_entries.py.
"""

from dataclasses import fields

from sqlalchemy import Engine

from clickcounter.admin.queries import ledger_of, parse_id
from clickcounter.admin.rows import LedgerRow, Page
from clickcounter.domain.clicks import Caller
from clickcounter.domain.numbers import MOST_PARTS
from clickcounter.history.entries import read_entries
from clickcounter.history.group_entries import GroupCursor, Position
from clickcounter.history.group_parts import Part, visible_parts
from clickcounter.history.ledger_pages import LedgerEntry, LedgerQuery
from clickcounter.history.scopes import facts_of

LONGEST_CURSOR = MOST_PARTS * len(Position._fields) * 19  # characters, with what stands between its numbers
_names = [field.name for field in fields(LedgerEntry)]


def parts(engine: Engine, slug: str, who: Caller) -> list[Part]:
    """The counters of a group, by name. Raises CounterNotFound, Refused."""
    return visible_parts(engine, slug, who)[0]


def ledger_of_any(engine: Engine, slug: str, after: str, who: Caller) -> tuple[Page[LedgerRow], bool]:
    """The entries of a counter or of a group's counters, and whether it is a group. Raises CounterNotFound, Refused."""
    if not facts_of(engine, slug).is_group:
        return ledger_of(engine, slug, after), False
    found = read_entries(engine, LedgerQuery(slug), parse_cursor(after), who)
    doors = {door["id"]: (door["counter"], door["name"]) for door in found["doors"]}
    rows = [(LedgerEntry(**{name: row[name] for name in _names}), *doors[row["door"]]) for row in found["rows"]]
    positions = [one for one in found["next"] or () if isinstance(one, Position)]
    return Page(rows, "~".join(".".join(map(str, one)) for one in positions) or None), True


def parse_cursor(text: str) -> GroupCursor:
    """Where a page ended; the beginning for anything else."""
    positions = []
    for part in text.split("~")[: MOST_PARTS + 1]:
        numbers = [number for one in part.split(".") if (number := parse_id(one)) is not None]
        if len(numbers) != len(Position._fields):
            return ()
        positions.append(Position(*numbers))
    return tuple(positions) if len(positions) <= MOST_PARTS else ()
