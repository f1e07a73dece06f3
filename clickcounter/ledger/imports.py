"""Imported files: all rows of one are found and undone in one step.

A table has a device of its own, which its rows have; an export's rows keep theirs, see imported_rows.py. The same file,
brought again by the same person, belongs to the same import, so that one that was cut off goes on with it. An undo takes the
rows back in slices, as ledger/taking_back.py does; an opening amount, which is a correction, gets the opposite one. Rows of
an undone import count again when they are brought again.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from typing import cast as as_type

from sqlalchemy import BigInteger, Connection, Row, bindparam, cast, func, insert, or_, select, update

from clickcounter.access import authorization
from clickcounter.access.grants import Grant
from clickcounter.database import statements as sql
from clickcounter.database import tables
from clickcounter.database.compiled_sqlite import execute, execute_many
from clickcounter.database.rows import CounterRow, LedgerRow
from clickcounter.domain.clicks import CORRECTION, Caller, now_ms
from clickcounter.errors import Refused
from clickcounter.ledger import groups, imported_rows, rollups
from clickcounter.ledger.counters import lock
from clickcounter.ledger.devices import device_ids, read_devices
from clickcounter.ledger.taking_back import Cursor, Selection, TakenBack, author, take_back_slice

UNDONE = "import undone"  # the reason in the history
SLICE = 100  # rows that one transaction takes back; a press that comes meanwhile waits for it

_imports, _tallies, _rounds, _clicks = tables.TABLE_IMPORTS.c, tables.TALLIES.c, tables.ROUNDS.c, tables.CLICKS.c
READ_IMPORT = select(_imports.id, _imports.undone_at).where(_imports.device_id == bindparam("device"))
READ_IMPORT = READ_IMPORT.with_for_update(read=True)  # runs for each slice of an import
_of_import = tables.TABLE_IMPORTS.join(tables.TALLIES, _tallies.device_id == _imports.device_id).join(
    tables.ROUNDS, _rounds.id == _tallies.round_id
)


@dataclass(frozen=True, slots=True)
class KnownImport:
    """An import of a file that is here already; `left` if its undo has begun, but not all of its rows are taken back."""

    id: int
    device_sha256: str
    started_at: int
    undone: bool
    left: bool


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import brought that is still there: rows, their sum, and its counters' slugs."""

    rows: int
    amount: int
    counters: tuple[str, ...]


def of_file(connection: Connection, file_sha256: str, by: Caller | None) -> KnownImport | None:
    """The newest import of this file by this person; None is the terminal."""
    account, device = _importer(connection, by)
    mine = (_imports.by_account.is_not_distinct_from(account), _imports.by_device.is_not_distinct_from(device))
    query = select(*_imports, tables.DEVICES.c.secret_sha256).join_from(
        tables.TABLE_IMPORTS, tables.DEVICES, tables.DEVICES.c.id == _imports.device_id
    )
    query = query.where(_imports.file_sha256 == file_sha256, *mine).order_by(_imports.id.desc()).limit(1)
    row = connection.execute(query).first()
    if row is None:
        return None
    undone = row.undone_at is not None
    left = undone and (_has_rows(connection, row.device_id) or imported_rows.are_left(connection, row.id))
    return KnownImport(row.id, row.secret_sha256, row.started_at, undone, left)


def find_or_create(connection: Connection, device: int, file_sha256: str, by: Caller | None, now: int) -> int:
    """The number of the import that this device stands for. Raises Refused if its undo has begun.

    It stays so until the transaction ends: an undo waits for it, and then finds its rows.
    """
    found = execute(connection, READ_IMPORT, {"device": device})
    if not found:
        account, browser = _importer(connection, by, create=True)
        values = {"device_id": device, "file_sha256": file_sha256, "started_at": now}
        new = insert(tables.TABLE_IMPORTS).values(**values, by_account=account, by_device=browser)
        return int(connection.execute(new.returning(_imports.id)).scalar_one())
    if found[0].undone_at is not None:
        raise Refused("import_undone")
    return int(found[0].id)


