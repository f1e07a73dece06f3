"""Follows the counters that have webhooks: reads what changed since the last look, and writes down what there is to send.

A look reads in one snapshot that locks nothing. Its result is one short transaction, which counts only where nobody else
has looked meanwhile: two senders by mistake would still tell each event once.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, select, tuple_, update

from clickcounter.database import statements as sql
from clickcounter.database.rows import CounterRow
from clickcounter.database.tables import CLICKS, COUNTERS, DELIVERIES, ROUNDS, WEBHOOKS
from clickcounter.domain.counter_settings import settings_from_row
from clickcounter.webhooks.events import (
    CHANGED,
    LEVELS,
    Event,
    Level,
    RoundSeen,
    Seen,
    body_of,
    derive,
    levels_of,
    messages,
    reached,
    with_numbers,
)

ACTIVE = "active"
MOST_LOOKS = 100  # webhooks in one look; the others follow at once
MOST_ROUNDS = 20  # of one counter in one look; the others follow at the next
MOST_ENTRIES = 5_000  # of a round, that are searched for a level which was reached for a moment
MOST_WAITING = 100  # messages of one webhook; the oldest make room
CHANGES_APART = 1_000  # ms


@dataclass(frozen=True, slots=True)
class Look:
    """What a look found for one webhook: the rows to write. `before` is the revision that the last look saw."""

    webhook: int
    before: int
    columns: Mapping[str, object]
    deliveries: list[dict[str, object]]


def look(connection: Connection, now: int) -> list[Look]:
    """Look at the counters that have changed since their webhooks' last look."""
    w, c = WEBHOOKS.c, COUNTERS.c
    due = (
        select(w.id.label("webhook"), w.events, w.seen, w.seen_revision, *sql.COUNTER_COLUMNS, *sql.SETTINGS_COLUMNS)
        .join_from(WEBHOOKS, COUNTERS, w.counter_id == c.id)
        .where(w.state == ACTIVE, w.look_at <= now, w.seen_revision != c.revision, c.deleted_at.is_(None))
        .order_by(w.look_at)
        .limit(MOST_LOOKS)
    )
    return [_look_for(connection, row, now) for row in connection.execute(due).all()]


def write(connection: Connection, looks: list[Look], now: int) -> None:
    """Write down what the looks found. Run again, it does nothing more."""
    w, d = WEBHOOKS.c, DELIVERIES.c
    for one in sorted(looks, key=lambda one: one.webhook):
        mine = update(WEBHOOKS).where(w.id == one.webhook, w.seen_revision == one.before, w.state == ACTIVE)
        if connection.execute(mine.values(one.columns)).rowcount and one.deliveries:
            if any(row["event"] == CHANGED for row in one.deliveries):
                connection.execute(delete(DELIVERIES).where(d.webhook_id == one.webhook, d.event == CHANGED))
            add_deliveries(connection, one.webhook, one.deliveries, now)


def add_deliveries(connection: Connection, webhook: int, deliveries: list[dict[str, object]], now: int) -> None:
    """Let these messages wait to be sent, behind those that wait already."""
    w, d = WEBHOOKS.c, DELIVERIES.c
    connection.execute(insert(DELIVERIES), deliveries)
    connection.execute(update(WEBHOOKS).where(w.id == webhook).values(due_at=func.coalesce(w.due_at, now)))
    newest = select(d.id).where(d.webhook_id == webhook).order_by(d.id.desc()).offset(MOST_WAITING - 1).limit(1)
    oldest_kept = connection.execute(newest).scalar()
    if oldest_kept is not None:
        connection.execute(delete(DELIVERIES).where(d.webhook_id == webhook, d.id < oldest_kept))


def see(connection: Connection, counter: CounterRow) -> Seen:
    """The counter as it is now."""
    settings = settings_from_row(counter)
    newest = select(CLICKS.c.saved_at, CLICKS.c.id).where(CLICKS.c.round_id == counter.round_id)
    row = connection.execute(newest.order_by(CLICKS.c.saved_at.desc(), CLICKS.c.id.desc()).limit(1)).first()
    levels, archived = reached(levels_of(settings), counter.value), settings.archived_at is not None
    return Seen(counter.value, counter.round_id, archived, levels, *(row or (0, 0)))


def delivery(webhook: int, counter: CounterRow, event: Event, now: int) -> dict[str, object]:
    """The row of a message."""
    told = {"counter": counter.slug, "name": counter.name, "value": counter.value, "revision": counter.revision}
    time = datetime.fromtimestamp(now / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    body = body_of(event, told, time)
    message = f"msg_{secrets.token_hex(16)}"
    return {"webhook_id": webhook, "message": message, "event": event.kind, "body": body, "created_at": now}


def _look_for(connection: Connection, row: Any, now: int) -> Look:
    wanted, after = row.events.split(","), see(connection, row)
    levels = levels_of(settings_from_row(row)) if {*wanted} & {*LEVELS} else []
    before = with_numbers(Seen.from_text(row.seen), levels)
    rounds, complete = _rounds_since(connection, row, before, after, levels)
    if not complete:  # stop at the end of a closed round; the next look goes on with the round that followed
        after = Seen(0, rounds.pop()[0], before.archived, reached(levels, 0))
    events = messages(derive(before, after, [found for _, found in rounds], levels), wanted)
    return Look(
        row.webhook,
        row.seen_revision,
        {
            "seen": after.as_text(),
            "seen_revision": row.revision if complete else row.seen_revision - 1,  # seen otherwise than before, and not all
            "look_at": now + CHANGES_APART if CHANGED in wanted and complete else now,
        },
        [delivery(row.webhook, row, event, now) for event in events],
    )


def _rounds_since(
    connection: Connection, row: Any, before: Seen, after: Seen, levels: list[Level]
) -> tuple[list[tuple[int, RoundSeen]], bool]:
    """The rounds since the last look with their ids, and whether the last of them is the current one."""
    r = ROUNDS.c
    then, now = (select(r.number).where(r.id == one).scalar_subquery() for one in (before.round, after.round))
    since = select(r.id, r.number, r.total, r.ended_at).where(r.counter_id == row.id, r.number >= func.coalesce(then, now))
    found = connection.execute(since.order_by(r.number).limit(MOST_ROUNDS)).all()
    rounds = []
    for one in found:
        total = row.value if one.id == row.round_id else one.total
        top = _top(connection, one.id, before, total, levels)
        rounds.append((one.id, RoundSeen(one.number, total, top, one.ended_at)))
    return rounds, found[-1].id == row.round_id


def _top(connection: Connection, round_id: int, before: Seen, total: int, levels: list[Level]) -> int:
    """The highest number that a round had since the last look; read only where that could matter."""
    highest = max(
        (level.number for level in levels if level.key not in before.reached or round_id != before.round), default=None
    )
    if highest is None or total >= highest:
        return total
    c = CLICKS.c
    newer: ColumnElement[bool] = c.round_id == round_id
    if round_id == before.round:
        newer = and_(newer, tuple_(c.saved_at, c.id) > tuple_(before.saved_at, before.click))
    entries = select(c.total).where(newer).order_by(c.saved_at, c.id).limit(MOST_ENTRIES).subquery()
    top: int | None = connection.execute(select(func.max(entries.c.total))).scalar()
    return total if top is None else max(top, total)
