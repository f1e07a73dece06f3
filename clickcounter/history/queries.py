"""Reads. Each call sees one moment of the database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Connection, Engine, Select, cast, func, select

from clickcounter.database import statements as sql
from clickcounter.domain.calendar import MINUTE
from clickcounter.domain.clicks import Presser, Snapshot
from clickcounter.domain.counter_settings import about_of
from clickcounter.errors import CounterNotFound
from clickcounter.ledger import rollups


def reading(engine: Engine) -> Engine:
    """The same engine for one consistent look, without the write lock."""
    if engine.dialect.name == "postgresql":
        return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return engine.execution_options(reading=True)


def snapshots(connection: Connection, slugs: Iterable[str]) -> list[Snapshot]:
    """What these counters show; unknown slugs are left out."""
    rows = connection.execute(sql.READ_COUNTERS, {"slugs": sorted(slugs)})
    return [Snapshot(r.slug, r.value, r.revision, r.round_id, about_of(r), _last(r)) for r in rows]


def _last(row: Any) -> Presser | None:
    return None if row.last_by is None else Presser(row.last_by, row.last_label or "")


def snapshot_of(engine: Engine, slug: str) -> Snapshot:
    """What a counter shows. Raises CounterNotFound."""
    with reading(engine).begin() as connection:
        found = snapshots(connection, [slug])
    if not found:
        raise CounterNotFound(slug)
    return found[0]


@dataclass(frozen=True, slots=True)
class Difference:
    """A total that does not follow from the ledger."""

    counter: str
    what: str
    stored: int
    ledger: int


def verify(engine: Engine) -> tuple[int, list[Difference]]:
    """Hold every stored sum against the ledger, in one read snapshot. Returns the clicks read and the differences."""
    with reading(engine).begin() as connection:
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
        select(sql.CLICKS.c.round_id, func.sum(sql.CLICKS.c.amount).label("amount"), func.count().label("clicks"))
        .group_by(sql.CLICKS.c.round_id)
        .subquery()
    )
    return (
        select(
            sql.COUNTERS.c.id.label("counter_id"),
            sql.COUNTERS.c.slug,
            sql.COUNTERS.c.value,
            sql.COUNTERS.c.revision,
            (sql.COUNTERS.c.round_id == sql.ROUNDS.c.id).label("current"),
            sql.ROUNDS.c.id.label("round_id"),
            sql.ROUNDS.c.number,
            sql.ROUNDS.c.total,
            cast(func.coalesce(of_round.c.amount, 0), BigInteger).label("amount"),  # PostgreSQL's sum is a decimal
            func.coalesce(of_round.c.clicks, 0).label("clicks"),
        )
        .join_from(sql.ROUNDS, sql.COUNTERS, sql.COUNTERS.c.id == sql.ROUNDS.c.counter_id)
        .outerjoin(of_round, of_round.c.round_id == sql.ROUNDS.c.id)
        .order_by(sql.COUNTERS.c.slug, sql.ROUNDS.c.number)
    )


def _named(connection: Connection, found: Sequence[rollups.Apart]) -> list[Difference]:
    names = select(sql.ROUNDS.c.id, sql.ROUNDS.c.number, sql.COUNTERS.c.slug).join_from(
        sql.ROUNDS, sql.COUNTERS, sql.COUNTERS.c.id == sql.ROUNDS.c.counter_id
    )
    ids = {apart.keys["round_id"] for apart in found}
    rows = connection.execute(names.where(sql.ROUNDS.c.id.in_(ids))) if ids else ()
    of = {row.id: row for row in rows}
    return [
        Difference(of[a.keys["round_id"]].slug, _what(of[a.keys["round_id"]].number, a), a.stored, a.ledger) for a in found
    ]


def _what(number: int, apart: rollups.Apart) -> str:
    words = [f"round {number}"]
    if "start" in apart.keys:
        began = datetime.fromtimestamp(apart.keys["start"] / 1000, UTC)
        words.append(f"{apart.keys['width'] // MINUTE} min from {began:%Y-%m-%d %H:%M} UTC")
    if "account_id" in apart.keys:
        words.append(f"account {apart.keys['account_id']}")
    if "device_id" in apart.keys:
        words.append(f"device {apart.keys['device_id']}")
    return ", ".join([*words, apart.sum])
