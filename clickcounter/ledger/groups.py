"""Groups: counters whose value is the sum of other counters', kept in the transactions that change those.

The value of a group is the sum of its parts' values, each times its sign. Locks are taken in one order: counters by id, then
groups by id. Whoever changes which counters a group has locks the group and those counters.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from clickcounter.access import authorization
from clickcounter.database import statements as sql
from clickcounter.database import tables
from clickcounter.database.compiled_sqlite import execute
from clickcounter.database.rows import CounterRow
from clickcounter.domain.clicks import Caller, Snapshot, now_ms
from clickcounter.domain.counter_settings import settings_from_row
from clickcounter.domain.numbers import MAX_VALUE, MOST_PARTS
from clickcounter.domain.rules import LIMIT, Groups, GroupTotal
from clickcounter.errors import CounterNotFound, Later, Refused
from clickcounter.ledger import rounds
from clickcounter.ledger.scheduled import due

_parts = tables.GROUP_PARTS.c


@dataclass(frozen=True, slots=True)
class LockedGroups:
    """The groups of some counters, locked. `totals` change while clicks are decided; `write` stores them."""

    rows: dict[int, CounterRow]  # by the group's id
    totals: dict[int, GroupTotal]  # by the group's id
    of_counter: dict[int, list[tuple[int, int]]]  # sign and group's id, by the counter's id

    def groups(self, counter: int) -> Groups:
        """The groups of a counter, with the sign with which it counts there."""
        return [(sign, self.totals[group]) for sign, group in self.of_counter.get(counter, ())]

    def among(self, changed: Mapping[int, Snapshot], counter: int) -> tuple[Snapshot, ...]:
        """Those of the changed groups that this counter is a part of."""
        return tuple(changed[group] for _, group in self.of_counter.get(counter, ()) if group in changed)

    def write(self, connection: Connection) -> dict[int, Snapshot]:
        """Store the totals that have changed. Returns what those groups show now, by id."""
        return {
            id_: _write_total(connection, row, self.totals[id_])
            for id_, row in sorted(self.rows.items())
            if self.totals[id_].total != row.value
        }


NO_GROUPS = LockedGroups({}, {}, {})


def lock_groups(connection: Connection, counters: Iterable[CounterRow]) -> LockedGroups:
    """Lock the groups of counters that are locked. Without groups it asks the database nothing."""
    ids = sorted(counter.id for counter in counters if counter.in_groups)
    if not ids:
        return NO_GROUPS
    rows: dict[int, Any] = {}
    of_counter: dict[int, list[tuple[int, int]]] = {}
    for row in execute(connection, sql.LOCK_GROUPS, {"counters": ids}):
        rows[row.id] = row
        of_counter.setdefault(row.counter_id, []).append((row.sign, row.id))
    return LockedGroups(rows, {id_: GroupTotal(row.value, settings_from_row(row)) for id_, row in rows.items()}, of_counter)


def lock(connection: Connection, slug: str, *, ending: bool = False) -> CounterRow:
    """A counter's row, locked with the groups that change with it. Raises CounterNotFound, and Due unless `ending`."""
    counter: CounterRow | None = connection.execute(sql.LOCK_COUNTERS, {"slugs": [slug]}).first()
    if counter is None:
        raise CounterNotFound(slug)
    locked = lock_groups(connection, [counter])
    if not ending:
        due.check([counter, *locked.rows.values()], now_ms())
    return counter


def add_to_counter(connection: Connection, counter: CounterRow, amount: int) -> None:
    """Add to the value of a counter, which `lock` has locked, and to its groups. Raises Refused if a sum gets too large."""
    change = {"which": counter.id, "added": amount, "next_revision": rounds.next_revision(counter.revision)}
    execute(connection, sql.ADD_TO_COUNTER, change | {"by": None, "account": None})
    _add_to_groups(connection, counter, amount)


