"""Reads which counters a group has."""

from typing import Any, NamedTuple, cast

from sqlalchemy import Connection, Engine, select

from clickcounter.access import authorization
from clickcounter.database import statements as sql
from clickcounter.database.engines import read_only
from clickcounter.database.rows import CounterRow
from clickcounter.database.tables import COUNTERS, GROUP_PARTS
from clickcounter.domain.clicks import Caller, now_ms
from clickcounter.domain.rights import MEMBERS


class Part(NamedTuple):
    """A counter of a group, and its sign there."""

    slug: str
    name: str
    sign: int
    value: int
    archived: bool


def visible_parts(engine: Engine, slug: str, who: Caller) -> tuple[list[Part], int]:
    """The counters of a group that this caller may see, by name, and how many others there are.

    Raises CounterNotFound, Refused.
    """
    with read_only(engine).begin() as connection:
        group = authorization.read_counter(connection, slug)
        authorization.require(connection, group, who, "view")
        seen, hidden = seen_by(connection, group, who)
    return [Part(row.slug, row.name, row.sign, row.value, row.archived_at is not None) for row in seen], hidden


def seen_by(connection: Connection, group: CounterRow, who: Caller | None) -> tuple[list[Any], int]:
    """The rows of a group's counters that this caller may see, by name, and how many others there are; None sees all."""
    rows = sorted(parts_of(connection, group.id), key=lambda row: (row.name, row.slug))
    if who is None or not rows:
        return rows, 0
    grants = authorization.grants(connection, [(row, who) for row in rows], now_ms())
    seen = [row for row, grant in zip(rows, grants, strict=True) if grant.rights.view]
    return seen, len(rows) - len(seen)


def exported_parts(engine: Engine, counter: CounterRow, *, with_hidden: bool) -> dict[str, int]:
    """The sign of each counter of a group, by slug. Those for members only are left out, unless `with_hidden`."""
    if not counter.is_group:
        return {}
    with read_only(engine).begin() as connection:
        rows = parts_of(connection, counter.id)
    return {row.slug: row.sign for row in rows if with_hidden or row.visibility != MEMBERS}


def parts_of(connection: Connection, group: int) -> list[Any]:
    """The rows of a group's counters, each with its `sign`."""
    query = select(GROUP_PARTS.c.sign, *sql.COUNTER_COLUMNS, *sql.SETTINGS_COLUMNS)
    query = query.join_from(GROUP_PARTS, COUNTERS, COUNTERS.c.id == GROUP_PARTS.c.counter_id)
    return cast("list[Any]", connection.execute(query.where(GROUP_PARTS.c.group_id == group)).all())
