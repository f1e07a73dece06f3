"""A lone press on SQLite, in two statements.

A quiet counter has one press to a transaction, and finds the processor's caches cold: each statement then takes several
times as long as on a busy one. So all that a plain press meets is read by one statement, and a trigger of this connection
makes of one row what transaction.py would write, by the same statements. What is not plain is recorded there.

A few presses are as many lone ones in one transaction. Together they would take more statements, and after each of them
the writer's thread waits for Python's lock.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ClauseElement, Connection, Table, bindparam, exists, false, insert, select

from clickcounter.access import authorization
from clickcounter.access.new_devices import NewDevices
from clickcounter.database import statements as sql
from clickcounter.database.compiled_sqlite import compile_statement, execute, execute_many, execute_raw
from clickcounter.database.rows import LedgerRow
from clickcounter.database.tables import ACTIVITY, CLICKS, COUNTERS, DEVICE_ACTIVITY, DEVICES, ROUNDS, TALLIES
from clickcounter.domain import rules
from clickcounter.domain.calendar import FOUR_HOURS, MINUTE, QUARTER_HOUR
from clickcounter.domain.clicks import CLICK, Click, Order, Outcome, Presser, Snapshot, now_ms
from clickcounter.domain.counter_settings import settings_from_row
from clickcounter.domain.rules import Entry, RoundState
from clickcounter.ledger import rounds
from clickcounter.ledger.groups import lock_groups
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
    .outerjoin(DEVICES, DEVICES.c.secret_sha256 == bindparam("secret"))
    .outerjoin(TALLIES, (TALLIES.c.round_id == ROUNDS.c.id) & (TALLIES.c.device_id == DEVICES.c.id))
    .where(COUNTERS.c.slug == bindparam("slug"), COUNTERS.c.deleted_at.is_(None), COUNTERS.c.is_group.is_(false()))
)
FEW = 6  # orders; more are quicker together
INSERT_DEVICE = insert(DEVICES).returning(DEVICES.c.id)
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


def record(connection: Connection, orders: Sequence[Order], new_devices: NewDevices | None = None) -> list[Outcome]:
    """Record a few presses. Returns the outcomes of those before the first that is not plain; it and the rest are left."""
    found: list[Outcome] = []
    for order in orders if connection.dialect.name == "sqlite" and len(orders) <= FEW else ():
        if (outcome := _record(connection, order, new_devices)) is None:
            break
        found.append(outcome)
    return found


def _record(connection: Connection, order: Order, new_devices: NewDevices | None) -> Outcome | None:
    """Record a press in the current round, if nothing refuses it. None for anything else: then nothing is changed."""
    if len(order.clicks) != 1:
        return None
    [click] = order.clicks
    found = execute(connection, READ, {"slug": order.counter, "secret": order.device_sha256, "key": click.key})
    if not found or not _is_plain(found[0], order, click):
        return None
    [row] = found
    groups = lock_groups(connection, [row])
    now, settings = now_ms(), settings_from_row(row)
    due.check([row, *groups.rows.values()], now)
    totals, started = {row.round_id: row.round_total}, {row.round_id: row.round_started_at}
    state = RoundState(row.round_id, totals, started, {}, set(), settings, groups=groups.groups(row.id))
    codes, entries = rules.decide(state, order.clicks, now, order.device_sha256)
    if not entries:
        return None
    device = row.device
    if device is None:
        if new_devices and new_devices.wait(order.address):
            return None
        device = _create_device(connection, order.device_sha256, now)
        if new_devices:
            new_devices.count(order.address)
    [entry] = entries
    revision = rounds.next_revision(row.revision)
    _save(connection, row, device, entry, now, revision)
    added = ((row.device_up or 0) + max(entry.amount, 0), (row.device_down or 0) + min(entry.amount, 0))
    presser = Presser(device, row.device_label or "")
    snapshot = Snapshot(order.counter, row.value + entry.amount, revision, row.round_id, settings, presser)
    changed = groups.among(groups.write(connection), row.id)
    return Outcome(codes, snapshot, changed=True, device_totals=added, total=entry.total, groups=changed)


def _is_plain(row: Any, order: Order, click: Click) -> bool:
    """Whether the press is new, names the current round, and is one that anybody may make."""
    plain = click.kind == CLICK and click.round == row.round_id and not row.is_saved
    return plain and not authorization.is_restricted(row, order)


def _create_device(connection: Connection, secret_sha256: str, now: int) -> int:
    row = {"secret_sha256": secret_sha256, "label": "", "created_at": now}
    [created] = execute_many(connection, INSERT_DEVICE, [row])
    return int(created.id)


def _save(connection: Connection, row: Any, device: int, entry: Entry, now: int, revision: int) -> None:
    values = (
        *(row.id, row.round_id, device, entry.click.key, entry.amount, entry.total, entry.pressed_at, now),
        *(entry.time_adjusted, entry.round_unknown, CLICK, entry.click.of, entry.click.reason, None, revision),
    )
    execute_raw(connection, _insert(), values)


@cache
def _insert() -> str:
    return f"INSERT INTO lone_press VALUES ({', '.join('?' * len(ROW))})"  # noqa: S608


@cache
def _trigger() -> str:
    """The statements of a press, with the row's columns in place of parameters."""
    row = {name: f'NEW."{name}"' for name in ROW}
    periods = [(ACTIVITY, "counter_id", width) for width in (MINUTE, QUARTER_HOUR, FOUR_HOURS)]
    periods += [(DEVICE_ACTIVITY, "device_id", width) for width in (QUARTER_HOUR, FOUR_HOURS)]
    statements = [
        _filled(sql.INSERT_CLICKS, row, ROW[:-1]),
        _filled(
            sql.add_to("sqlite", TALLIES),
            row | SUMS | {"last_at": row["saved_at"]},
            ("round_id", "device_id", *SUMS, "last_at"),
        ),
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
    values = {**row, **SUMS, "width": str(width), "start": start}
    return _filled(sql.add_to("sqlite", table), values, ("round_id", "width", "start", of, *SUMS))


def _filled(statement: ClauseElement, values: Mapping[str, str], columns: tuple[str, ...] | None = None) -> str:
    compiled = compile_statement(statement, columns)
    filling = iter(compiled.parameters(values))
    return re.sub(r"\?", lambda _: str(next(filling)), compiled.sql)
