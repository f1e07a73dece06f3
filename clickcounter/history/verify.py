"""Checks every stored total against the ledger, and rebuilds the totals from it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import BigInteger, Connection, Engine, cast, func, select, update

from clickcounter.database import statements as sql
from clickcounter.database import tables
from clickcounter.database.compiled_sqlite import parts
from clickcounter.database.engines import read_only
from clickcounter.domain.calendar import MINUTE
from clickcounter.ledger import rollups
from clickcounter.ledger.rounds import next_revision


@dataclass(frozen=True, slots=True)
class Difference:
    """A stored total that does not follow from the ledger."""

    counter: str  # its slug
    what: str  # which total, in words
    stored: int
    ledger: int


class _RoundTotals(NamedTuple):
    """What is stored of a round and its counter, and what the ledger says: `amount` and `clicks`."""

    counter_id: int
    slug: str
    value: int
    revision: int
    is_current: bool
    round_id: int
    number: int
    total: int
    counted: bool
    amount: int
    clicks: int


def verify(engine: Engine) -> tuple[int, list[Difference]]:
    """Check every total in one read snapshot. Returns how many clicks were read, and the differences."""
    with read_only(engine).begin() as connection:
        return differences(connection)


def differences(connection: Connection) -> tuple[int, list[Difference]]:
    """Check every total within a transaction. Returns how many clicks were read, and the differences."""
    clicks = 0
    found: list[Difference] = []
    for row in _round_totals(connection):
        clicks += row.clicks
        if row.total != row.amount:
            found.append(Difference(row.slug, f"round {row.number}", row.total, row.amount))
        if row.is_current and row.value != row.amount:
            found.append(Difference(row.slug, "value", row.value, row.amount))
        if row.clicks and not row.counted:
            found.append(Difference(row.slug, f"round {row.number}, shown clicks", 0, row.clicks))
    for rollup in rollups.ALL:
        found += _named(connection, rollups.differences(connection, rollup))
    return clicks, found


def repair(engine: Engine) -> tuple[int, list[Difference]]:
    """Rebuild the roll-ups, the rounds' totals and the counters' values. Returns what `verify` would have.

    It is one transaction, and nobody else writes during it: browsers keep their clicks and send them afterwards. Do not pass
    the ledger's own engine: on PostgreSQL it gives up after seconds.
    """
    with engine.begin() as connection:
        connection.execute(sql.LOCK_ALL_COUNTERS).all()
        clicks, found = differences(connection)
        if found:
            _write_totals(connection)
            rollups.rebuild(connection)
        return clicks, found


def _round_totals(connection: Connection) -> Iterator[_RoundTotals]:
    amount, count = func.sum(tables.CLICKS.c.amount).label("amount"), func.count().label("clicks")
    by_round = select(tables.CLICKS.c.round_id, amount, count).group_by(tables.CLICKS.c.round_id).subquery().c
    query = (
        select(
            tables.COUNTERS.c.id,
            tables.COUNTERS.c.slug,
            tables.COUNTERS.c.value,
            tables.COUNTERS.c.revision,
            tables.COUNTERS.c.round_id == tables.ROUNDS.c.id,
            tables.ROUNDS.c.id,
            tables.ROUNDS.c.number,
            tables.ROUNDS.c.total,
            tables.ROUNDS.c.counted,
            cast(func.coalesce(by_round.amount, 0), BigInteger),  # PostgreSQL's sum is a decimal
            func.coalesce(by_round.clicks, 0),
        )
        .join_from(tables.ROUNDS, tables.COUNTERS, tables.COUNTERS.c.id == tables.ROUNDS.c.counter_id)
        .outerjoin(by_round.round_id.table, by_round.round_id == tables.ROUNDS.c.id)
        .order_by(tables.COUNTERS.c.slug, tables.ROUNDS.c.number)
    )
    return (_RoundTotals(*row) for row in connection.execute(query))


def _write_totals(connection: Connection) -> None:
    for row in list(_round_totals(connection)):
        if row.total != row.amount or (row.clicks and not row.counted):
            change = update(tables.ROUNDS).where(tables.ROUNDS.c.id == row.round_id)
            connection.execute(change.values(total=row.amount, counted=row.clicks > 0))
        if row.is_current and row.value != row.amount:
            values = {"value": row.amount, "revision": next_revision(row.revision)}  # open tabs take only newer revisions
            connection.execute(update(tables.COUNTERS).where(tables.COUNTERS.c.id == row.counter_id).values(values))


def _named(connection: Connection, mismatches: Sequence[rollups.Mismatch]) -> list[Difference]:
    ids = sorted({mismatch.keys["round_id"] for mismatch in mismatches})
    query = select(tables.ROUNDS.c.id, tables.ROUNDS.c.number, tables.COUNTERS.c.slug)
    query = query.join_from(tables.ROUNDS, tables.COUNTERS, tables.COUNTERS.c.id == tables.ROUNDS.c.counter_id)
    rounds = {row.id: row for some in parts(ids) for row in connection.execute(query.where(tables.ROUNDS.c.id.in_(some)))}
    found = []
    for mismatch in mismatches:
        row = rounds[mismatch.keys["round_id"]]
        found.append(Difference(row.slug, _description(row.number, mismatch), mismatch.stored, mismatch.ledger))
    return found


def _description(round_number: int, mismatch: rollups.Mismatch) -> str:
    keys = mismatch.keys
    words = [f"round {round_number}"]
    if "start" in keys:
        start = datetime.fromtimestamp(keys["start"] / 1000, UTC)
        words.append(f"{keys['width'] // MINUTE} min from {start:%Y-%m-%d %H:%M} UTC")
    if "account_id" in keys:
        words.append(f"account {keys['account_id']}")
    if "device_id" in keys:
        words.append(f"device {keys['device_id']}")
    return ", ".join([*words, mismatch.sum])
