"""Which rows of the ledger imported exports wrote, and how they are taken back.

Their rows keep their own devices and keys, so an import is known by the ids of its rows, as ranges. Its undo goes from the
newest row to the oldest, so that every total comes back the way it went. Each row that counts gets an entry with the
opposite amount, as in taking_back.py; notes are deleted. What was taken back before stays as it is, and so does what takes
something back: nothing is undone twice, and no undo is undone.
"""

from collections.abc import Collection, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Connection,
    Float,
    Select,
    and_,
    bindparam,
    cast,
    delete,
    exists,
    func,
    insert,
    select,
    update,
)

from clickcounter.database import tables
from clickcounter.database.compiled_sqlite import execute
from clickcounter.database.rows import CounterRow
from clickcounter.domain.clicks import NOTE
from clickcounter.domain.numbers import MAX_VALUE
from clickcounter.ledger import taking_back
from clickcounter.ledger.taking_back import Author, Cursor, TakenBack

HERE, TAKEN_BACK, LEFT = 0, 1, 2  # states: its undo has not come to it, has taken it back, has left it as it was
MORE: Cursor = (0, 0, 0)  # the next slice finds its place itself

_clicks, _imports, _counters = tables.CLICKS.c, tables.TABLE_IMPORTS.c, tables.COUNTERS.c
_ranges = tables.IMPORTED_ROWS.c
_undo, _earlier = tables.CLICKS.alias("undo"), tables.IMPORTED_ROWS.alias("earlier")
_COUNTER: BindParameter[int] = bindparam("counter_id")
# These run for each slice of an import.
READ_ENDS = select(func.min(_clicks.id).label("first"), func.max(_clicks.id).label("last")).where(
    _clicks.counter_id == _COUNTER, _clicks.key.in_(bindparam("keys", expanding=True))
)
_NEWEST = select(func.max(_earlier.c.first_id)).where(_earlier.c.counter_id == _COUNTER).scalar_subquery()
READ_NEWEST = select(*_ranges).where(_ranges.counter_id == _COUNTER, _ranges.first_id == _NEWEST)
GROW = (
    update(tables.IMPORTED_ROWS)
    .where(_ranges.counter_id == bindparam("which"), _ranges.first_id == bindparam("first"))
    .values({name: bindparam(f"new_{name}") for name in ("last_id", "rows", "amount")})
)
READ_UNDONE = select(_imports.id).where(
    _imports.undone_at.is_not(None),
    exists().where(_ranges.import_id == _imports.id, _ranges.counter_id == _COUNTER),
)


def add(connection: Connection, counter_id: int, number: int, keys: Sequence[str], amount: int) -> None:
    """Rows with these keys, in this order, were just written to a counter that is locked; they add up to `amount`."""
    [new] = execute(connection, READ_ENDS, {"counter_id": counter_id, "keys": [keys[0], keys[-1]]})
    for range_ in execute(connection, READ_NEWEST, {"counter_id": counter_id}):
        adjoins = (range_.import_id, range_.state, range_.last_id) == (number, HERE, new.first - 1)
        if adjoins and abs(range_.amount + amount) <= MAX_VALUE:
            grown = {"new_rows": range_.rows + len(keys), "new_amount": range_.amount + amount, "new_last_id": new.last}
            execute(connection, GROW, {"which": counter_id, "first": range_.first_id} | grown)
            return
    values = {"counter_id": counter_id, "first_id": new.first, "last_id": new.last, "import_id": number}
    connection.execute(insert(tables.IMPORTED_ROWS), values | {"state": HERE, "rows": len(keys), "amount": amount})


def counters_of(number: int) -> Select[tuple[int]]:
    """The ids of the counters that got rows of this import."""
    return select(_ranges.counter_id).where(_ranges.import_id == number).distinct()


def has_rows(connection: Connection, number: int, counter_id: int) -> bool:
    """Whether this counter got rows of this import, taken back or not."""
    query = select(_ranges.first_id).where(_ranges.import_id == number, _ranges.counter_id == counter_id).limit(1)
    return connection.execute(query).first() is not None


def are_left(connection: Connection, number: int) -> bool:
    """Whether an undo would find rows in a counter that is not deleted."""
    query = select(_ranges.first_id).join_from(tables.IMPORTED_ROWS, tables.COUNTERS, _counters.id == _ranges.counter_id)
    left = query.where(_ranges.import_id == number, _ranges.state == HERE, _counters.deleted_at.is_(None)).limit(1)
    return connection.execute(left).first() is not None


def sums_of(connection: Connection, number: int, counters: Collection[int]) -> tuple[int, int]:
    """How many rows an undo would find in these counters, and what they add up to."""
    amount = func.coalesce(func.sum(cast(_ranges.amount, Float)), 0)  # far beyond 2^53 it need not be exact
    query = select(cast(func.coalesce(func.sum(_ranges.rows), 0), BigInteger), amount)
    here = query.where(_ranges.import_id == number, _ranges.state == HERE, _ranges.counter_id.in_(counters))
    rows, total = connection.execute(here).one()
    return rows, int(total)


