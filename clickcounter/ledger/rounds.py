"""Create counters, close and open rounds, raise revisions, each inside a transaction of the ledger."""

import hashlib
import secrets
import time

from sqlalchemy import Connection, func, insert, select, update

from clickcounter.database import statements as sql
from clickcounter.database import tables
from clickcounter.database.rows import CounterRow
from clickcounter.domain.clicks import Presser, Snapshot, now_ms
from clickcounter.domain.counter_settings import CounterSettings, settings_columns, settings_from_row
from clickcounter.errors import CounterNotFound

ASIDE = 10**9  # numbers of rounds are moved below minus this and back: each must be unique at every moment


def next_revision(previous: int) -> int:
    """Above `previous`, and usually the time in microseconds, so that a restored database is newer than any open tab."""
    return max(previous + 1, time.time_ns() // 1_000)


def reset(
    connection: Connection, slug: str, round_id: int | None, new_round: int, ended_by: int | None = None
) -> tuple[Snapshot, bool]:
    """Close the current round and open `new_round`. Returns the counter's snapshot, and whether this reset did it.

    The new round's id is also the reset's key: run again, it finds what it did before. If `round_id` is given and is not the
    current round any more, nothing changes. `ended_by` is the device that asked; None is the terminal.

    Raises CounterNotFound.
    """
    counter: CounterRow | None = connection.execute(sql.LOCK_COUNTERS, {"slugs": [slug]}).first()
    if counter is None:
        raise CounterNotFound(slug)
    settings = settings_from_row(counter)
    if counter.round_id == new_round:
        return Snapshot(slug, counter.value, counter.revision, new_round, settings), True
    if connection.execute(select(tables.ROUNDS.c.id).where(tables.ROUNDS.c.id == new_round)).first():  # since reset again
        return snapshot_of(connection, counter), True
    if round_id is not None and round_id != counter.round_id:
        return snapshot_of(connection, counter), False
    now, revision = now_ms(), next_revision(counter.revision)
    number = connection.execute(select(tables.ROUNDS.c.number).where(tables.ROUNDS.c.id == counter.round_id)).scalar_one()
    connection.execute(
        update(tables.ROUNDS).where(tables.ROUNDS.c.id == counter.round_id).values(ended_at=now, ended_by=ended_by)
    )
    _open_round(connection, new_round, counter.id, number + 1, now)
    connection.execute(
        update(tables.COUNTERS)
        .where(tables.COUNTERS.c.id == counter.id)
        .values(value=0, revision=revision, round_id=new_round, last_by=None, last_account=None)
    )
    return Snapshot(slug, 0, revision, new_round, settings), True


def snapshot_of(connection: Connection, counter: CounterRow) -> Snapshot:
    """What the counter shows now."""
    last = last_presser(connection, counter)
    return Snapshot(counter.slug, counter.value, counter.revision, counter.round_id, settings_from_row(counter), last)


def last_presser(connection: Connection, counter: CounterRow) -> Presser | None:
    """Who pressed last in the counter's current round."""
    if counter.last_by is None:
        return None
    label = connection.execute(select(sql.LABEL).where(tables.COUNTERS.c.id == counter.id)).scalar()
    return Presser(counter.last_by, label or "")


def create(connection: Connection, slug: str, settings: CounterSettings, first_round: int) -> bool:
    """Create a counter with its first round. False if the slug is taken or ever was."""
    now, revision = now_ms(), next_revision(0)
    values = {"slug": slug, "value": 0, "revision": revision, "round_id": first_round, "created_at": now}
    inserting = sql.insert_new(connection.dialect.name, tables.COUNTERS).returning(tables.COUNTERS.c.id)
    counter_id = connection.execute(inserting, values | settings_columns(settings, revision)).scalar()
    if counter_id is None:
        return False
    _open_round(connection, first_round, counter_id, 1, now)
    return True


def new_round_id() -> int:
    """A random id. It also serves as the key by which a repeated reset or creation recognizes itself."""
    return secrets.randbelow(2**53 - 1) + 1


def round_id_of(*request: str) -> int:
    """The same, from what only this request contains: sent again, it gets the same id."""
    return int.from_bytes(hashlib.sha256("\0".join(request).encode()).digest()[:8]) % (2**53 - 1) + 1


def _open_round(connection: Connection, round_id: int, counter_id: int, number: int, now: int) -> None:
    values = {"id": round_id, "counter_id": counter_id, "number": number, "total": 0, "started_at": now}
    connection.execute(insert(tables.ROUNDS), values)


def renew(connection: Connection) -> None:
    """Raise every counter's revision above what open tabs remember."""
    for row in connection.execute(sql.LOCK_ALL_COUNTERS).all():
        values = {"which": row.id, "added": 0, "next_revision": next_revision(row.revision), "by": None, "account": None}
        connection.execute(sql.ADD_TO_COUNTER, values)


def renumber(connection: Connection, counter: CounterRow) -> None:
    """Number the rounds in the order in which they began, the current one last."""
    c = tables.ROUNDS.c
    order = (c.id == counter.round_id, c.started_at, c.id)
    place = select(c.id, func.row_number().over(order_by=order).label("place")).where(c.counter_id == counter.id).subquery()
    aside = update(tables.ROUNDS).where(c.id == place.c.id, c.number != place.c.place).values(number=place.c.place - ASIDE)
    back = update(tables.ROUNDS).where(c.counter_id == counter.id, c.number < -ASIDE // 2).values(number=c.number + ASIDE)
    connection.execute(aside)
    connection.execute(back)
