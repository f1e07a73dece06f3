"""Copies an instance from one database to another, keys included.

The source is read in one snapshot; the target is written in batches, each a transaction. Counters and rounds show 0 until
every click is there, so that an interrupted copy is never mistaken for a complete one. Run again, it continues: before it
writes anything, it checks that every row of the target comes from the source.
"""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Row,
    Table,
    bindparam,
    delete,
    func,
    insert,
    inspect,
    literal,
    select,
    update,
)

from clickcounter.database import schema, tables
from clickcounter.database.engines import open_engine, read_only, sqlite_path
from clickcounter.database.server_lock import ServerLock
from clickcounter.database.tables import (
    ACCOUNT_IDENTITIES,
    ACCOUNTS,
    API_KEYS,
    COMPAT_COUNTERS,
    DELETED_NOTES,
    DELIVERIES,
    GROUP_PARTS,
    IMPORTED_ROWS,
    INVITATIONS,
    MEMBERS,
    PASSKEYS,
    RECOVERY_CODES,
    REGISTRATION_INVITATIONS,
    SECOND_FACTORS,
    SESSIONS,
    SITES,
    WEBHOOKS,
)
from clickcounter.errors import NotDone
from clickcounter.history import verify
from clickcounter.ledger import rollup_checks
from clickcounter.ledger.rounds import next_revision
from clickcounter.transfer.progress import ReportTimer

BATCH = 1_000  # rows


@dataclass(frozen=True, slots=True)
class _Part:
    """A table to copy. `fixed` columns of a row never change; `final` ones are written once all tables are copied."""

    table: Table
    fixed: tuple[str, ...]
    final: tuple[str, ...] = ()

    @property
    def id(self) -> Column[Any]:
        return self.table.c.id


def _part(table: Table, *fixed: str) -> _Part:
    return _Part(table, fixed, tuple(name for name in table.c.keys() if name not in fixed))  # noqa: SIM118  no dict


PARTS = (
    _part(ACCOUNTS, "id", "created_at"),
    _part(tables.DEVICES, "id", "secret_sha256", "created_at"),
    _part(tables.TABLE_IMPORTS, *(name for name in tables.TABLE_IMPORTS.c.keys() if name != "undone_at")),  # noqa: SIM118
    _part(tables.COUNTERS, "id", "slug", "created_at"),
    _part(tables.ROUNDS, "id", "counter_id", "number", "started_at"),
    _part(tables.CLICKS, *tables.CLICKS.c.keys()),
)
# Small tables, most with short-lived rows: emptied and written at the end. What refers to another one comes after it.
REPLACED = (
    *(SESSIONS, MEMBERS, INVITATIONS, API_KEYS, SITES, GROUP_PARTS, DELETED_NOTES, COMPAT_COUNTERS, WEBHOOKS, DELIVERIES),
    IMPORTED_ROWS,
    *(REGISTRATION_INVITATIONS, ACCOUNT_IDENTITIES, SECOND_FACTORS, RECOVERY_CODES, PASSKEYS),
)


def copy(source_url: str, target_url: str, say: Callable[[str], None]) -> list[verify.Difference]:
    """Copy everything. Returns the differences between the two and those that verify finds in the target.

    Raises NotDone if the target cannot be copied into; nothing was changed then.
    """
    if source_url == target_url:
        raise NotDone("Both URLs name the same database.")
    if not schema.is_current(source_url):
        raise NotDone("The source is not a database of this version. Upgrade an older one first: upgrade.")
    lock = ServerLock(sqlite_path(target_url))
    lock.acquire_exclusive()
    try:
        _prepare_target(target_url)
        with _open_both(source_url, target_url) as (source, reader, writer):
            for part in PARTS:
                _check_against(source, reader, part)
            for part in PARTS:
                _copy_rows(source, writer, part, say)
            for part in PARTS:
                if part.final:
                    _finish(source, writer, part)
            with writer.begin() as connection:
                rollup_checks.rebuild(connection)
                _replace_rows(source, connection)
            return _compare(source, reader, say)
    finally:
        lock.release()


@contextlib.contextmanager
def _open_both(source_url: str, target_url: str) -> Iterator[tuple[Connection, Engine, Engine]]:
    """A snapshot of the source, an engine that reads the target and one that writes it."""
    engines = source, reader, writer = (
        open_engine(source_url),
        open_engine(target_url),
        open_engine(target_url, writing=True),
    )
    try:
        with read_only(source).begin() as snapshot:
            yield snapshot, read_only(reader), writer
    finally:
        for engine in engines:
            engine.dispose()


