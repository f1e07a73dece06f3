"""The ledger's entries of a report, if there are not too many, and the corrections among them.

No index finds entries by the moment at which they were pressed, which would cost each press. So those saved since then are
read, as many as a report may read at most, and compared with the roll-ups: if they add up to the same in every step, none is
missing, and the number is known exactly after each of them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, select

from clickcounter.database import tables
from clickcounter.database.tables import ACCOUNTS
from clickcounter.domain.clicks import CLICK, CORRECTION, ENTRY, NOTE, OPENING, TAKE_BACK
from clickcounter.domain.past import shares
from clickcounter.history.report.facts import Change, Changes

MOST_ENTRIES = 30_000
MOST_CHANGES = 200
ALONE = (CORRECTION, ENTRY, OPENING, NOTE)  # each has a line of its own

_clicks = tables.CLICKS.c
_COLUMNS = [
    _clicks[name]
    for name in (
        *("id", "counter_id", "round_id", "device_id", "account_id", "kind", "amount", "pressed_at", "saved_at"),
        *("reason", "by_account", "by_device", "until"),
    )
]
Entry: TypeAlias = Row[Any]
Step: TypeAlias = tuple[int, int]  # a round's id, and when a step of the roll-ups starts
Increment: TypeAlias = tuple[int, int, int, int]  # moment, a round's id, amount, number of presses


def read_entries(connection: Connection, rounds: Iterable[int], since: int, until: int) -> list[Entry]:
    """Entries of these rounds that were pressed in this time, by when they were pressed: all, or the oldest."""
    found: list[Entry] = []
    left = MOST_ENTRIES
    for round_id in rounds:
        if left <= 0:
            break
        newer = select(*_COLUMNS).where(_clicks.round_id == round_id, _clicks.saved_at >= since)
        rows = connection.execute(newer.order_by(_clicks.saved_at, _clicks.id).limit(left)).all()
        left -= len(rows)
        found += [row for row in rows if row.pressed_at < until and since <= _last_at(row)]
    return sorted(found, key=lambda row: (row.pressed_at, row.saved_at, row.id))


def increments(entries: Iterable[Entry], since: int, until: int) -> list[Increment]:
    """What entries add to their rounds in this time, by its moment."""
    found = [
        (moment, entry.round_id, amount, clicks)
        for entry in entries
        for moment, amount, clicks in _increments(entry)
        if since <= moment < until
    ]
    return sorted(found, key=itemgetter(0))


def _increments(entry: Entry) -> list[tuple[int, int, int]]:
    """(moment, amount, presses). Nobody knows when an opening amount was counted; a note counts nothing."""
    if entry.kind in (OPENING, NOTE):
        return []
    if entry.until is not None:
        return [(moment, amount, 0) for moment, amount in shares(entry.pressed_at, entry.until, entry.amount)]
    return [(entry.pressed_at, entry.amount, -1 if entry.kind == TAKE_BACK else 1)]


def _last_at(entry: Entry) -> int:
    return int(max(entry.pressed_at, entry.until or 0))


def are_all(added: Iterable[Increment], steps: Mapping[Step, tuple[int, int]], width: int) -> bool:
    """Whether this adds up to the amounts and numbers of presses that the roll-ups have in each step."""
    sums: defaultdict[Step, list[int]] = defaultdict(lambda: [0, 0])
    for moment, round_id, amount, clicks in added:
        one = sums[round_id, moment - moment % width]
        one[0] += amount
        one[1] += clicks
    nothing = (0, 0)
    return all(tuple(sums.get(key, nothing)) == steps.get(key, nothing) for key in sums.keys() | steps.keys())


@dataclass(slots=True)
class _Found:
    """Entries that make one line."""

    first: Entry
    last_at: int
    count: int = 0
    amount: int = 0


def changes_of(connection: Connection, entries: Sequence[Entry], doors: Mapping[int, str], *, complete: bool) -> Changes:
    """What was corrected, undone, taken back, added later and noted at these counters, each with its name."""
    found: dict[tuple[Any, ...], _Found] = {}
    for entry in entries:
        if entry.kind == CLICK or entry.counter_id not in doors:
            continue
        one = found.setdefault(_line(entry), _Found(entry, entry.pressed_at))
        one.last_at, one.count, one.amount = _last_at(entry), one.count + 1, one.amount + entry.amount
    lines = list(found.values())
    shown = lines[:MOST_CHANGES]
    devices, people = _names(connection, shown)
    listed = tuple(_change(one, doors, devices, people) for one in shown)
    return Changes(listed, len(lines) - len(shown), complete)


def _line(entry: Entry) -> tuple[Any, ...]:
    """What entries of one line have in common."""
    if entry.kind in ALONE:
        return (entry.id,)
    whose = entry.account_id or -entry.device_id
    return entry.kind, entry.counter_id, whose, entry.reason, entry.by_account, entry.by_device


def _names(connection: Connection, lines: Sequence[_Found]) -> tuple[dict[int | None, str], dict[int | None, str]]:
    devices = {number for one in lines for number in (one.first.device_id, one.first.by_device)} - {None}
    accounts = {number for one in lines for number in (one.first.account_id, one.first.by_account)} - {None}
    labels = select(tables.DEVICES.c.id, tables.DEVICES.c.label).where(tables.DEVICES.c.id.in_(devices))
    names = select(ACCOUNTS.c.id, ACCOUNTS.c.name).where(ACCOUNTS.c.id.in_(accounts))
    return {row.id: row.label for row in connection.execute(labels)}, {row.id: row.name for row in connection.execute(names)}


def _change(
    one: _Found, doors: Mapping[int, str], devices: Mapping[int | None, str], people: Mapping[int | None, str]
) -> Change:
    entry = one.first
    return Change(
        entry.kind,
        one.count,
        one.amount,
        entry.pressed_at,
        one.last_at,
        entry.reason,
        doors[entry.counter_id],
        devices.get(entry.device_id, ""),
        people.get(entry.account_id, ""),
        entry.device_id,
        devices.get(entry.by_device, ""),
        people.get(entry.by_account, ""),
        entry.by_device,
    )
