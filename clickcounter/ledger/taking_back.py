"""Owners take back the presses of a device, of a person, or of a stretch of time.

Nothing is deleted: each press gets an entry with the opposite amount, in its own round and at the time when it was made, so
that totals, charts and leaders become what they would be without it. Any number of presses is taken back in slices, each a
short transaction, between which presses are saved. A press can be undone once, so a slice that runs twice, or a whole call
that is repeated after it was cut off, takes back nothing twice.
"""

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, Engine, Select, and_, cast, func, select, tuple_, update

from clickcounter.access import authorization
from clickcounter.access.grants import Grant
from clickcounter.database import statements as sql
from clickcounter.database import tables
from clickcounter.database.compiled_sqlite import execute_many
from clickcounter.database.engines import read_only
from clickcounter.database.rows import CounterRow
from clickcounter.domain.clicks import CLICK, CORRECTION, ENTRY, OPENING, TAKE_BACK, Caller, Snapshot, now_ms
from clickcounter.domain.numbers import MAX_VALUE
from clickcounter.errors import Refused
from clickcounter.ledger import groups, rollups, rounds
from clickcounter.ledger.counters import lock, touch
from clickcounter.ledger.devices import device_ids

SLICE = 400  # presses read by one transaction
ROUNDS = 200  # looked through by one transaction

_clicks, _rounds, _tallies = tables.CLICKS.c, tables.ROUNDS.c, tables.TALLIES.c
_undo = tables.CLICKS.alias("undo")
WITH_UNDO = tables.CLICKS.outerjoin(_undo, and_(_undo.c.counter_id == _clicks.counter_id, _undo.c.takes_back == _clicks.key))
IS_UNDONE = _undo.c.id.is_not(None).label("undone")
_NAMES = ("id", "round_id", "device_id", "account_id", "key", "kind", "amount", "pressed_at", "saved_at", "until")
COLUMNS = tuple(_clicks[name] for name in _NAMES)
Author = dict[str, int | None]  # the columns by_account and by_device
Cursor = tuple[int, int, int]  # a round's number, and saved_at and id of its last entry that was looked at


@dataclass(frozen=True, slots=True)
class Selection:
    """Which presses of a counter: those of a device, of an account, and saved from `since` to before `until`, UTC ms.

    None selects all.
    """

    device: int | None = None
    account: int | None = None
    since: int | None = None
    until: int | None = None

    def until_now(self) -> "Selection":
        """The same without presses that are yet to come. Raises Refused if nothing is selected."""
        if self == Selection():
            raise Refused("take_back_nothing")
        now = now_ms()
        return replace(self, until=now if self.until is None else min(self.until, now))


@dataclass(frozen=True, slots=True)
class Found:
    """How many presses a selection would take back, and what they add up to; `more` if there are more than were counted."""

    presses: int
    amount: int
    more: bool


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What one slice took back, and where the next one goes on; None after the last one."""

    presses: int
    amount: int
    snapshot: Snapshot
    next: Cursor | None


def count(engine: Engine, slug: str, selection: Selection, by: Caller | None, limit: int | None = None) -> Found:
    """Count what would be taken back, up to `limit` presses. Raises CounterNotFound, Refused."""
    presses = amount = 0
    with read_only(engine).begin() as connection:
        counter = authorization.read_counter(connection, slug)
        _require(connection, counter, by)
        for _, round_id in _round_ids(connection, counter.id):
            left = None if limit is None else limit + 1 - presses
            chosen = select(_clicks.amount).select_from(WITH_UNDO).where(*_conditions(selection, round_id))
            some = chosen.where(_undo.c.id.is_(None)).limit(left).subquery()
            total = cast(func.coalesce(func.sum(some.c.amount), 0), BigInteger)
            found, added = connection.execute(select(func.count(), total).select_from(some)).one()
            presses, amount = presses + found, amount + added
            if limit is not None and presses > limit:
                return Found(limit, amount, more=True)
    return Found(presses, amount, more=False)


def take_back(
    connection: Connection, slug: str, selection: Selection, reason: str, by: Caller | None, after: Cursor | None = None
) -> TakenBack:
    """Take back the next presses; None is the terminal. Limits do not hold for it. Raises CounterNotFound, Refused."""
    counter = lock(connection, slug)
    grant = _require(connection, counter, by)
    return take_back_slice(connection, counter, selection, reason, author(connection, grant, by), after, SLICE)


def take_back_slice(
    connection: Connection,
    counter: CounterRow,
    selection: Selection,
    reason: str,
    by: Author,
    after: Cursor | None,
    most: int,
) -> TakenBack:
    """The same for a counter that is locked, once it is known who may: `author`. Raises Refused."""
    rows, cursor = _read_slice(connection, counter.id, selection, after, most)
    rows = [row for row in rows if not row.undone]
    if rows:
        write(connection, counter, rows, reason, by)
    amount, now_shown = sum(row.amount for row in rows), shown(connection, counter.slug, last=cursor is None)
    return TakenBack(len(rows), amount, now_shown, cursor)


def _require(connection: Connection, counter: CounterRow, by: Caller | None) -> Grant | None:
    grant = authorization.require(connection, counter, by, "admit")
    if counter.archived_at is not None:
        raise Refused("take_back_archived")
    return grant


def author(connection: Connection, grant: Grant | None, by: Caller | None) -> Author:
    """Who takes back: the account, otherwise the browser; the terminal is neither."""
    if by is None or grant is None or grant.account is not None or by.device is None:
        return {"by_account": grant.account if grant else None, "by_device": None}
    return {"by_account": None, "by_device": device_ids(connection, {by.device}, now_ms())[by.device]}


def _round_ids(
    connection: Connection, counter_id: int, after: Cursor | None = None, limit: int | None = None
) -> Sequence[tuple[int, int]]:
    """The numbers and ids of a counter's rounds from the cursor on."""
    query = select(_rounds.number, _rounds.id).where(_rounds.counter_id == counter_id).order_by(_rounds.number).limit(limit)
    if after is not None:
        query = query.where(tables.round_number >= after[0])
    return [(row.number, row.id) for row in connection.execute(query)]