def find(connection: Connection, number: int, by: Caller | None) -> Imported:
    """What there is to undo. Raises Refused."""
    if by is not None and by.key is not None:
        authorization.identify(connection, [by], now_ms()).counter(by.key)  # raises Refused if the key is not valid
    row = _read(connection, number)
    counters = _counters(connection, row)
    if not counters and not (by is None or _is_by(connection, row, by)):
        raise Refused("import_unknown")
    for counter in counters:
        _require(connection, row, counter, by)
    amount = cast(func.coalesce(func.sum(_tallies.up + _tallies.down + _tallies.corrected), 0), BigInteger)
    count = cast(func.coalesce(func.sum(_tallies.clicks), 0), BigInteger)
    query = select(count, amount).select_from(_of_import)
    ids = [counter.id for counter in counters]
    rows, total = connection.execute(query.where(_imports.id == number, _rounds.counter_id.in_(ids))).one()
    more, more_amount = imported_rows.sums_of(connection, number, ids)
    return Imported(rows + more, total + more_amount, tuple(counter.slug for counter in counters))


def begin_undo(connection: Connection, number: int, by: Caller | None) -> Imported:
    """Let nothing more be added to an import. Returns what there is to undo. Raises Refused; nothing was changed then."""
    found = find(connection, number, by)
    mark = update(tables.TABLE_IMPORTS).where(_imports.id == number, _imports.undone_at.is_(None))
    connection.execute(mark.values(undone_at=now_ms()))
    return found


def undo_slice(connection: Connection, number: int, slug: str, by: Caller | None, after: Cursor | None) -> TakenBack:
    """Take back the next rows of an import in one counter. Raises CounterNotFound, Refused."""
    counter = lock(connection, slug)
    row = _read(connection, number)
    grant = _require(connection, row, counter, by)
    whose, rows = author(connection, grant, by), Selection(device=row.device_id)
    if imported_rows.has_rows(connection, number, counter.id):
        return imported_rows.take_back_slice(connection, counter, number, UNDONE, whose, SLICE)
    left = _undo_corrections(connection, counter, row.device_id) if after is None else ()
    done = take_back_slice(connection, lock(connection, slug), rows, UNDONE, whose, after, SLICE)
    return replace(done, presses=done.presses + len(left), amount=done.amount + sum(each.amount for each in left))


def undone_devices(connection: Connection, counter_id: int) -> set[int]:
    """The devices of undone imports that brought something to this counter."""
    query = select(_imports.device_id).distinct().select_from(_of_import)
    undone = query.where(_imports.undone_at.is_not(None), _rounds.counter_id == counter_id)
    return set(connection.execute(undone).scalars())


def brought_until(connection: Connection, counter_id: int, at: int | None) -> int:
    """The sum of what imports brought to a counter, of rows up to a moment or of all; without what was undone."""
    of_counter = select(_tallies.round_id, _tallies.device_id).select_from(_of_import)
    pairs = connection.execute(of_counter.where(_rounds.counter_id == counter_id)).all()
    return sum(_brought(connection, round_id, device, at) for round_id, device in pairs)


def _brought(connection: Connection, round_id: int, device: int, at: int | None) -> int:
    if at is None:
        sums = select(_tallies.up + _tallies.down + _tallies.corrected)
        return int(connection.execute(sums.where(_tallies.round_id == round_id, _tallies.device_id == device)).scalar_one())
    total = cast(func.coalesce(func.sum(_clicks.amount), 0), BigInteger)
    rows = select(total).where(_clicks.round_id == round_id, _clicks.device_id == device, _clicks.pressed_at <= at)
    return int(connection.execute(rows).scalar_one())


def _importer(connection: Connection, by: Caller | None, *, create: bool = False) -> tuple[int | None, int | None]:
    """The account that imports, otherwise the browser's or key's device; neither is the terminal.

    A device that is unknown is -1, or is created.
    """
    if by is None:
        return None, None
    user = authorization.identify(connection, [by], now_ms()).user(by.session, by.key)
    if user is not None or by.device is None:
        return (user.account_id if user else None), None
    if create:
        return None, device_ids(connection, {by.device}, now_ms())[by.device]
    known = read_devices(connection, [by.device])
    return None, known[by.device].number if known else -1


