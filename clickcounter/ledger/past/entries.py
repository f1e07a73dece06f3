"""Adds past entries, opening amounts and notes, and takes them back.

An entry belongs to the round in which its time lies; one from before the first round, to the first. In the current round the
limits hold as for a press. A closed round takes it past its limits, as it takes a press that arrives late, but only for
rules.LATE_FOR. An opening amount belongs to the current round.

What counts is taken back by an entry with the opposite amount. A note counts nothing: it is deleted, and only its key is
kept. It stands in the ledger at its own time, not at the time when it was written.
"""

from collections.abc import Callable, Collection
from typing import Any, cast

from sqlalchemy import Connection, Row, func, insert, or_, select

from clickcounter.access import authorization
from clickcounter.access.grants import Grant
from clickcounter.database import statements as sql
from clickcounter.database import tables
from clickcounter.database.compiled_sqlite import execute, execute_many
from clickcounter.database.rows import CounterRow, LedgerRow
from clickcounter.domain import past, rules
from clickcounter.domain.clicks import CLICK, ENTRY, NOTE, OPENING, Caller, Snapshot, now_ms
from clickcounter.domain.counter_settings import settings_from_row
from clickcounter.domain.numbers import MAX_VALUE
from clickcounter.domain.past import MOST_ENTRIES, MOST_NOTES, PastEntry
from clickcounter.errors import Refused
from clickcounter.ledger import groups, imported_rows, rollups, rounds, taking_back

FindDevice = Callable[[Connection], int]  # whose entry it is; an unknown device is created

_clicks, _rounds, _deleted = tables.CLICKS.c, tables.ROUNDS.c, tables.DELETED_NOTES.c


def add(connection: Connection, slug: str, entry: PastEntry, find_device: FindDevice, by: Caller | None) -> Snapshot:
    """Add an entry, once. Without `by`, the terminal asks. Returns what the counter shows now.

    Raises CounterNotFound, Refused, and what `find_device` raises.
    """
    counter = groups.lock(connection, slug)
    _require_adding(connection, counter, by)
    if counter.is_group:
        raise Refused(rules.GROUP)
    if _find(connection, counter.id, entry.key) is None and not _is_deleted(connection, counter.id, entry.key):
        now = now_ms()
        if counter.archived_at is not None:
            raise Refused(rules.ARCHIVED)
        write(connection, counter, past.checked(entry, now), by, find_device(connection), now)
    return _shown(connection, slug)


def write(connection: Connection, counter: CounterRow, entry: PastEntry, by: Caller | None, device: int, now: int) -> None:
    """Write an entry that is checked to a counter that is locked with its groups. Raises Refused."""
    round_ = _round_of(connection, counter, entry)
    saved_at, total = now, round_.total + entry.amount
    _require_room(connection, counter.id, entry.kind)
    if entry.kind == NOTE:
        saved_at, total = entry.since, _total_at(connection, round_.id, entry.since)
    elif why := _refusal(connection, counter, round_.id, entry.amount, total, now):
        raise Refused(why)
    row: dict[str, Any] = {"counter_id": counter.id, "round_id": round_.id, "device_id": device, "key": entry.key}
    row |= {"amount": entry.amount, "total": total, "pressed_at": entry.since, "saved_at": saved_at}
    row |= {"time_adjusted": False, "round_unknown": False, "kind": entry.kind, "takes_back": None, "reason": entry.text}
    row |= {"account_id": _account(connection, by, now), "until": None if entry.kind == OPENING else entry.until}
    _write_row(connection, counter, row, now)


def remove(connection: Connection, slug: str, key: str, by: Caller | None) -> Snapshot:
    """Take back what was added with this key, or delete it if it is a note: whoever added it may, and owners.

    What was taken back before stays so. Returns what the counter shows now. Raises CounterNotFound, Refused.
    """
    counter = groups.lock(connection, slug)
    grant = authorization.require(connection, counter, by, "view")
    row = _find(connection, counter.id, key)
    if row is None and _is_deleted(connection, counter.id, key):
        return _shown(connection, slug)
    if row is None or row.kind not in past.KINDS or row.takes_back is not None:
        raise Refused("past_unknown")
    _require_removing(row, grant, by)
    if row.kind == NOTE:
        _delete_note(connection, counter, row)
    elif not row.is_taken_back:
        if counter.archived_at is not None:
            raise Refused("take_back_archived")
        author = taking_back.author(connection, grant, by)
        _write_opposite(connection, counter, row, author)
    return _shown(connection, slug)


def _require_removing(row: Row[Any], grant: Grant | None, by: Caller | None) -> None:
    """Whoever added it may, and owners. Raises Refused."""
    if grant is not None and not grant.rights.manage:
        is_own = row.secret_sha256 == getattr(by, "device", None) or row.account_id in {grant.account} - {None}
        if not is_own or not grant.rights.press:
            raise Refused("not_owner")


def _require_adding(connection: Connection, counter: CounterRow, by: Caller | None) -> None:
    """Owners may, and where the counter `lets_add`, whoever may press. Raises Refused."""
    if by is not None:
        [grant] = authorization.grants(connection, [(counter, by)], now_ms())
        why = grant.error("manage")
        if why and (not counter.lets_add or grant.error("press")):
            raise Refused(why)


