"""A group's entries: those of its counters, newest first.

Each counter's entries come in the order of its own history, see ledger_pages.py; these orders are merged by time, as far as
a page goes: what is read depends on the page alone, not on the number of entries. An entry stands within its round, so a
click that arrived late stands where its round ended. A page's cursor says where the page ended at each counter.
"""

from collections.abc import Iterator
from dataclasses import asdict
from heapq import merge
from itertools import islice
from typing import Any, NamedTuple, TypedDict

from sqlalchemy import Connection, Engine, select, tuple_

from clickcounter.access import authorization
from clickcounter.database import tables
from clickcounter.database.engines import read_only
from clickcounter.domain.clicks import Caller
from clickcounter.history import group_parts, ledger_pages
from clickcounter.history.ledger_pages import PAGE, DeletedNotes, LedgerEntry, LedgerQuery

_clicks = tables.CLICKS.c
FOR_EVER = 2**62  # UTC ms


class Position(NamedTuple):
    """Where a page ended at a counter: the time of its last entry there, its round's number, its saved_at and its id."""

    counter: int  # its id
    time: int
    round: int
    saved_at: int
    id: int


GroupCursor = tuple[Position, ...]  # at most one of each counter; those without one have not begun


class Door(TypedDict):
    """A counter of the group, and its sign there."""

    id: int
    counter: str
    name: str
    sign: int


class GroupPage(NamedTuple):
    """The fields of LedgerEntry, the id of each entry's counter as `door`, and the `time` by which they are ordered."""

    rows: list[dict[str, Any]]
    next: GroupCursor | None
    deleted: DeletedNotes
    doors: list[Door]
    hidden: int  # counters that the reader may not see; their entries are left out


def read_group_page(engine: Engine, query: LedgerQuery, after: GroupCursor, who: Caller | None) -> GroupPage:
    """The next entries after the cursor, of all rounds; None is the terminal, which sees all.

    Raises CounterNotFound, Refused.
    """
    with read_only(engine).begin() as connection:
        doors, hidden = _doors(connection, query.counter, who)
        ended = {position.counter: position for position in after}
        positions = [_positions(connection, query, door["id"], ended.get(door["id"])) for door in doors]
        newest_first = merge(*positions, key=lambda one: (one.time, one.counter), reverse=True)
        found = list(islice(newest_first, PAGE + 1))
        rows = _rows(connection, found[:PAGE])
        deleted = ledger_pages.deleted_of(connection, [door["id"] for door in doors])
    ended |= {position.counter: position for position in found[:PAGE]}
    return GroupPage(rows, tuple(ended.values()) if len(found) > PAGE else None, deleted, doors, hidden)


def _doors(connection: Connection, slug: str, who: Caller | None) -> tuple[list[Door], int]:
    """The group's counters whose entries this reader may see, and how many others there are."""
    seen, hidden = group_parts.seen_by(connection, authorization.read_counter(connection, slug), who)
    return [{"id": row.id, "counter": row.slug, "name": row.name, "sign": row.sign} for row in seen], hidden


def _positions(connection: Connection, query: LedgerQuery, counter: int, after: Position | None) -> Iterator[Position]:
    """The entries of a counter, newest first, from indexes alone: a round is read when its turn comes."""
    conditions = ledger_pages.conditions_of(query)
    newest = select(_clicks.saved_at, _clicks.id).where(*conditions)
    newest = newest.order_by(_clicks.saved_at.desc(), _clicks.id.desc()).limit(PAGE + 1)
    time = after.time if after else FOR_EVER
    last_round = after.round if after else None
    for round_ in ledger_pages.rounds_with_entries(connection, counter, query, last_round):
        statement = newest
        if after is not None and round_.number == after.round:
            statement = newest.where(tuple_(_clicks.saved_at, _clicks.id) < tuple_(after.saved_at, after.id))
        for row in connection.execute(statement, {"round": round_.id}).all():
            time = min(time, _within(round_, row.saved_at))  # also where the server's clock was set back between rounds
            yield Position(counter, time, round_.number, row.saved_at, row.id)


def _within(round_: Any, saved_at: int) -> int:
    """When an entry was saved, or the end of its round that is nearer. Imported ones may be older than their round."""
    begun = saved_at if round_.number == 1 else max(saved_at, round_.started_at)
    return int(begun if round_.ended_at is None else min(begun, round_.ended_at))


def _rows(connection: Connection, positions: list[Position]) -> list[dict[str, Any]]:
    chosen = ledger_pages.entries().where(_clicks.id.in_([position.id for position in positions]))
    found = {row.id: asdict(LedgerEntry(*row)) for row in connection.execute(chosen)} if positions else {}
    return [found[one.id] | {"door": one.counter, "time": one.time} for one in positions]