def read_known(connection: Connection, counter_id: int, keys: Collection[str]) -> Sequence[Any]:
    """Those of these keys that imports wrote: `key`, `state`, `taken_back_by` and the import's `undone_at`.

    None while no import into this counter has been undone.
    """
    if not keys or not execute(connection, READ_UNDONE, {"counter_id": counter_id}):
        return ()
    first = select(_earlier.c.first_id).where(_earlier.c.counter_id == _clicks.counter_id, _earlier.c.first_id <= _clicks.id)
    nearest = first.order_by(_earlier.c.first_id.desc()).limit(1).correlate(tables.CLICKS).scalar_subquery()
    of_range = and_(_ranges.counter_id == _clicks.counter_id, _ranges.first_id == nearest, _ranges.last_id >= _clicks.id)
    joined = tables.CLICKS.join(tables.IMPORTED_ROWS, of_range).join(tables.TABLE_IMPORTS, _imports.id == _ranges.import_id)
    joined = joined.outerjoin(_undo, and_(_undo.c.counter_id == _clicks.counter_id, _undo.c.takes_back == _clicks.key))
    query = select(_clicks.key, _ranges.state, _undo.c.key.label("taken_back_by"), _imports.undone_at)
    mine = (_clicks.counter_id == counter_id, _clicks.key.in_(sorted(keys)))
    return connection.execute(query.select_from(joined).where(*mine)).all()


def take_back_slice(
    connection: Connection, counter: CounterRow, number: int, reason: str, by: Author, most: int
) -> TakenBack:
    """Take back the newest rows of an import in a counter that is locked. Raises Refused."""
    left = _ranges.import_id == number, _ranges.counter_id == counter.id, _ranges.state == HERE
    newest = select(*_ranges).where(*left).order_by(_ranges.first_id.desc()).limit(1)
    rows: list[Any] = []
    if (range_ := connection.execute(newest).first()) is not None:
        rows = _settle(connection, range_, most)
    back = [row for row in rows if _state(row) == TAKEN_BACK]
    if back:
        taking_back.write(connection, counter, back, reason, by)
    notes = [row.id for row in rows if row.kind == NOTE]
    delete_notes(connection, counter.id, notes)
    is_last = connection.execute(newest).first() is None
    shown = taking_back.shown(connection, counter.slug, last=is_last)
    return TakenBack(len(back) + len(notes), sum(row.amount for row in back), shown, None if is_last else MORE)


def delete_notes(connection: Connection, counter_id: int, ids: Collection[int]) -> None:
    """Delete rows of the ledger that count nothing, and let no range end with one of them."""
    if not ids:
        return
    connection.execute(delete(tables.CLICKS).where(_clicks.id.in_(ids)))
    ending = select(*_ranges).where(_ranges.counter_id == counter_id, _ranges.last_id.in_(ids))
    for range_ in connection.execute(ending).all():
        _end_below(connection, range_, range_.last_id)


def _settle(connection: Connection, range_: Any, most: int) -> list[Any]:
    """Take its newest rows out of a range, and note what becomes of each. Returns them, newest first."""
    columns = (*taking_back.COLUMNS, _clicks.counter_id, _clicks.takes_back, taking_back.IS_UNDONE)
    query = select(*columns).select_from(taking_back.WITH_UNDO)
    # Rows of other counters may stand between them. A condition on the counter could make the database read all of its rows.
    query = query.where(_clicks.id.between(range_.first_id, range_.last_id)).order_by(_clicks.id.desc()).limit(most)
    found = connection.execute(query).all()
    rows = [row for row in found if row.counter_id == range_.counter_id]
    lowest = found[-1].id if len(found) == most else range_.first_id
    sums = {"rows": range_.rows - len(rows), "amount": range_.amount - sum(row.amount for row in rows)}
    _end_below(connection, range_, lowest, sums)
    for state, some in groupby((row for row in rows if row.kind != NOTE), _state):
        ids = [row.id for row in some]
        _add_settled(connection, range_, state, ids[-1], ids[0])
    return rows


def _state(row: Any) -> int:
    """What its import's undo makes of it."""
    return LEFT if row.kind == NOTE or row.takes_back is not None or row.undone else TAKEN_BACK


def _add_settled(connection: Connection, range_: Any, state: int, first: int, last: int) -> None:
    """Add a range to the newer one that it adjoins, if there is one."""
    adjoins = _ranges.first_id == last + 1, _ranges.import_id == range_.import_id, _ranges.state == state
    grown = update(tables.IMPORTED_ROWS).where(_ranges.counter_id == range_.counter_id, *adjoins).values(first_id=first)
    if not connection.execute(grown).rowcount:
        values = {"counter_id": range_.counter_id, "first_id": first, "last_id": last, "import_id": range_.import_id}
        connection.execute(insert(tables.IMPORTED_ROWS), values | {"state": state, "rows": 0, "amount": 0})


def _end_below(connection: Connection, range_: Any, below: int, sums: dict[str, int] | None = None) -> None:
    """End a range with the newest row below this one, or remove it if there is none."""
    older = select(_clicks.id).where(_clicks.id >= range_.first_id, _clicks.id < below)
    last = connection.execute(older.order_by(_clicks.id.desc()).limit(1)).scalar()
    if last is None:
        connection.execute(delete(tables.IMPORTED_ROWS).where(*_is(range_)))
    else:
        _change(connection, range_, {"last_id": last} | (sums or {}))


def _change(connection: Connection, range_: Any, values: dict[str, int]) -> None:
    connection.execute(update(tables.IMPORTED_ROWS).where(*_is(range_)).values(values))


def _is(range_: Any) -> tuple[ColumnElement[bool], ...]:
    return _ranges.counter_id == range_.counter_id, _ranges.first_id == range_.first_id
