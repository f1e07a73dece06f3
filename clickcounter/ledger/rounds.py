"""Counters made, rounds closed and opened, revisions raised, each within a transaction of the ledger's."""

import secrets
import time
from typing import Any

from sqlalchemy import Connection, insert, select, update

from clickcounter.database import statements as sql
from clickcounter.database import tables
from clickcounter.domain.clicks import Presser, Snapshot, now_ms
from clickcounter.domain.counter_settings import CounterSettings, settings_columns, settings_from_row
from clickcounter.errors import CounterNotFound


def next_revision(previous: int) -> int:
    """A revision above `previous` and, as a rule, the time in microseconds: a restored database is newer than any tab."""
    return max(previous + 1, time.time_ns() // 1_000)


def reset(
    connection: Connection, slug: str, round_id: int | None, fresh: int, ended_by: int | None = None
) -> tuple[Snapshot, bool]:
    """Close a round and open `fresh`, whose id is this reset's key: run again, it finds what it did before.

    `ended_by` is the device that asked; None is the terminal.
    """
    counter = connection.execute(sql.LOCK_COUNTERS, {"slugs": [slug]}).first()
    if counter is None:
        raise CounterNotFound(slug)
    about = settings_from_row(counter)
    if counter.round_id == fresh:
        return Snapshot(slug, counter.value, counter.revision, fresh, about), True
    if round_id is not None and round_id != counter.round_id:
        last = last_presser(connection, counter)
        return Snapshot(slug, counter.value, counter.revision, counter.round_id, about, last), False
    now, revision = now_ms(), next_revision(counter.revision)
    number = connection.execute(select(tables.ROUNDS.c.number).where(tables.ROUNDS.c.id == counter.round_id)).scalar_one()
    connection.execute(
        update(tables.ROUNDS).where(tables.ROUNDS.c.id == counter.round_id).values(ended_at=now, ended_by=ended_by)
    )
    _open_round(connection, fresh, counter.id, number + 1, now)
    connection.execute(
        update(tables.COUNTERS)
        .where(tables.COUNTERS.c.id == counter.id)
        .values(value=0, revision=revision, round_id=fresh, last_by=None, last_account=None)
    )
    return Snapshot(slug, 0, revision, fresh, about), True


def last_presser(connection: Connection, counter: Any) -> Presser | None:
    """Who pressed last in a counter's round."""
    if counter.last_by is None:
        return None
    label = connection.execute(select(sql.LABEL).where(tables.COUNTERS.c.id == counter.id)).scalar()
    return Presser(counter.last_by, label or "")


def create(connection: Connection, slug: str, about: CounterSettings, first: int) -> bool:
    """Make a counter with its first round, whose id is given. False where the slug is taken, or ever was."""
    now, revision = now_ms(), next_revision(0)
    values = {"slug": slug, "value": 0, "revision": revision, "round_id": first, "created_at": now}
    made = sql.insert_new(connection, tables.COUNTERS).returning(tables.COUNTERS.c.id)
    counter_id = connection.execute(made, values | settings_columns(about, revision)).scalar()
    if counter_id is None:
        return False
    _open_round(connection, first, counter_id, 1, now)
    return True


def new_round_id() -> int:
    """Random: it is also the key by which a reset run again knows itself."""
    return secrets.randbelow(2**53 - 1) + 1


def _open_round(connection: Connection, round_id: int, counter_id: int, number: int, now: int) -> None:
    values = {"id": round_id, "counter_id": counter_id, "number": number, "total": 0, "started_at": now}
    connection.execute(insert(tables.ROUNDS), values)


def renew(connection: Connection) -> None:
    """Make every counter newer than what tabs remember of it."""
    for row in connection.execute(sql.LOCK_ALL_COUNTERS).all():
        values = {"which": row.id, "added": 0, "next_revision": next_revision(row.revision), "by": None, "account": None}
        connection.execute(sql.RAISE_COUNTER, values)