def _prepare_target(url: str) -> None:
    """Create the schema, or upgrade that of an empty database. Raises NotDone if anything else is in the target."""
    path = sqlite_path(url)
    if (path is None or path.exists()) and not schema.is_current(url):
        engine = open_engine(url)
        with read_only(engine).begin() as connection:
            names = set(inspect(connection).get_table_names())
            ours = {part.table.name: part.table for part in PARTS}
            any_row = [select(literal(1)).select_from(ours[name]) for name in names & ours.keys()]
            rebuilt = (
                {rollup.table.name for rollup in rollup_checks.ALL}
                | {table.name for table in REPLACED}
                | {"alembic_version"}
            )
            is_full = any(connection.execute(query).first() for query in any_row)
        engine.dispose()
        if others := sorted(names - ours.keys() - rebuilt):
            raise NotDone(f"The target contains other tables: {', '.join(others)}. Nothing was changed.")
        if is_full:
            raise NotDone("The target has another schema and is not empty; upgrade it first. Nothing was changed.")
    schema.prepare(url, by_hand=True)


def _batches(connection: Connection, part: _Part, columns: Sequence[str]) -> Iterator[Sequence[Row[Any]]]:
    last_id = 0
    query = select(*(part.table.c[name] for name in columns)).order_by(part.id).limit(BATCH)
    while rows := connection.execute(query.where(part.id > last_id)).all():
        yield rows
        last_id = rows[-1].id


def _by_id(connection: Connection, part: _Part, columns: Sequence[str], rows: Sequence[Row[Any]]) -> dict[int, Row[Any]]:
    query = select(*(part.table.c[name] for name in columns))
    return {row.id: row for row in connection.execute(query.where(part.id.in_([row.id for row in rows])))}


def _check_against(source: Connection, target: Engine, part: _Part) -> None:
    """Raises NotDone if the target has a row that the source has not."""
    with target.begin() as connection:
        for rows in _batches(connection, part, part.fixed):
            originals = _by_id(source, part, part.fixed, rows)
            for row in rows:
                if tuple(row) != tuple(originals.get(row.id, ())):
                    raise NotDone(
                        f"The target contains a {part.table.name} that is not in the source (id {row.id}). "
                        "Copy into an empty database, or into one that an earlier copy started. Nothing was changed."
                    )


def _copy_rows(source: Connection, target: Engine, part: _Part, say: Callable[[str], None]) -> None:
    total = source.execute(select(func.count()).select_from(part.table)).scalar_one()
    done, timer = 0, ReportTimer()
    for rows in _batches(source, part, tuple(part.table.c.keys())):
        with target.begin() as connection:
            copied = _by_id(connection, part, ("id",), rows)
            missing = [dict(row._mapping) | _zeros(part) for row in rows if row.id not in copied]
            if missing:
                connection.execute(insert(part.table), missing)
                _set_sequence(connection, part)
        done += len(rows)
        if timer.is_due():
            say(f"{part.table.name}: {done} of {total}")
    say(f"{part.table.name}: {done} of {total}")


def _zeros(part: _Part) -> dict[str, int]:
    """A counter and a round show 0 until all clicks are there."""
    return {name: 0 for name in ("value", "total") if name in part.final}


def _set_sequence(connection: Connection, part: _Part) -> None:
    """Ids that we insert do not advance PostgreSQL's sequences."""
    if connection.dialect.name == "postgresql" and part.table is not tables.ROUNDS:
        highest = select(func.max(part.id)).scalar_subquery()
        connection.execute(select(func.setval(func.pg_get_serial_sequence(part.table.name, "id"), highest)))


def _finish(source: Connection, target: Engine, part: _Part) -> None:
    """Write the final columns. A counter's revision rises above both the source's and the target's."""
    change = update(part.table).where(part.id == bindparam("which")).values({n: bindparam(f"new_{n}") for n in part.final})
    for rows in _batches(source, part, ("id", *part.final)):
        with target.begin() as connection:
            targets = _by_id(connection, part, ("id", *part.final), rows)
            new = [{f"new_{n}": getattr(row, n) for n in part.final} | {"which": row.id} for row in rows]
            for values in new if part.table is tables.COUNTERS else ():
                revision = targets[values["which"]].revision
                values["new_revision"] = next_revision(max(values["new_revision"], revision))
            connection.execute(change, new)


def _replace_rows(source: Connection, target: Connection) -> None:
    for table in reversed(REPLACED):
        target.execute(delete(table))
    for table in REPLACED:
        columns = [column for column in table.c if column.name != "id" or table is WEBHOOKS]  # other ids are given anew
        if rows := [dict(row._mapping) for row in source.execute(select(*columns).order_by(*table.primary_key))]:
            target.execute(insert(table), rows)


def _compare(source: Connection, target: Engine, say: Callable[[str], None]) -> list[verify.Difference]:
    clicks, differences = verify.verify(target)
    with target.begin() as connection:
        for part in PARTS:
            count = select(func.count()).select_from(part.table)
            expected, found = source.execute(count).scalar_one(), connection.execute(count).scalar_one()
            if expected != found:
                differences.append(verify.Difference(part.table.name, "rows", found, expected))
    say(f"{clicks} clicks read, {len(differences)} differences")
    return differences