def end_round(
    connection: Connection, slug: str, round_id: int | None, new_round: int, ended_by: int | None, by: Caller | None
) -> tuple[Snapshot, bool]:
    """End the current round of a counter, or of a group with those of all its parts; see rounds.reset.

    Raises CounterNotFound, Refused, Later.
    """
    counter, parts = lock_with_parts(connection, slug)
    if parts and counter.round_id != new_round and round_id in (None, counter.round_id):
        ended = update(tables.ROUNDS).where(tables.ROUNDS.c.id == counter.round_id)
        connection.execute(ended.values(total=counter.value))  # which no click of its own adds up to
        for part in parts:
            authorization.require(connection, part, by, "manage")
            _end_one(connection, part, None, rounds.round_id_of(str(new_round), str(part.id)), ended_by)
    return _end_one(connection, counter, round_id, new_round, ended_by)


def lock_with_parts(connection: Connection, slug: str, *, ending: bool = False) -> tuple[CounterRow, list[CounterRow]]:
    """A counter and, if it is a group, its parts, all locked with every group of theirs.

    Raises CounterNotFound, Due unless `ending`, and Later if its parts changed meanwhile.
    """
    ids = part_ids(connection, authorization.read_counter(connection, slug).id)
    parts = lock_by_id(connection, ids)
    locked = lock_groups(connection, parts)
    counter = lock(connection, slug, ending=ending)
    if part_ids(connection, counter.id) != ids:
        raise Later("the group is being changed")
    if not ending:
        due.check([*parts, *locked.rows.values()], now_ms())
    return counter, parts


def lock_by_id(connection: Connection, ids: Iterable[int]) -> list[CounterRow]:
    """Lock these counters, those that are deleted left out."""
    c = tables.COUNTERS.c
    slugs = connection.execute(select(c.slug).where(c.id.in_(sorted(ids)))).scalars().all()
    return list(connection.execute(sql.LOCK_PRESSED, {"slugs": slugs}))


def part_ids(connection: Connection, group: int) -> dict[int, int]:
    """The counters of a group, each with its sign."""
    query = select(_parts.counter_id, _parts.sign).where(_parts.group_id == group).order_by(_parts.counter_id)
    return {row.counter_id: row.sign for row in connection.execute(query)}


def change_parts(connection: Connection, slug: str, changes: dict[str, int], by: Caller | None) -> Snapshot:
    """Give counters this sign in a group; 0 takes one out. Returns what the group shows now.

    Putting one in takes the right to manage both, taking one out that for either. Raises CounterNotFound, Refused, Later.
    """
    group, before, named = _lock_for_change(connection, slug, changes, by)
    here = part_ids(connection, group.id)
    wanted = {id_: sign for id_, sign in (here | {row.id: changes[row.slug] for row in named}).items() if sign}
    if len(wanted) > MOST_PARTS:
        raise Refused("group_many")
    for row in named:
        _require(connection, group, row, by, out=row.id not in wanted)
    if wanted == here:
        return rounds.snapshot_of(connection, group)
    rows = {row.id: row for row in [*before, *named]}
    total = sum(sign * rows[id_].value for id_, sign in wanted.items())
    if abs(total) > MAX_VALUE:
        raise Refused(LIMIT)
    connection.execute(delete(tables.GROUP_PARTS).where(_parts.group_id == group.id))
    if wanted:
        parts = [{"group_id": group.id, "counter_id": id_, "sign": sign} for id_, sign in sorted(wanted.items())]
        connection.execute(insert(tables.GROUP_PARTS), parts)
    _mark(connection, rows.keys())
    return _touch(connection, group, total)


def leave_all(connection: Connection, counter: CounterRow) -> None:
    """A counter that is locked with its groups is deleted: it is no part of them any more."""
    if counter.in_groups:
        _add_to_groups(connection, counter, -counter.value)
        connection.execute(delete(tables.GROUP_PARTS).where(_parts.counter_id == counter.id))
        _mark(connection, {counter.id})


def dissolve(connection: Connection, group: CounterRow, parts: Iterable[CounterRow]) -> None:
    """A group that is locked with its parts is deleted: it binds them no longer."""
    connection.execute(delete(tables.GROUP_PARTS).where(_parts.group_id == group.id))
    _mark(connection, {part.id for part in parts})


