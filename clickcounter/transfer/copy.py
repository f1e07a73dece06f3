"""Moves an instance from one database to another, keys and all.

The source is read in one look, the target is written in batches, each a transaction. Counters and rounds stand at 0 until
every click is there, so that a copy that was cut off is never taken for a whole one. Run again, it goes on: what the target
holds already is held against the source first, before anything is written.
"""

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Engine, Table, bindparam, delete, func, insert, inspect, literal, select, update

from clickcounter.database import schema, tables
from clickcounter.database.engines import open_engine, read_only, sqlite_path
from clickcounter.database.server_lock import ServerLock
from clickcounter.database.tables import ACCOUNTS, INVITATIONS, MEMBERS, SESSIONS
from clickcounter.errors import NotDone
from clickcounter.history import verify
from clickcounter.ledger import rollups
from clickcounter.ledger.rounds import next_revision

BATCH = 1_000  # rows
SAY_EVERY = 1.0  # seconds


@dataclass(frozen=True, slots=True)
class _Part:
    """A table; what of a row never changes, and what is written only when everything else is there."""

    table: Table
    fixed: tuple[str, ...]
    last: tuple[str, ...] = ()

    @property
    def id(self) -> Column[Any]:
        return self.table.c.id


def _part(table: Table, *fixed: str) -> _Part:
    return _Part(table, fixed, tuple(name for name in table.c.keys() if name not in fixed))  # noqa: SIM118  no dict


PARTS = (
    _part(ACCOUNTS, "id", "created_at"),
    _part(tables.DEVICES, "id", "secret_sha256", "created_at"),
    _part(tables.COUNTERS, "id", "slug", "created_at"),
    _part(tables.ROUNDS, "id", "counter_id", "number", "started_at"),
    _part(tables.CLICKS, *tables.CLICKS.c.keys()),
)
ANEW = (SESSIONS, MEMBERS, INVITATIONS)  # small, come and go, and are written whole at the end


def copy(source_url: str, target_url: str, say: Callable[[str], None]) -> list[verify.Difference]:
    """Copy everything; returns what verify finds in the target. Raises NotDone, having changed nothing."""
    if source_url == target_url:
        raise NotDone("Both URLs name the same database.")
    if not schema.is_current(source_url):
        raise NotDone("The source is not a database of this version. Upgrade an older one first: upgrade.")
    lock = ServerLock(sqlite_path(target_url))
    lock.take_alone()
    try:
        _prepare_target(target_url)
        with _both(source_url, target_url) as (source, reader, writer):
            for part in PARTS:
                _hold_against(source, reader, part)
            for part in PARTS:
                _copy_rows(source, writer, part, say)
            for part in PARTS:
                if part.last:
                    _finish(source, writer, part)
            with writer.begin() as connection:
                rollups.rebuild(connection)
                _write_anew(source, connection)
            return _compare(source, reader, say)
    finally:
        lock.release()


@contextlib.contextmanager
def _both(source_url: str, target_url: str) -> Iterator[tuple[Connection, Engine, Engine]]:
    """One look at the source, an engine to read the target and one to write it."""
    engines = source, reader, writer = (
        open_engine(source_url),
        open_engine(target_url),
        open_engine(target_url, writing=True),
    )
    try:
        with read_only(source).begin() as look:
            yield look, read_only(reader), writer
    finally:
        for engine in engines:
            engine.dispose()


def _prepare_target(url: str) -> None:
    """Make or upgrade the schema, unless something is there that we would have to change."""
    path = sqlite_path(url)
    if (path is None or path.exists()) and not schema.is_current(url):
        engine = open_engine(url)
        with read_only(engine).begin() as connection:
            names = set(inspect(connection).get_table_names())
            ours = {part.table.name: part.table for part in PARTS}
            some = [select(literal(1)).select_from(ours[name]) for name in names & ours.keys()]
            made_anew = {rollup.table.name for rollup in rollups.ALL} | {table.name for table in ANEW} | {"alembic_version"}
            full = any(connection.execute(one).first() for one in some)
        engine.dispose()
        if others := sorted(names - ours.keys() - made_anew):
            raise NotDone(f"The target contains other tables: {', '.join(others)}. Nothing was changed.")
        if full:
            raise NotDone("The target has another schema and is not empty; upgrade it first. Nothing was changed.")
    schema.prepare(url, by_hand=True)


