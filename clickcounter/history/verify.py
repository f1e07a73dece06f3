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
from clickcounter.ledger import rollup_checks
from clickcounter.ledger.rounds import next_revision

_IS_PART = select(tables.GROUP_PARTS.c.group_id).where(tables.GROUP_PARTS.c.counter_id == tables.COUNTERS.c.id).exists()
_IS_MARKED_WRONG = tables.COUNTERS.c.in_groups != _IS_PART


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
    is_group: bool
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
        if row.total != row.amount and not row.is_group:
            found.append(Difference(row.slug, f"round {row.number}", row.total, row.amount))
        if row.is_current and not row.is_group and row.value != row.amount:
            found.append(Difference(row.slug, "value", row.value, row.amount))
        if row.clicks and not row.counted:
            found.append(Difference(row.slug, f"round {row.number}, shown clicks", 0, row.clicks))
    found += _group_differences(connection)
    for rollup in rollup_checks.ALL:
        found += _named(connection, rollup_checks.differences(connection, rollup))
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
            rollup_checks.rebuild(connection)
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
            tables.COUNTERS.c.is_group,
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
        if (not row.is_group and (row.total != row.amount)) or (row.clicks and not row.counted):
            change = update(tables.ROUNDS).where(tables.ROUNDS.c.id == row.round_id)
            connection.execute(change.values(total=row.amount, counted=row.clicks > 0))
        if row.is_current and not row.is_group and row.value != row.amount:
            _write_value(connection, row.counter_id, row.amount, row.revision)
    connection.execute(update(tables.COUNTERS).where(_IS_MARKED_WRONG).values(in_groups=_IS_PART))
    for sum_ in _group_sums(connection):
        if sum_.value != sum_.amount:
            _write_value(connection, sum_.id, sum_.amount, sum_.revision)


def _write_value(connection: Connection, counter_id: int, value: int, revision: int) -> None:
    values = {"value": value, "revision": next_revision(revision)}  # open tabs take only newer revisions
    connection.execute(update(tables.COUNTERS).where(tables.COUNTERS.c.id == counter_id).values(values))


class _GroupSum(NamedTuple):
    """What is stored of a group, and what the ledgers of its parts say."""

    id: int
    slug: str
    value: int
    revision: int
    amount: int


def _group_sums(connection: Connection) -> list[_GroupSum]:
    """Of a part's ledger, its current round counts. It has been checked against the ledger's rows, or rebuilt from them."""
    counters, part = tables.COUNTERS, tables.COUNTERS.alias("part")
    parts, rounds = tables.GROUP_PARTS, tables.ROUNDS
    amount = cast(func.coalesce(func.sum(parts.c.sign * rounds.c.total), 0), BigInteger)
    c = counters.c
    query = select(c.id, c.slug, c.value, c.revision, amount).where(c.is_group, c.deleted_at.is_(None))
    joined = counters.outerjoin(parts, parts.c.group_id == c.id).outerjoin(part, part.c.id == parts.c.counter_id)
    joined = joined.outerjoin(rounds, rounds.c.id == part.c.round_id)
    query = query.select_from(joined).group_by(c.id, c.slug, c.value, c.revision).order_by(c.slug)
    return [_GroupSum(*row) for row in connection.execute(query)]


def _group_differences(connection: Connection) -> list[Difference]:
    found = [
        Difference(sum_.slug, "the sum of its counters", sum_.value, sum_.amount)
        for sum_ in _group_sums(connection)
        if sum_.value != sum_.amount
    ]
    wrong = select(tables.COUNTERS.c.slug, tables.COUNTERS.c.in_groups).where(_IS_MARKED_WRONG)
    found += [
        Difference(slug, "being a part of groups", stored, not stored)
        for slug, stored in connection.execute(wrong.order_by(tables.COUNTERS.c.slug))
    ]
    return found


def _named(connection: Connection, mismatches: Sequence[rollup_checks.Mismatch]) -> list[Difference]:
    ids = sorted({mismatch.keys["round_id"] for mismatch in mismatches})
    query = select(tables.ROUNDS.c.id, tables.ROUNDS.c.number, tables.COUNTERS.c.slug)
    query = query.join_from(tables.ROUNDS, tables.COUNTERS, tables.COUNTERS.c.id == tables.ROUNDS.c.counter_id)
    rounds = {row.id: row for some in parts(ids) for row in connection.execute(query.where(tables.ROUNDS.c.id.in_(some)))}
    found = []
    for mismatch in mismatches:
        row = rounds[mismatch.keys["round_id"]]
        found.append(Difference(row.slug, _description(row.number, mismatch), mismatch.stored, mismatch.ledger))
    return found


def _description(round_number: int, mismatch: rollup_checks.Mismatch) -> str:
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