def _has_rows(connection: Connection, device: int) -> bool:
    """Whether rows of this device are left in a counter that is not deleted."""
    counters = tables.COUNTERS
    some = select(_tallies.round_id).select_from(_of_import.join(counters, counters.c.id == _rounds.counter_id))
    sums = or_(_tallies.up != 0, _tallies.down != 0, _tallies.corrected != 0)
    left = some.where(_imports.device_id == device, counters.c.deleted_at.is_(None), sums).limit(1)
    return connection.execute(left).first() is not None


def _read(connection: Connection, number: int) -> Row[Any]:
    found = connection.execute(select(*_imports).where(_imports.id == number)).first()
    if found is None:
        raise Refused("import_unknown")
    return found


def _counters(connection: Connection, row: Row[Any]) -> Sequence[CounterRow]:
    """The counters that rows of this import went to, except deleted ones, by id."""
    ids = select(_rounds.counter_id).distinct().select_from(_of_import).where(_imports.device_id == row.device_id)
    c = tables.COUNTERS.c
    got_rows = or_(c.id.in_(ids), c.id.in_(imported_rows.counters_of(row.id)))
    slugs = connection.execute(select(c.slug).where(got_rows, c.deleted_at.is_(None)).order_by(c.id)).scalars().all()
    return [authorization.read_counter(connection, slug) for slug in slugs]


def _is_by(connection: Connection, row: Row[Any], by: Caller) -> bool:
    who = _importer(connection, by)
    return who != (None, None) and who == (row.by_account, row.by_device)


def _require(connection: Connection, row: Row[Any], counter: CounterRow, by: Caller | None) -> Grant | None:
    """Owners may undo it, and whoever imported it, as long as they may change the counter. Raises Refused."""
    right = "manage" if by is not None and _is_by(connection, row, by) else "admit"
    grant = authorization.require(connection, counter, by, right)
    if counter.archived_at is not None:
        raise Refused("take_back_archived")
    return grant


def _undo_corrections(connection: Connection, counter: CounterRow, device: int) -> Sequence[Row[Any]]:
    """Give each of its corrections that is left the opposite one, at the same moment. Returns those that were left."""
    total = cast(func.sum(_clicks.amount), BigInteger)
    query = select(_clicks.round_id, _clicks.pressed_at, total.label("amount")).join_from(
        tables.CLICKS, tables.ROUNDS, _rounds.id == _clicks.round_id
    )
    mine = (_rounds.counter_id == counter.id, _clicks.device_id == device, _clicks.kind == CORRECTION)
    left = query.where(*mine).group_by(_clicks.round_id, _clicks.pressed_at).having(total != 0)
    found = connection.execute(left).all()
    if found:
        _write_opposites(connection, counter, device, found)
    return found


def _write_opposites(connection: Connection, counter: CounterRow, device: int, left: Sequence[Row[Any]]) -> None:
    now, ids = now_ms(), sorted({row.round_id for row in left})
    found = connection.execute(sql.READ_ROUNDS, {"counter_id": counter.id, "ids": ids})
    before = {row.id: row.total for row in found}
    totals, entries = before.copy(), []
    for row in left:
        totals[row.round_id] -= row.amount
        entry = {"counter_id": counter.id, "round_id": row.round_id, "device_id": device, "account_id": None}
        entry |= {"key": f"{now:012x}{secrets.token_hex(10)}", "amount": -row.amount, "total": totals[row.round_id]}
        entry |= {"pressed_at": row.pressed_at, "saved_at": now, "time_adjusted": False, "round_unknown": False}
        entries.append(as_type("LedgerRow", entry | {"kind": CORRECTION, "takes_back": None, "reason": UNDONE}))
    execute_many(connection, sql.INSERT_CLICKS, entries)
    rollups.add(connection, entries, 0)  # a device was last there when it pressed
    for round_id in ids:
        connection.execute(sql.ADD_TO_ROUND, {"which": round_id, "added": totals[round_id] - before[round_id]})
    added = totals.get(counter.round_id, 0) - before.get(counter.round_id, 0)
    groups.add_to_counter(connection, counter, added)
