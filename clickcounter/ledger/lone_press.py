"""A lone press on SQLite, in two statements.

A quiet counter has one press to a transaction, and finds the processor's caches cold: then each statement costs several times
what it costs a busy one. So what a plain press meets is read by one statement, and a trigger of this connection turns one row
into all that transaction.py would write, with its statements. Whatever is not plain is recorded there.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ClauseElement, Connection, Table, bindparam, exists, false, select

from clickcounter.access import authorization
from clickcounter.database import statements as sql
from clickcounter.database.compiled_sqlite import compile_statement, execute, execute_raw
from clickcounter.database.rows import LedgerRow
from clickcounter.database.tables import ACTIVITY, CLICKS, COUNTERS, DEVICE_ACTIVITY, DEVICES, ROUNDS, TALLIES
from clickcounter.domain import rules
from clickcounter.domain.calendar import FOUR_HOURS, MINUTE, QUARTER_HOUR
from clickcounter.domain.clicks import CLICK, Order, Outcome, Presser, Snapshot, now_ms
from clickcounter.domain.counter_settings import settings_from_row
from clickcounter.domain.rules import RoundState
from clickcounter.ledger import rounds
from clickcounter.ledger.scheduled import due

READ = (
    select(
        *(*sql.COUNTER_COLUMNS, *sql.SETTINGS_COLUMNS),
        ROUNDS.c.total.label("round_total"),
        ROUNDS.c.started_at.label("round_started_at"),
        DEVICES.c.id.label("device"),
        DEVICES.c.label.label("device_label"),
        TALLIES.c.up.label("device_up"),
        TALLIES.c.down.label("device_down"),
        exists().where(CLICKS.c.counter_id == COUNTERS.c.id, CLICKS.c.key == bindparam("key")).label("is_saved"),
    )
    .select_from(COUNTERS)
    .join(ROUNDS, ROUNDS.c.id == COUNTERS.c.round_id)
    .join(DEVICES, DEVICES.c.secret_sha256 == bindparam("secret"))
    .outerjoin(TALLIES, (TALLIES.c.round_id == ROUNDS.c.id) & (TALLIES.c.device_id == DEVICES.c.id))
    .where(COUNTERS.c.slug == bindparam("slug"), COUNTERS.c.deleted_at.is_(None), COUNTERS.c.is_group.is_(false()))
)
ROW = (*(name for name in LedgerRow.__annotations__ if name != "until"), "revision")  # what the trigger is given
SUMS = {"up": "max(NEW.amount, 0)", "down": "min(NEW.amount, 0)", "corrected": "0", "clicks": "1"}


def prepare(connection: Any) -> None:
    """Create the trigger on a new connection of the driver. It is the connection's own: the database does not change."""
    columns = ", ".join(f'NULL AS "{name}"' for name in ROW)
    for statement in (
        "PRAGMA temp_store = MEMORY",
        f"CREATE TEMP VIEW lone_press AS SELECT {columns}",
        f"CREATE TEMP TRIGGER save_lone_press INSTEAD OF INSERT ON lone_press BEGIN {_trigger()} END",
    ):
        connection.execute(statement).close()


def record(connection: Connection, orders: Sequence[Order]) -> Outcome | None:
    """Record a lone press of a known device in the current round, if nothing refuses it. None for anything else."""
    if connection.dialect.name != "sqlite" or len(orders) > 1 or len(orders[0].clicks) > 1:
        return None
    [order] = orders
    [click] = order.clicks
    if click.kind != CLICK:
        return None
    found = execute(connection, READ, {"slug": order.counter, "secret": order.device_sha256, "key": click.key})
    if not found or (row := found[0]).in_groups or row.is_saved or click.round != row.round_id:
        return None
    if authorization.is_restricted(row, order):
        return None
    now, settings = now_ms(), settings_from_row(row)
    due.check([row], now)
    state = RoundState(
        row.round_id, {row.round_id: row.round_total}, {row.round_id: row.round_started_at}, {}, set(), settings
    )
    codes, entries = rules.decide(state, order.clicks, now, order.device_sha256)
    if not entries:
        return None
    [entry] = entries
    revision = rounds.next_revision(row.revision)
    saved = {
        "counter_id": row.id,
        "round_id": row.round_id,
        "device_id": row.device,
        "key": click.key,
        "amount": entry.amount,
        "total": entry.total,
        "pressed_at": entry.pressed_at,
        "saved_at": now,
        "time_adjusted": entry.time_adjusted,
        "round_unknown": entry.round_unknown,
        "kind": CLICK,
        "takes_back": click.of,
        "reason": click.reason,
        "account_id": None,
        "revision": revision,
    }
    execute_raw(connection, _insert(), tuple(saved[name] for name in ROW))
    totals = ((row.device_up or 0) + max(entry.amount, 0), (row.device_down or 0) + min(entry.amount, 0))
    presser = Presser(row.device, row.device_label)
    snapshot = Snapshot(order.counter, row.value + entry.amount, revision, row.round_id, settings, presser)
    return Outcome(codes, snapshot, changed=True, device_totals=totals, total=entry.total)


@cache
def _insert() -> str:
    return f"INSERT INTO lone_press VALUES ({', '.join('?' * len(ROW))})"


@cache
def _trigger() -> str:
    """The statements of a press, with the row's columns in place of parameters."""
    row = {name: f'NEW."{name}"' for name in ROW}
    periods = [(ACTIVITY, "counter_id", width) for width in (MINUTE, QUARTER_HOUR, FOUR_HOURS)]
    periods += [(DEVICE_ACTIVITY, "device_id", width) for width in (QUARTER_HOUR, FOUR_HOURS)]
    statements = [
        _filled(sql.INSERT_CLICKS, row, ROW[:-1]),
        _filled(sql.add_to("sqlite", TALLIES), row | SUMS | {"last_at": row["saved_at"]}, ("round_id", "device_id", *SUMS, "last_at")),
        *(_add_to_period(row, *period) for period in periods),
        _filled(sql.ADD_TO_ROUND, {"which": row["round_id"], "added": row["amount"]}),
        _filled(
            sql.ADD_TO_COUNTER,
            {
                "which": row["counter_id"],
                "added": row["amount"],
                "next_revision": row["revision"],
                "by": row["device_id"],
                "account": row["account_id"],
            },
        ),
    ]
    return "; ".join(statements) + ";"


def _add_to_period(row: Mapping[str, str], table: Table, of: str, width: int) -> str:
    start = f"NEW.pressed_at - NEW.pressed_at % {width}"
    values = row | SUMS | {"width": str(width), "start": start}
    return _filled(sql.add_to("sqlite", table), values, ("round_id", "width", "start", of, *SUMS))


def _filled(statement: ClauseElement, values: Mapping[str, str], columns: tuple[str, ...] | None = None) -> str:
    compiled = compile_statement(statement, columns)
    filling = iter(compiled.parameters(values))
    return re.sub(r"\?", lambda _: str(next(filling)), compiled.sql)