def _lock_for_change(
    connection: Connection, slug: str, changes: dict[str, int], by: Caller | None
) -> tuple[CounterRow, list[CounterRow], list[CounterRow]]:
    """The group, the counters that it has, and those that are named, all locked."""
    found = authorization.read_counter(connection, slug)
    authorization.require(connection, found, by, "view")
    if not found.is_group:
        raise Refused("group_none")
    ids = part_ids(connection, found.id)
    c = tables.COUNTERS.c
    old = connection.execute(select(c.slug).where(c.id.in_(ids))).scalars().all()
    rows: list[CounterRow] = list(execute(connection, sql.LOCK_PRESSED, {"slugs": sorted({*old, *changes})}))
    if missing := {slug for slug, sign in changes.items() if sign} - {row.slug for row in rows}:
        is_group = connection.execute(select(c.is_group).where(c.slug.in_(missing), c.deleted_at.is_(None))).scalar()
        raise Refused("group_in_group") if is_group else CounterNotFound(min(missing))
    locked = lock_groups(connection, rows)
    group = lock(connection, slug)
    due.check([*rows, *locked.rows.values()], now_ms())
    if part_ids(connection, group.id) != ids:
        raise Later("the group is being changed")
    return group, [row for row in rows if row.id in ids], [row for row in rows if row.slug in changes]


def _require(connection: Connection, group: CounterRow, part: CounterRow, by: Caller | None, *, out: bool) -> None:
    """Raises Refused. The part comes first: where it may not be seen, nothing says whether it is in the group."""
    try:
        authorization.require(connection, part, by, "manage")
    except Refused:
        if not out:
            raise
        authorization.require(connection, group, by, "manage")
        return
    if not out:
        authorization.require(connection, group, by, "manage")


def _end_one(
    connection: Connection, counter: CounterRow, round_id: int | None, new_round: int, ended_by: int | None
) -> tuple[Snapshot, bool]:
    snapshot, closed = rounds.reset(connection, counter.slug, round_id, new_round, ended_by)
    if snapshot.round != counter.round_id:  # this very run ended it
        _add_to_groups(connection, counter, -counter.value)
    return snapshot, closed


def _add_to_groups(connection: Connection, counter: CounterRow, amount: int) -> None:
    if not counter.in_groups or not amount:
        return
    locked = lock_groups(connection, [counter])
    for sign, group in locked.groups(counter.id):
        group.total += sign * amount
        if abs(group.total) > MAX_VALUE:
            raise Refused(LIMIT)
    locked.write(connection)


def _mark(connection: Connection, ids: Iterable[int]) -> None:
    """Note in the rows of these counters whether they are parts of groups."""
    c = tables.COUNTERS.c
    is_part = select(_parts.group_id).where(_parts.counter_id == c.id).exists()
    connection.execute(update(tables.COUNTERS).where(c.id.in_(list(ids))).values(in_groups=is_part))


def _write_total(connection: Connection, row: CounterRow, group: GroupTotal) -> Snapshot:
    revision = rounds.next_revision(row.revision)
    change = {"which": row.id, "added": group.total - row.value, "next_revision": revision, "by": None, "account": None}
    execute(connection, sql.ADD_TO_COUNTER, change)
    return Snapshot(row.slug, group.total, revision, row.round_id, group.settings)


def _touch(connection: Connection, group: CounterRow, total: int) -> Snapshot:
    """Write a group's total; its settings count as changed: open tabs ask for its parts again."""
    revision = rounds.next_revision(group.revision)
    values = {"value": total, "revision": revision, "about_revision": revision}
    connection.execute(update(tables.COUNTERS).where(tables.COUNTERS.c.id == group.id).values(values))
    row: CounterRow = connection.execute(sql.LOCK_COUNTERS, {"slugs": [group.slug]}).one()
    return rounds.snapshot_of(connection, row)
