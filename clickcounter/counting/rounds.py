"""Counters made, rounds closed and opened, revisions raised, each within a transaction of the ledger's."""

import secrets
import time

from sqlalchemy import Connection, insert, select, update

from clickcounter.counting import statements as sql
from clickcounter.counting.clicks import Snapshot, now_ms
from clickcounter.errors import CounterNotFound


def next_revision(previous: int) -> int:
    """A revision above `previous` and, as a rule, the time in microseconds: a restored database is newer than any tab."""
    return max(previous + 1, time.time_ns() // 1_000)


def reset(connection: Connection, slug: str, round_id: int | None, fresh: int) -> tuple[Snapshot, bool]:
    """Close a round and open `fresh`, whose id is this reset's key: run again, it finds what it did before."""
    counter = connection.execute(sql.LOCK_COUNTERS, {"slugs": [slug]}).first()
    if counter is None:
        raise CounterNotFound(slug)
    if counter.round_id == fresh:
        return Snapshot(slug, counter.value, counter.revision, fresh), True
    if round_id is not None and round_id != counter.round_id:
        return Snapshot(slug, counter.value, counter.revision, counter.round_id), False
    now, revision = now_ms(), next_revision(counter.revision)
    number = connection.execute(select(sql.ROUNDS.c.number).where(sql.ROUNDS.c.id == counter.round_id)).scalar_one()
    connection.execute(update(sql.ROUNDS).where(sql.ROUNDS.c.id == counter.round_id).values(ended_at=now))
    _open_round(connection, fresh, counter.id, number + 1, now)
    connection.execute(
        update(sql.COUNTERS).where(sql.COUNTERS.c.id == counter.id).values(value=0, revision=revision, round_id=fresh)
    )
    return Snapshot(slug, 0, revision, fresh), True


def create(connection: Connection, slug: str, name: str) -> None:
    """Make a counter with its first round, unless there is one of this slug."""
    if connection.execute(sql.LOCK_COUNTERS, {"slugs": [slug]}).first():
        return
    now = now_ms()
    first = new_round_id()
    revision = next_revision(0)
    values = {"slug": slug, "name": name, "value": 0, "revision": revision, "round_id": first, "created_at": now}
    made = sql.insert_new(connection, sql.COUNTERS).returning(sql.COUNTERS.c.id)
    counter_id = connection.execute(made, values).scalar()
    if counter_id is not None:  # else another process was quicker
        _open_round(connection, first, counter_id, 1, now)


def new_round_id() -> int:
    """Random: it is also the key by which a reset run again knows itself."""
    return secrets.randbelow(2**53 - 1) + 1


def _open_round(connection: Connection, round_id: int, counter_id: int, number: int, now: int) -> None:
    values = {"id": round_id, "counter_id": counter_id, "number": number, "total": 0, "started_at": now}
    connection.execute(insert(sql.ROUNDS), values)


def renew(connection: Connection) -> None:
    """Make every counter newer than what tabs remember of it."""
    for row in connection.execute(sql.LOCK_ALL_COUNTERS).all():
        values = {"which": row.id, "added": 0, "next_revision": next_revision(row.revision)}
        connection.execute(sql.RAISE_COUNTER, values)
