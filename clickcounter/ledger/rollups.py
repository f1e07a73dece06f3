"""Roll-ups: sums of the ledger, updated in its own transaction; rollup_checks.py recomputes them from it.

Each roll-up is a table with the four sums of statements.SUMS for each of its keys. The rows of a commit are summed once, by
round, device and minute; what each table gets is summed up from that.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Table

from clickcounter.database import statements as sql
from clickcounter.database import tables
from clickcounter.database.compiled_sqlite import execute_many
from clickcounter.database.rows import LedgerRow
from clickcounter.domain.calendar import FOUR_HOURS, MINUTE, QUARTER_HOUR
from clickcounter.domain.clicks import CLICK, CORRECTION, NOTE, OPENING, TAKE_BACK
from clickcounter.domain.past import shares

Sums = dict[tuple[int, ...], list[int]]  # (some of) a table's key → the four sums
Totals = tuple[int, int]  # up, down

ROUND = 0  # the width of a row that covers a whole round
# Of a device's corrections in a round. Then no sum of them leaves 64 bits, where SQLite would go on with a float.
MAX_CORRECTED = 2**60


def add(connection: Connection, rows: Sequence[LedgerRow], now: int) -> dict[tuple[int, int], Totals]:
    """Add ledger rows to the roll-ups. Returns the new totals of each of their devices, by (round, device).

    Raises OverflowError if corrections back and forth have made a sum too large.
    """
    minutes = _sum_by_minute(rows)
    tallies: Sums = {}
    for (round_id, device, _, _), sums in minutes.items():
        _add_to(tallies, (round_id, device), sums)
    _add_afterwards(rows, tallies, minutes)
    if not tallies:
        return {}
    dialect = connection.dialect.name
    by_minute: Sums = {}
    devices: Sums = {}
    for (round_id, device, minute, counter_id), sums in minutes.items():
        _add_to(by_minute, (round_id, minute, counter_id), sums)
        _add_to(devices, (round_id, QUARTER_HOUR, minute - minute % QUARTER_HOUR, device), sums)
        _add_to(devices, (round_id, FOUR_HOURS, minute - minute % FOUR_HOURS, device), sums)
    activity: Sums = {}
    for (round_id, minute, counter_id), sums in by_minute.items():
        for width in (MINUTE, QUARTER_HOUR, FOUR_HOURS):
            _add_to(activity, (round_id, width, minute - minute % width, counter_id), sums)
    tally_rows = [row | {"last_at": now} for row in _table_rows(("round_id", "device_id"), tallies)]
    stored = execute_many(connection, sql.add_to_tallies(dialect), tally_rows)
    _check_corrected(tallies, stored)
    _execute_adds(connection, tables.ACTIVITY, ("round_id", "width", "start", "counter_id"), activity)
    _execute_adds(connection, tables.DEVICE_ACTIVITY, ("round_id", "width", "start", "device_id"), devices)
    return {(row.round_id, row.device_id): (row.up, row.down) for row in stored}


def add_for_accounts(connection: Connection, rows: Sequence[LedgerRow], now: int) -> dict[tuple[int, int], Totals]:
    """Add the rows of signed-in people to their roll-ups. Returns the new totals, by (round, account)."""
    tallies: Sums = {}
    activity: Sums = {}
    for row in rows:
        account, round_id, pressed_at = row["account_id"], row["round_id"], row["pressed_at"]
        if account is None or ("until" in row and _is_afterwards(row)):
            continue
        sums = [0, 0, 0, -1 if row["kind"] == TAKE_BACK else 1]
        sums[_sum_index(row["kind"], row["amount"])] = row["amount"]
        _add_to(tallies, (round_id, account), sums)
        for width in (ROUND, QUARTER_HOUR, FOUR_HOURS):
            start = pressed_at - pressed_at % width if width else 0
            _add_to(activity, (round_id, width, start, account, row["device_id"]), sums)
    _add_afterwards_for_accounts(rows, tallies, activity)
    if not tallies:
        return {}
    tally_rows = [row | {"last_at": now} for row in _table_rows(("round_id", "account_id"), tallies)]
    stored = execute_many(connection, sql.add_to_account_tallies(connection.dialect.name), tally_rows)
    _check_corrected(tallies, stored)
    key = ("round_id", "width", "start", "account_id", "device_id")
    _execute_adds(connection, tables.ACCOUNT_ACTIVITY, key, activity)
    return {(row.round_id, row.account_id): (row.up, row.down) for row in stored}


def _check_corrected(added: Sums, stored: Iterable[Any]) -> None:
    if any(sums[2] for sums in added.values()) and any(abs(row.corrected) > MAX_CORRECTED for row in stored):
        raise OverflowError("the sum of corrections is too large")


def _add_afterwards(rows: Sequence[LedgerRow], tallies: Sums, minutes: Sums) -> None:
    """Add what was added afterwards: to its round it counts as a correction does, in charts it is at its time."""
    for row in _afterwards(rows):
        _add_to(tallies, (row["round_id"], row["device_id"]), _correction(row))
        for minute, amount in _shares(row, MINUTE):
            _add_to(minutes, (row["round_id"], row["device_id"], minute, row["counter_id"]), [0, 0, amount, 0])


def _add_afterwards_for_accounts(rows: Sequence[LedgerRow], tallies: Sums, activity: Sums) -> None:
    for row in _afterwards(rows):
        round_id, account, device = row["round_id"], row["account_id"], row["device_id"]
        if account is None:
            continue
        _add_to(tallies, (round_id, account), _correction(row))
        _add_to(activity, (round_id, ROUND, 0, account, device), _correction(row))
        for width in (QUARTER_HOUR, FOUR_HOURS):
            for start, amount in _shares(row, width):
                _add_to(activity, (round_id, width, start, account, device), [0, 0, amount, 0])


def _is_afterwards(row: LedgerRow) -> bool:
    """Whether it is a past entry, an opening amount or a note, or takes one of these back."""
    return row.get("until") is not None or row["kind"] == OPENING


def _afterwards(rows: Sequence[LedgerRow]) -> list[LedgerRow]:
    """Those that count; a note does not. A press has no `until`, which is quick to see."""
    return [row for row in rows if "until" in row and _is_afterwards(row) and row["kind"] != NOTE]


def _correction(row: LedgerRow) -> list[int]:
    """The sums of a row that was added afterwards."""
    return [0, 0, row["amount"], 1 if row["takes_back"] is None else -1]


def _shares(row: LedgerRow, width: int) -> list[tuple[int, int]]:
    """What a past entry adds to charts, by the start of a period; an opening amount is in none."""
    until = row.get("until")
    found = [] if until is None else shares(row["pressed_at"], until, row["amount"])
    return [(at - at % width, amount) for at, amount in found]


def _sum_by_minute(rows: Sequence[LedgerRow]) -> Sums:
    """The sums of presses, undos and corrections by round, device, minute and the round's counter."""
    minutes: Sums = {}
    for row in rows:
        if "until" in row and _is_afterwards(row):
            continue
        pressed_at, amount = row["pressed_at"], row["amount"]
        key = (row["round_id"], row["device_id"], pressed_at - pressed_at % MINUTE, row["counter_id"])
        sums = minutes.get(key)
        if sums is None:
            sums = minutes[key] = [0, 0, 0, 0]
        sums[_sum_index(row["kind"], amount)] += amount
        sums[3] += -1 if row["kind"] == TAKE_BACK else 1
    return minutes


def _sum_index(kind: str, amount: int) -> int:
    """Which of SUMS an amount is added to; an undo's to the sum that its click was added to."""
    if kind == CORRECTION:
        return 2
    return 0 if (amount > 0) == (kind == CLICK) else 1


def _add_to(target: Sums, key: tuple[int, ...], sums: list[int]) -> None:
    known = target.get(key)
    if known is None:
        target[key] = sums.copy()
    else:
        for index, amount in enumerate(sums):
            known[index] += amount


def _execute_adds(connection: Connection, table: Table, key: tuple[str, ...], sums: Sums) -> None:
    if sums:
        execute_many(connection, sql.add_to(connection.dialect.name, table), _table_rows(key, sums))


def _table_rows(key: tuple[str, ...], sums: Sums) -> list[dict[str, int]]:
    """A table's rows, sorted by key. Every writer locks rows in this order, or two processes would deadlock."""
    columns = (*key, *sql.SUMS)
    return [dict(zip(columns, (*values, *four), strict=True)) for values, four in sorted(sums.items())]
