"""Counters made, changed, archived and deleted, each within a transaction of the ledger's.

Every change is a commit like any other: it raises the counter's revision, so that open tabs and other processes see it.
"""

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, select, update

from clickcounter.access import authorization
from clickcounter.database import statements as sql
from clickcounter.database import tables
from clickcounter.domain.clicks import Caller, Snapshot, now_ms
from clickcounter.domain.counter_settings import CounterSettings, check_settings, settings_columns, settings_from_row
from clickcounter.domain.rights import MEMBERS
from clickcounter.domain.slugs import candidates
from clickcounter.errors import CounterNotFound, Refused
from clickcounter.ledger import ownership, rounds

Fields = dict[str, Any]  # some of About's, by their names
ACCESS = frozenset({"visibility", "press"})  # those that only an owner gives


def create(connection: Connection, fields: Fields, first: int, by: Caller | None) -> str:
    """Make a counter. Returns its slug. `first`, its first round, is this call's key: run again, it finds what it made.

    It is the account's that is signed in, else the browser's; one from the terminal, which is no `by`, is everybody's.
    Raises Refused.
    """
    about = replace(CounterSettings(), **fields)
    check_settings(about, named=True)
    made = select(tables.COUNTERS.c.slug).join_from(
        tables.COUNTERS, tables.ROUNDS, tables.ROUNDS.c.counter_id == tables.COUNTERS.c.id
    )
    known = connection.execute(made.where(tables.ROUNDS.c.id == first)).scalar()
    if known is not None:
        return str(known)
    slug = next(slug for slug in candidates(about.name) if rounds.create(connection, slug, about, first))
    if by is not None:
        ownership.set_first_owner(connection, lock(connection, slug), by, about)
    return slug


def update_settings(connection: Connection, slug: str, fields: Fields, by: Caller | None) -> Snapshot:
    """Change some of what is said of a counter. Raises CounterNotFound, Refused."""
    counter = lock(connection, slug)
    about = replace(settings_from_row(counter), **fields)
    asked = authorization.require(connection, counter, by, "admit" if ACCESS & fields.keys() else "manage")
    check_settings(about, named="name" in fields)
    if asked and asked.person.made_it and MEMBERS in {fields.get(name) for name in ACCESS}:
        raise Refused("needs_account")  # or nobody could be a member
    return _write(connection, counter, about)


def archive(connection: Connection, slug: str, archived: bool, by: Caller | None) -> Snapshot:
    """Archive a counter, which takes no clicks from then on, or take it back into use. Raises CounterNotFound, Refused."""
    counter = lock(connection, slug)
    authorization.require(connection, counter, by, "manage")
    about = settings_from_row(counter)
    if (about.archived_at is not None) == archived:
        return _write(connection, counter, about)
    return _write(connection, counter, replace(about, archived_at=now_ms() if archived else None))


def delete(connection: Connection, slug: str, name: str, by: Caller | None) -> None:
    """Take a counter away for good. Its slug stays taken and its ledger stays; nothing shows it any more.

    `name` is what the person typed to confirm. Raises CounterNotFound, Refused.
    """
    deleted = select(tables.COUNTERS.c.deleted_at).where(tables.COUNTERS.c.slug == slug)
    if connection.execute(deleted).scalar() is not None:
        return  # this very call, run again, or somebody else's
    counter = lock(connection, slug)
    authorization.require(connection, counter, by, "manage")
    if name.strip() != (counter.name or slug).strip():
        raise Refused("delete_name")
    revision = rounds.next_revision(counter.revision)
    connection.execute(
        update(tables.COUNTERS).where(tables.COUNTERS.c.id == counter.id).values(deleted_at=now_ms(), revision=revision)
    )


def label_device(connection: Connection, device_id: int, label: str) -> None:
    """Give a device the label that stands beside its clicks."""
    connection.execute(update(tables.DEVICES).where(tables.DEVICES.c.id == device_id).values(label=label))


def lock(connection: Connection, slug: str) -> Any:
    """The counter's row, which nobody else changes until the transaction ends. Raises CounterNotFound."""
    counter = connection.execute(sql.LOCK_COUNTERS, {"slugs": [slug]}).first()
    if counter is None:
        raise CounterNotFound(slug)
    return counter


def touch(connection: Connection, counter: Any) -> Snapshot:
    """Raise the revision of a counter to which something was done that does not show in its row."""
    return _write(connection, counter, settings_from_row(counter))


def _write(connection: Connection, counter: Any, about: CounterSettings) -> Snapshot:
    revision = rounds.next_revision(counter.revision)
    about = replace(about, revision=revision)
    values = settings_columns(about, revision) | {"revision": revision}
    connection.execute(update(tables.COUNTERS).where(tables.COUNTERS.c.id == counter.id).values(values))
    last = rounds.last_presser(connection, counter)
    return Snapshot(counter.slug, counter.value, revision, counter.round_id, about, last)


def touch_last_pressed_by(
    connection: Connection, *, account: int | None = None, device: int | None = None, most: int | None = None
) -> list[Snapshot]:
    """Touch the counters whose last press was by this account or device, whose name has changed.

    At most `most` of them, those that changed last, locked in the order of their ids as everywhere.
    """
    c = tables.COUNTERS.c
    named = c.last_account == account if account is not None else c.last_by == device
    found = connection.execute(
        select(c.id, c.slug).where(named, c.deleted_at.is_(None)).order_by(c.revision.desc()).limit(most)
    )
    return [touch(connection, lock(connection, slug)) for _, slug in sorted(found.tuples())]
