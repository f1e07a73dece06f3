"""The entries that a history lists: those of one counter, or of a group's counters."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any, TypedDict, TypeGuard

from sqlalchemy import Engine

from clickcounter.domain.clicks import Caller
from clickcounter.errors import Malformed
from clickcounter.history import ledger_pages
from clickcounter.history.group_entries import Door, GroupCursor, Position, read_group_page
from clickcounter.history.ledger_pages import Cursor, DeletedNotes, LedgerQuery
from clickcounter.history.scopes import facts_of

AnyCursor = Cursor | GroupCursor


class Entries(TypedDict):
    """A page of entries, newest first. A group's name their counters, which are `doors`; `hidden` others are left out."""

    rows: list[dict[str, Any]]  # the fields of ledger_pages.LedgerEntry; of a group as in group_entries.GroupPage
    next: AnyCursor | None  # of the page that follows these rows
    deleted: DeletedNotes
    doors: list[Door]
    hidden: int


class HistoryPage(TypedDict):
    """What JavaScript reads of an older page of entries."""

    counter: str
    rows: list[dict[str, Any]]
    next: AnyCursor | None
    doors: list[Door]
    now: int


def history_page(
    engine: Engine, query: LedgerQuery, now: int, after: AnyCursor | None = None, who: Caller | None = None
) -> HistoryPage:
    """The entries after a cursor, for whoever may see the counter, or the terminal. Raises as read_entries does."""
    found = read_entries(engine, query, after, who)
    return {"counter": query.counter, "rows": found["rows"], "next": found["next"], "doors": found["doors"], "now": now}


def read_entries(engine: Engine, query: LedgerQuery, after: AnyCursor | None, who: Caller | None) -> Entries:
    """The entries after a cursor, as far as somebody may see them; None is the terminal.

    Raises CounterNotFound, Refused, and Malformed if the cursor is that of something else.
    """
    if facts_of(engine, query.counter).is_group:
        positions = after or ()
        if not _is_of_group(positions):
            raise Malformed("after must be the cursor of a page of this group's history")
        return _of_group(engine, query, positions, who)
    if after is not None and not _is_of_counter(after):
        raise Malformed("after must be the cursor of a page of this counter's history")
    page = ledger_pages.read_page(engine, replace(query, after=after))
    deleted = ledger_pages.deleted_notes(engine, query.counter)
    return {"rows": [asdict(row) for row in page.rows], "next": page.next, "deleted": deleted, "doors": [], "hidden": 0}


def _of_group(engine: Engine, query: LedgerQuery, after: GroupCursor, who: Caller | None) -> Entries:
    """Of a round of the group: what its counters saved in that time, whatever rounds they had."""
    if query.round is not None:
        round_ = ledger_pages.read_round(engine, query.counter, query.round)
        since = max(round_.started_at, query.since or 0)
        untils = [until for until in (round_.ended_at, query.until) if until is not None]
        query = replace(query, round=None, since=since, until=min(untils, default=None))
    rows, following, deleted, doors, hidden = read_group_page(engine, query, after, who)
    return {"rows": rows, "next": following, "deleted": deleted, "doors": doors, "hidden": hidden}


def _is_of_group(cursor: Sequence[object]) -> TypeGuard[GroupCursor]:
    return all(isinstance(part, Position) for part in cursor)


def _is_of_counter(cursor: Sequence[object]) -> TypeGuard[Cursor]:
    return not any(isinstance(part, Position) for part in cursor)
