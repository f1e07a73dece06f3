"""Create, change, archive and delete counters, each inside a transaction of the ledger.

Every change raises the counter's revision, so that open tabs and other processes see it.
"""

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, select, update

from clickcounter.access import authorization
from clickcounter.database import statements as sql
from clickcounter.database import tables, webhook_removal
from clickcounter.database.rows import CounterRow
from clickcounter.domain.clicks import Caller, Snapshot, now_ms
from clickcounter.domain.counter_settings import CounterSettings, check_settings, settings_columns, settings_from_row
from clickcounter.domain.rights import MEMBERS
from clickcounter.domain.schedule import with_next_end
from clickcounter.domain.slugs import candidates
from clickcounter.errors import Refused
from clickcounter.ledger import groups, ownership, rounds
from clickcounter.ledger.scheduled import ends

Fields = dict[str, Any]  # some fields of CounterSettings
ACCESS = frozenset({"visibility", "press"})  # fields that only owners may change


def create(connection: Connection, fields: Fields, first_round: int, by: Caller | None) -> str:
    """Create a counter and return its slug. The id `first_round` is also this call's key: run again, it finds its counter.

    The signed-in account owns it, otherwise the browser; without `by`, from the terminal, nobody does. Raises Refused.
    """
    unlimited: Fields = {"lower": None} if fields.get("group") else {}  # a new group changes nothing for its counters
    settings = with_next_end(replace(CounterSettings(), **unlimited | fields), now_ms())
    check_settings(settings, named=True)
    if (known := created_with(connection, first_round)) is not None:
        return known
    slug = next(slug for slug in candidates(settings.name) if rounds.create(connection, slug, settings, first_round))
    if by is not None:
        ownership.set_first_owner(connection, groups.lock(connection, slug, ending=True), by, settings)
    return slug


def created_with(connection: Connection, first_round: int) -> str | None:
    """The slug of the counter that was created with this id."""
    created = select(tables.COUNTERS.c.slug).join_from(
        tables.COUNTERS, tables.ROUNDS, tables.ROUNDS.c.counter_id == tables.COUNTERS.c.id
    )
    return connection.execute(created.where(tables.ROUNDS.c.id == first_round)).scalar()


def update_settings(connection: Connection, slug: str, fields: Fields, by: Caller | None) -> Snapshot:
    """Change some settings of a counter. Raises CounterNotFound, Refused."""
    counter, parts = groups.lock_with_parts(connection, slug) if fields.get("schedule") else (lock(connection, slug), [])
    if fields.get("group", counter.is_group) != counter.is_group:
        raise Refused("group_for_ever")
    settings = replace(settings_from_row(counter), **fields)
    grant = authorization.require(connection, counter, by, "admit" if ACCESS & fields.keys() else "manage")
    check_settings(settings, named="name" in fields)
    if grant and grant.principal.device_owns and MEMBERS in {fields.get(name) for name in ACCESS}:
        raise Refused("needs_account")  # otherwise nobody could be a member
    if "schedule" in fields:
        for part in parts:  # whose rounds it ends, too
            authorization.require(connection, part, by, "manage")
        settings = ends.plan(connection, counter, settings, new=True)
    return _write_settings(connection, counter, settings)


def archive(connection: Connection, slug: str, archived: bool, by: Caller | None) -> Snapshot:
    """Archive a counter, so that it takes no more clicks, or restore it. Raises CounterNotFound, Refused."""
    counter = lock(connection, slug)
    authorization.require(connection, counter, by, "manage")
    settings = settings_from_row(counter)
    if (settings.archived_at is not None) != archived:
        settings = replace(settings, archived_at=now_ms() if archived else None)
        settings = ends.plan(connection, counter, settings, new=False)
    return _write_settings(connection, counter, settings)


def delete(connection: Connection, slug: str, name: str, by: Caller | None) -> None:
    """Delete a counter for good. Its ledger stays and its slug is never reused, but nothing shows it any more.

    Its webhooks are deleted, too, and it leaves its groups.
    `name` is what the person typed to confirm. Raises CounterNotFound, Refused.
    """
    deleted = select(tables.COUNTERS.c.deleted_at).where(tables.COUNTERS.c.slug == slug)
    if connection.execute(deleted).scalar() is not None:
        return  # by an earlier run of this call, or by somebody else
    counter, parts = groups.lock_with_parts(connection, slug)
    authorization.require(connection, counter, by, "manage")
    if name.strip() != (counter.name or slug).strip():
        raise Refused("delete_name")
    revision = rounds.next_revision(counter.revision)
    values = {"deleted_at": now_ms(), "ends_at": None, "revision": revision}
    connection.execute(update(tables.COUNTERS).where(tables.COUNTERS.c.id == counter.id).values(values))
    webhook_removal.remove(connection, tables.WEBHOOKS.c.counter_id == counter.id)
    groups.leave_all(connection, counter)
    groups.dissolve(connection, counter, parts)


def label_device(connection: Connection, device_id: int, label: str) -> None:
    """Set the label shown next to a device's clicks."""
    connection.execute(update(tables.DEVICES).where(tables.DEVICES.c.id == device_id).values(label=label))


def lock(connection: Connection, slug: str) -> CounterRow:
    """The counter's row, locked with its groups until the transaction ends. Raises CounterNotFound, Due."""
    return groups.lock(connection, slug)


def touch(connection: Connection, counter: CounterRow) -> Snapshot:
    """Raise a counter's revision after a change outside its row, such as a new member."""
    return _write_settings(connection, counter, settings_from_row(counter))


def _write_settings(connection: Connection, counter: CounterRow, settings: CounterSettings) -> Snapshot:
    revision = rounds.next_revision(counter.revision)
    settings = replace(settings, revision=revision)
    values = settings_columns(settings, revision) | {"revision": revision}
    connection.execute(update(tables.COUNTERS).where(tables.COUNTERS.c.id == counter.id).values(values))
    last = rounds.last_presser(connection, counter)
    return Snapshot(counter.slug, counter.value, revision, counter.round_id, settings, last)


def touch_last_pressed_by(
    connection: Connection, *, account: int | None = None, device: int | None = None, most: int | None = None
) -> list[Snapshot]:
    """Touch the counters whose last press was by this account or device, whose name has changed.

    At most `most` of them, those that changed last, locked in the order of their ids as everywhere.
    No value changes, so their groups are not locked.
    """
    c = tables.COUNTERS.c
    named = c.last_account == account if account is not None else c.last_by == device
    found = connection.execute(
        select(c.id, c.slug).where(named, c.deleted_at.is_(None)).order_by(c.revision.desc()).limit(most)
    )
    locked = [connection.execute(sql.LOCK_COUNTERS, {"slugs": [slug]}).first() for _, slug in sorted(found.tuples())]
    return [touch(connection, counter) for counter in locked if counter is not None]
