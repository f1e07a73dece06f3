"""Checks every stored total against the ledger, and rebuilds the totals from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Connection, Engine, Select, cast, func, select, update

from clickcounter.database import statements as sql
from clickcounter.database import tables
from clickcounter.database.engines import read_only
from clickcounter.domain.calendar import MINUTE
from clickcounter.ledger import rollups
from clickcounter.ledger.rounds import next_revision


@dataclass(frozen=True, slots=True)
class Difference:
    """A total that does not follow from the ledger."""

    counter: str
    what: str
    stored: int
    ledger: int


def verify(engine: Engine) -> tuple[int, list[Difference]]:
    """Hold every stored sum against the ledger, in one read snapshot. Returns the clicks read and the differences."""
    with read_only(engine).begin() as connection:
        return differences(connection)


def differences(connection: Connection) -> tuple[int, list[Difference]]:
    """The same as this transaction sees it."""
    read, found = 0, []
    for row in connection.execute(totals()):
        read += row.clicks
        if row.total != row.amount:
            found.append(Difference(row.slug, f"round {row.number}", row.total, row.amount))
        if row.current and row.value != row.amount:
            found.append(Difference(row.slug, "value", row.value, row.amount))
    for rollup in rollups.ALL:
        found += _named(connection, rollups.differences(connection, rollup))
    return read, found


def totals() -> Select[Any]:
    """Each round with what is stored of it and what the ledger says: `amount` and `clicks`."""
    of_round = (
        select(tables.CLICKS.c.round_id, func.sum(tables.CLICKS.c.amount).label("amount"), func.count().label("clicks"))
        .group_by(tables.CLICKS.c.round_id)
        .subquery()
    )
    return (
        select(
            tables.COUNTERS.c.id.label("counter_id"),
            tables.COUNTERS.c.slug,
            tables.COUNTERS.c.value,
            tables.COUNTERS.c.revision,
            (tables.COUNTERS.c.round_id == tables.ROUNDS.c.id).label("current"),
            tables.ROUNDS.c.id.label("round_id"),
            tables.ROUNDS.c.number,
            tables.ROUNDS.c.total,
            cast(func.coalesce(of_round.c.amount, 0), BigInteger).label("amount"),  # PostgreSQL's sum is a decimal
            func.coalesce(of_round.c.clicks, 0).label("clicks"),
        )
        .join_from(tables.ROUNDS, tables.COUNTERS, tables.COUNTERS.c.id == tables.ROUNDS.c.counter_id)
        .outerjoin(of_round, of_round.c.round_id == tables.ROUNDS.c.id)
        .order_by(tables.COUNTERS.c.slug, tables.ROUNDS.c.number)
    )


def repair(engine: Engine) -> tuple[int, list[Difference]]:
    """Rebuild the roll-ups, the rounds' totals and the counters' values. Returns the clicks read and what had differed.

    One transaction, in which nobody else writes: clicks wait in the browsers for as long as it takes. The engine is not
    the ledger's: on PostgreSQL that one gives up after seconds.
    """
    with engine.begin() as connection:
        connection.execute(sql.LOCK_ALL_COUNTERS).all()
        read, found = differences(connection)
        if found:
            _write_totals(connection)
            rollups.rebuild(connection)
        return read, found


def _write_totals(connection: Connection) -> None:
    for row in connection.execute(totals()).all():
        if row.total != row.amount:
            connection.execute(update(tables.ROUNDS).where(tables.ROUNDS.c.id == row.round_id).values(total=row.amount))
        if row.current and row.value != row.amount:
            change = {"value": row.amount, "revision": next_revision(row.revision)}  # open tabs must follow
            connection.execute(update(tables.COUNTERS).where(tables.COUNTERS.c.id == row.counter_id).values(change))


def _named(connection: Connection, found: Sequence[rollups.Mismatch]) -> list[Difference]:
    names = select(tables.ROUNDS.c.id, tables.ROUNDS.c.number, tables.COUNTERS.c.slug).join_from(
        tables.ROUNDS, tables.COUNTERS, tables.COUNTERS.c.id == tables.ROUNDS.c.counter_id
    )
    ids = {apart.keys["round_id"] for apart in found}
    rows = connection.execute(names.where(tables.ROUNDS.c.id.in_(ids))) if ids else ()
    of = {row.id: row for row in rows}
    return [
        Difference(of[a.keys["round_id"]].slug, _what(of[a.keys["round_id"]].number, a), a.stored, a.ledger) for a in found
    ]


def _what(number: int, apart: rollups.Mismatch) -> str:
    words = [f"round {number}"]
    if "start" in apart.keys:
        began = datetime.fromtimestamp(apart.keys["start"] / 1000, UTC)
        words.append(f"{apart.keys['width'] // MINUTE} min from {began:%Y-%m-%d %H:%M} UTC")
    if "account_id" in apart.keys:
        words.append(f"account {apart.keys['account_id']}")
    if "device_id" in apart.keys:
        words.append(f"device {apart.keys['device_id']}")
    return ", ".join([*words, apart.sum])
