"""Reads snapshots of counters: what a tab shows. Each call sees the database at one moment."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Engine

from clickcounter.access import authorization
from clickcounter.database import statements as sql
from clickcounter.database.compiled_sqlite import execute, parts
from clickcounter.database.engines import read_only
from clickcounter.domain.clicks import Caller, Presser, Snapshot
from clickcounter.domain.counter_settings import settings_from_row
from clickcounter.errors import CounterNotFound


def snapshots(connection: Connection, slugs: Iterable[str]) -> list[Snapshot]:
    """Snapshots of these counters; slugs of no counter are left out."""
    rows = [row for some in parts(sorted(slugs)) for row in execute(connection, sql.READ_COUNTERS, {"slugs": some})]
    return [Snapshot(r.slug, r.value, r.revision, r.round_id, settings_from_row(r), _last_presser(r)) for r in rows]


def snapshot_of(engine: Engine, slug: str) -> Snapshot:
    """A snapshot of one counter. Raises CounterNotFound."""
    with read_only(engine).begin() as connection:
        found = snapshots(connection, [slug])
    if not found:
        raise CounterNotFound(slug)
    return found[0]


def visible_snapshot(engine: Engine, slug: str, who: Caller) -> Snapshot:
    """The same for whoever may see the counter. Raises CounterNotFound, Refused."""
    with read_only(engine).begin() as connection:
        counter = authorization.read_counter(connection, slug)
        authorization.require(connection, counter, who, "view")
        settings = settings_from_row(counter)
        return Snapshot(counter.slug, counter.value, counter.revision, counter.round_id, settings, _last_presser(counter))


def _last_presser(row: Any) -> Presser | None:
    return None if row.last_by is None else Presser(row.last_by, row.last_label or "")
