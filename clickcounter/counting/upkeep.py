"""Counters made, changed, archived and deleted, each within a transaction of the ledger's.

Every change is a commit like any other: it raises the counter's revision, so that open tabs and other processes see it.
"""

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, select, update

from clickcounter.counting import rounds
from clickcounter.counting import statements as sql
from clickcounter.counting.about import about_of, check, columns
from clickcounter.counting.clicks import About, Snapshot, now_ms
from clickcounter.counting.slugs import candidates
from clickcounter.errors import CounterNotFound, Refused

Fields = dict[str, Any]  # some of About's, by their names


def make(connection: Connection, fields: Fields, first: int) -> str:
    """Make a counter. Returns its slug. `first`, its first round, is this call's key: run again, it finds what it made.

    Raises Refused.
    """
    about = replace(About(), **fields)
    check(about, named=True)
    made = select(sql.COUNTERS.c.slug).join_from(sql.COUNTERS, sql.ROUNDS, sql.ROUNDS.c.counter_id == sql.COUNTERS.c.id)
    known = connection.execute(made.where(sql.ROUNDS.c.id == first)).scalar()
    if known is not None:
        return str(known)
    return next(slug for slug in candidates(about.name) if rounds.create(connection, slug, about, first))


def change(connection: Connection, slug: str, fields: Fields) -> Snapshot:
    """Change some of what is said of a counter. Raises CounterNotFound, Refused."""
    counter = _locked(connection, slug)
    about = replace(about_of(counter), **fields)
    check(about, named="name" in fields)
    return _write(connection, counter, about)


def archive(connection: Connection, slug: str, archived: bool) -> Snapshot:
    """Archive a counter, which takes no clicks from then on, or take it back into use. Raises CounterNotFound."""
    counter = _locked(connection, slug)
    about = about_of(counter)
    if (about.archived_at is not None) == archived:
        return _write(connection, counter, about)
    return _write(connection, counter, replace(about, archived_at=now_ms() if archived else None))


def delete(connection: Connection, slug: str, name: str) -> None:
    """Take a counter away for good. Its slug stays taken and its ledger stays; nothing shows it any more.

    `name` is what the person typed to confirm. Raises CounterNotFound, Refused.
    """
    deleted = select(sql.COUNTERS.c.deleted_at).where(sql.COUNTERS.c.slug == slug)
    if connection.execute(deleted).scalar() is not None:
        return  # this very call, run again, or somebody else's
    counter = _locked(connection, slug)
    if name.strip() != (counter.name or slug).strip():
        raise Refused("delete_name")
    revision = rounds.next_revision(counter.revision)
    connection.execute(
        update(sql.COUNTERS).where(sql.COUNTERS.c.id == counter.id).values(deleted_at=now_ms(), revision=revision)
    )


def name_device(connection: Connection, device_id: int, label: str) -> None:
    """Give a device the label that stands beside its clicks."""
    connection.execute(update(sql.DEVICES).where(sql.DEVICES.c.id == device_id).values(label=label))


def _locked(connection: Connection, slug: str) -> Any:
    counter = connection.execute(sql.LOCK_COUNTERS, {"slugs": [slug]}).first()
    if counter is None:
        raise CounterNotFound(slug)
    return counter


def _write(connection: Connection, counter: Any, about: About) -> Snapshot:
    revision = rounds.next_revision(counter.revision)
    about = replace(about, revision=revision)
    values = columns(about, revision) | {"revision": revision}
    connection.execute(update(sql.COUNTERS).where(sql.COUNTERS.c.id == counter.id).values(values))
    last = rounds.last_of(connection, counter)
    return Snapshot(counter.slug, counter.value, revision, counter.round_id, about, last)
