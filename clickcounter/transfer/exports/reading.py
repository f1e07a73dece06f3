"""What every export reads from the database.

Entries are only ever added to the ledger, so everything up to its last id at the start stays as it is: no transaction is
kept open while somebody downloads slowly.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, cast
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, func, select, tuple_

from clickcounter.database import tables
from clickcounter.database.engines import read_only
from clickcounter.database.tables import ACCOUNTS
from clickcounter.errors import CounterNotFound
from clickcounter.history.scopes import counter_of
from clickcounter.transfer.rows import ClickRow, CounterRow, DeviceRow, RoundRow

BATCH = 200  # rows, about 64 kB of text: whoever downloads slowly keeps them in memory


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What to export: one counter, or all with None; local times are those of `zone`, `separator` is that of a CSV.

    With `with_hashes`, devices carry the hashes by which their browsers are recognized: for an operator who moves an
    instance, never for the public.
    """

    counter: str | None = None
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    with_hashes: bool = False
    separator: str = ","


class Entry(NamedTuple):
    """An entry of the ledger as a table shows it."""

    counter: str  # slug
    round: int  # number
    click: ClickRow
    label: str
    person: str


def counters_of(engine: Engine, request: ExportRequest) -> list[CounterRow]:
    """The counters to export. Raises CounterNotFound."""
    query = select(tables.COUNTERS).where(tables.COUNTERS.c.deleted_at.is_(None)).order_by(tables.COUNTERS.c.id)
    with read_only(engine).begin() as connection:
        if request.counter is not None:
            counter_of(connection, request.counter)
            query = query.where(tables.COUNTERS.c.slug == request.counter)
        counters = cast("list[CounterRow]", list(connection.execute(query)))
    if request.counter is not None and not counters:
        raise CounterNotFound(request.counter)
    return counters


def entries(engine: Engine, counters: list[CounterRow]) -> Iterator[list[Entry]]:
    """All entries of these counters, in batches, by round and in the order in which they were saved."""
    for counter in counters:
        last = last_id(engine, counter.id)
        for round_ in rounds_of(engine, counter.id):
            labels: dict[int, str] = {}
            for rows in batches(engine, round_.id, last):
                new = {row.device_id for row in rows} - labels.keys()
                labels |= {device.id: device.label for device in read_devices(engine, new)}
                names = person_names(engine, rows)
                yield [Entry(counter.slug, round_.number, row, labels[row.device_id], name_of(row, names)) for row in rows]


def last_id(engine: Engine, counter_id: int) -> int:
    """The last id to export of a counter: no entry that comes later has a smaller one.

    PostgreSQL draws ids before others commit. Whoever adds to the counter locks it first, so it is locked here for a moment.
    """
    last = select(func.coalesce(func.max(tables.CLICKS.c.id), 0))
    lock = select(tables.COUNTERS.c.id).where(tables.COUNTERS.c.id == counter_id).with_for_update(read=True)
    with (engine if engine.dialect.name == "postgresql" else read_only(engine)).begin() as connection:
        connection.execute(lock)
        return int(connection.execute(last).scalar_one())


def rounds_of(engine: Engine, counter_id: int) -> list[RoundRow]:
    """All rounds of a counter, the first one first."""
    query = select(tables.ROUNDS).where(tables.ROUNDS.c.counter_id == counter_id).order_by(tables.ROUNDS.c.number)
    with read_only(engine).begin() as connection:
        return cast("list[RoundRow]", list(connection.execute(query)))


def batches(engine: Engine, round_id: int, last: int) -> Iterator[list[ClickRow]]:
    """A round's entries up to the `last` id, in the order in which they were saved."""
    clicks, cursor = tables.CLICKS.c, (-1, -1)
    query = select(tables.CLICKS).where(clicks.round_id == round_id, clicks.id <= last)
    query = query.order_by(clicks.saved_at, clicks.id).limit(BATCH)
    while True:
        after = tuple_(clicks.saved_at, clicks.id) > tuple_(*cursor)
        with read_only(engine).begin() as connection:
            rows = cast("list[ClickRow]", list(connection.execute(query.where(after))))
        if not rows:
            return
        yield rows
        cursor = (rows[-1].saved_at, rows[-1].id)


def read_devices(engine: Engine, ids: Collection[int]) -> list[DeviceRow]:
    """These devices."""
    if not ids:
        return []
    query = select(tables.DEVICES).where(tables.DEVICES.c.id.in_(ids)).order_by(tables.DEVICES.c.id)
    with read_only(engine).begin() as connection:
        return cast("list[DeviceRow]", list(connection.execute(query)))


def person_names(engine: Engine, rows: Sequence[ClickRow]) -> dict[int, str]:
    """Who was signed in, by account id. For people to read: an import neither makes nor uses accounts."""
    ids = {row.account_id for row in rows} - {None}
    if not ids:
        return {}
    with read_only(engine).begin() as connection:
        return {row.id: row.name for row in connection.execute(select(ACCOUNTS).where(ACCOUNTS.c.id.in_(ids)))}


def name_of(row: ClickRow, names: dict[int, str]) -> str:
    """Who was signed in, of those names; "" if nobody was."""
    return names.get(row.account_id, "") if row.account_id is not None else ""