def _batches(connection: Connection, part: _Part, columns: Sequence[str]) -> Iterator[Sequence[Any]]:
    last = 0
    chosen = select(*(part.table.c[name] for name in columns)).order_by(part.id).limit(BATCH)
    while rows := connection.execute(chosen.where(part.id > last)).all():
        yield rows
        last = rows[-1].id


def _by_id(connection: Connection, part: _Part, columns: Sequence[str], rows: Sequence[Any]) -> dict[int, Any]:
    chosen = select(*(part.table.c[name] for name in columns))
    return {row.id: row for row in connection.execute(chosen.where(part.id.in_([row.id for row in rows])))}


def _hold_against(source: Connection, target: Engine, part: _Part) -> None:
    """Every row of the target must be one of the source."""
    with target.begin() as connection:
        for rows in _batches(connection, part, part.fixed):
            known = _by_id(source, part, part.fixed, rows)
            for row in rows:
                if tuple(row) != tuple(known.get(row.id, ())):
                    raise NotDone(
                        f"The target contains a {part.table.name} that is not in the source (id {row.id}). "
                        "Copy into an empty database, or into one that an earlier copy started. Nothing was changed."
                    )


def _copy_rows(source: Connection, target: Engine, part: _Part, say: Callable[[str], None]) -> None:
    whole = source.execute(select(func.count()).select_from(part.table)).scalar_one()
    done, said_at = 0, time.monotonic()
    for rows in _batches(source, part, tuple(part.table.c.keys())):
        with target.begin() as connection:
            there = _by_id(connection, part, ("id",), rows)
            missing = [dict(row._mapping) | _empty(part) for row in rows if row.id not in there]
            if missing:
                connection.execute(insert(part.table), missing)
                _set_sequence(connection, part)
        done += len(rows)
        if time.monotonic() - said_at > SAY_EVERY:
            say(f"{part.table.name}: {done} of {whole}")
            said_at = time.monotonic()
    say(f"{part.table.name}: {done} of {whole}")


def _empty(part: _Part) -> dict[str, object]:
    """A counter and a round show nothing before their clicks are there."""
    return {name: 0 for name in ("value", "total") if name in part.last}


def _set_sequence(connection: Connection, part: _Part) -> None:
    """Explicit ids do not move PostgreSQL's sequences."""
    if connection.dialect.name == "postgresql" and part.table is not tables.ROUNDS:
        highest = select(func.max(part.id)).scalar_subquery()
        connection.execute(select(func.setval(func.pg_get_serial_sequence(part.table.name, "id"), highest)))


def _finish(source: Connection, target: Engine, part: _Part) -> None:
    """Write what was held back; a counter's revision is above both the source's and the target's."""
    change = update(part.table).where(part.id == bindparam("which")).values({n: bindparam(f"new_{n}") for n in part.last})
    for rows in _batches(source, part, ("id", *part.last)):
        with target.begin() as connection:
            there = _by_id(connection, part, ("id", *part.last), rows)
            new = [{f"new_{n}": getattr(row, n) for n in part.last} | {"which": row.id} for row in rows]
            for values in new if part.table is tables.COUNTERS else ():
                known = there[values["which"]].revision
                values["new_revision"] = next_revision(max(values["new_revision"], known))
            connection.execute(change, new)


def _write_anew(source: Connection, target: Connection) -> None:
    for table in ANEW:
        target.execute(delete(table))
        kept = [column for column in table.c if column.name != "id"]
        if rows := [dict(row._mapping) for row in source.execute(select(*kept))]:
            target.execute(insert(table), rows)


def _compare(source: Connection, target: Engine, say: Callable[[str], None]) -> list[verify.Difference]:
    clicks, differences = verify.verify(target)
    with target.begin() as connection:
        for part in PARTS:
            count = select(func.count()).select_from(part.table)
            here, there = source.execute(count).scalar_one(), connection.execute(count).scalar_one()
            if here != there:
                differences.append(verify.Difference(part.table.name, "rows", there, here))
    say(f"{clicks} clicks read, {len(differences)} differences")
    return differences