def _find(connection: Connection, counter_id: int, key: str) -> Row[Any] | None:
    """The entry with this key, who made it, and whether it was taken back."""
    undo = tables.CLICKS.alias("undo")
    is_taken_back = select(undo.c.id).where(undo.c.counter_id == counter_id, undo.c.takes_back == key).exists()
    query = select(tables.CLICKS, tables.DEVICES.c.secret_sha256, is_taken_back.label("is_taken_back"))
    query = query.join_from(tables.CLICKS, tables.DEVICES, tables.DEVICES.c.id == _clicks.device_id)
    return connection.execute(query.where(_clicks.counter_id == counter_id, _clicks.key == key)).first()


def _delete_note(connection: Connection, counter: CounterRow, note: Row[Any]) -> None:
    imported_rows.delete_notes(connection, counter.id, [note.id])
    if not _is_deleted(connection, counter.id, note.key):  # earlier versions let a file bring it again
        connection.execute(insert(tables.DELETED_NOTES), {"counter_id": counter.id, "key": note.key})
    groups.add_to_counter(connection, counter, 0)


def _is_deleted(connection: Connection, counter_id: int, key: str) -> bool:
    deleted = select(_deleted.id).where(_deleted.counter_id == counter_id, _deleted.key == key)
    return connection.execute(deleted).first() is not None


def deleted(connection: Connection, counter_id: int, keys: Collection[str]) -> set[str]:
    """Which of these are keys of notes that were deleted."""
    if not keys:
        return set()
    found = select(_deleted.key).where(_deleted.counter_id == counter_id, _deleted.key.in_(keys))
    return set(connection.execute(found).scalars())


def _round_of(connection: Connection, counter: CounterRow, entry: PastEntry) -> Any:
    """The first round that had not ended when the entry begins. Raises Refused if it ends before the entry does."""
    query = select(_rounds.id, _rounds.total, _rounds.ended_at).where(_rounds.counter_id == counter.id)
    if entry.kind == OPENING:
        return connection.execute(query.where(_rounds.id == counter.round_id)).one()
    open_then = or_(_rounds.ended_at.is_(None), _rounds.ended_at > entry.since)
    found = connection.execute(query.where(open_then).order_by(_rounds.number).limit(1)).one()
    if found.ended_at is not None and entry.until > found.ended_at:
        raise Refused("past_rounds")
    return found


def _refusal(connection: Connection, counter: CounterRow, round_id: int, amount: int, total: int, now: int) -> str | None:
    if abs(total) > MAX_VALUE:
        return rules.LIMIT
    if round_id != counter.round_id:
        return None
    of_groups = groups.lock_groups(connection, [counter]).groups(counter.id)
    why = rules.refusal(settings_from_row(counter), CLICK, amount, total, now)
    return why or rules.group_refusal(of_groups, CLICK, amount)


def _require_room(connection: Connection, counter_id: int, kind: str) -> None:
    """Raises Refused. Opening amounts take little: a rate limits them, see access/rate_limits.py."""
    most, why = {NOTE: (MOST_NOTES, "notes_many"), ENTRY: (MOST_ENTRIES, "past_many")}.get(kind, (None, ""))
    added = select(func.count()).select_from(tables.CLICKS)
    added = added.where(_clicks.counter_id == counter_id, _clicks.kind == kind, _clicks.until.is_not(None))
    if most is not None and connection.execute(added).scalar_one() >= most:
        raise Refused(why)


def _total_at(connection: Connection, round_id: int, at: int) -> int:
    """The round's total after what was saved until then."""
    newest = select(_clicks.total).where(_clicks.round_id == round_id, _clicks.saved_at <= at)
    return connection.execute(newest.order_by(_clicks.saved_at.desc(), _clicks.id.desc()).limit(1)).scalar() or 0


def _account(connection: Connection, by: Caller | None, now: int) -> int | None:
    user = authorization.identify(connection, [by], now).user(by.session, by.key) if by else None
    return user.account_id if user else None


def _write_opposite(connection: Connection, counter: CounterRow, row: Row[Any], author: taking_back.Author) -> None:
    round_ = connection.execute(sql.READ_ROUNDS, {"counter_id": counter.id, "ids": [row.round_id]}).one()
    total = round_.total - row.amount
    if abs(total) > MAX_VALUE:
        raise Refused(rules.LIMIT)
    entry = taking_back.opposite(counter.id, row, total, now_ms()) | {"reason": ""} | author
    _write_row(connection, counter, entry, 0)


def _write_row(connection: Connection, counter: CounterRow, row: dict[str, Any], seen_at: int) -> None:
    """Write a row of the ledger and all sums that it changes. `seen_at` is when its device was there for it."""
    rows = [cast("LedgerRow", row)]
    execute_many(connection, sql.INSERT_CLICKS, rows)
    try:
        rollups.add(connection, rows, seen_at)
        rollups.add_for_accounts(connection, rows, seen_at)
    except OverflowError:
        raise Refused(rules.LIMIT) from None
    execute(connection, sql.ADD_TO_ROUND, {"which": row["round_id"], "added": row["amount"]})
    groups.add_to_counter(connection, counter, row["amount"] if row["round_id"] == counter.round_id else 0)


def _shown(connection: Connection, slug: str) -> Snapshot:
    return rounds.snapshot_of(connection, groups.lock(connection, slug))