def _conditions(selection: Selection, round_id: int) -> list[ColumnElement[bool]]:
    found = [_clicks.round_id == round_id, _clicks.kind.in_((CLICK, ENTRY))]
    if selection.device is not None:
        found.append(_clicks.device_id == selection.device)
    if selection.account is not None:
        found.append(_clicks.account_id == selection.account)
    if selection.since is not None:
        found.append(_clicks.saved_at >= selection.since)
    if selection.until is not None:
        found.append(_clicks.saved_at < selection.until)
    return found


def _read_slice(
    connection: Connection, counter_id: int, selection: Selection, after: Cursor | None, most: int
) -> tuple[list[Any], Cursor | None]:
    """The next presses, those that are undone already too, and the cursor after them; None if these are the last."""
    rows: list[Any] = []
    some_rounds = _round_ids(connection, counter_id, after, ROUNDS)
    for number, round_id in some_rounds:
        start = after if after is not None and after[0] == number else None
        rows += connection.execute(_presses(selection, round_id, start).limit(most - len(rows)))
        if len(rows) == most:
            return rows, (number, rows[-1].saved_at, rows[-1].id)
    return rows, (some_rounds[-1][0] + 1, -1, -1) if len(some_rounds) == ROUNDS else None


def _presses(selection: Selection, round_id: int, after: Cursor | None) -> Select[tuple[Any, ...]]:
    query = select(*COLUMNS, IS_UNDONE).select_from(WITH_UNDO).where(*_conditions(selection, round_id))
    if after is not None:
        query = query.where(tuple_(_clicks.saved_at, _clicks.id) > tuple_(after[1], after[2]))
    return query.order_by(_clicks.saved_at, _clicks.id)  # as all indexes do: any other order would sort them for each slice


def write(connection: Connection, counter: CounterRow, presses: Sequence[Any], reason: str, author: Author) -> None:
    """Write an opposite entry for each, the roll-ups, the rounds and the counter, which is locked. Raises Refused."""
    now, added = now_ms(), Counter[int]()
    asked = {"counter_id": counter.id, "ids": sorted({row.round_id for row in presses})}
    totals = {row.id: row.total for row in connection.execute(sql.READ_ROUNDS, asked)}
    entries: list[Any] = []
    for row in presses:
        totals[row.round_id] -= row.amount
        added[row.round_id] -= row.amount
        if abs(totals[row.round_id]) > MAX_VALUE:
            raise Refused("limit")
        entries.append(opposite(counter.id, row, totals[row.round_id], now) | {"reason": reason} | author)
    execute_many(connection, sql.INSERT_CLICKS, entries)
    try:
        rollups.add(connection, entries, 0)  # a device was last there when it pressed
        rollups.add_for_accounts(connection, entries, 0)
    except OverflowError:
        raise Refused("limit") from None
    for round_id, amount in sorted(added.items()):
        connection.execute(sql.ADD_TO_ROUND, {"which": round_id, "added": amount})
    groups.add_to_counter(connection, counter, added[counter.round_id])


def opposite(counter_id: int, row: Any, total: int, now: int) -> dict[str, Any]:
    """An entry that takes this row back. Its key is random: a forger could have used one that follows from the row's."""
    kind = row.kind if row.kind in (CORRECTION, OPENING) else TAKE_BACK
    whose = {"counter_id": counter_id, "round_id": row.round_id, "device_id": row.device_id, "account_id": row.account_id}
    sums = {"amount": -row.amount, "total": total, "time_adjusted": False, "round_unknown": False}
    times = {"pressed_at": row.pressed_at, "saved_at": now, "until": row.until}
    return whose | sums | times | {"key": f"{now:012x}{secrets.token_hex(10)}", "kind": kind, "takes_back": row.key}


def shown(connection: Connection, slug: str, *, last: bool) -> Snapshot:
    """What the counter shows now. After the last slice its settings count as changed: open tabs ask for their own totals."""
    counter = lock(connection, slug)
    if last:
        _name_last_presser(connection, counter)
        return touch(connection, lock(connection, slug))
    return rounds.snapshot_of(connection, counter)


def _name_last_presser(connection: Connection, counter: CounterRow) -> None:
    """If nothing is left of what the last presser did in the current round, show the last one of whom something is left."""
    round_id, of_people = counter.round_id, tables.ACCOUNT_TALLIES.c
    there = select(_tallies.device_id).where(_tallies.round_id == round_id, _tallies.clicks > 0)
    person = select(of_people.clicks).where(of_people.round_id == round_id, of_people.account_id == counter.last_account)
    is_left = connection.execute(there.where(_tallies.device_id == counter.last_by)).first()
    if counter.last_by is None or (is_left and connection.execute(person).scalar() != 0):
        return
    device = connection.execute(there.order_by(_tallies.last_at.desc(), _tallies.device_id).limit(1)).scalar()
    left = select(_clicks.account_id).select_from(WITH_UNDO).where(_undo.c.id.is_(None), _clicks.kind == CLICK)
    left = left.where(_clicks.round_id == round_id, _clicks.device_id == device)
    account = connection.execute(left.order_by(_clicks.id.desc()).limit(1)).scalar()
    change = update(tables.COUNTERS).where(tables.COUNTERS.c.id == counter.id)
    connection.execute(change.values(last_by=device, last_account=account))
