"""The messages that wait to be sent: which are due, and what becomes of them after an attempt.

A webhook's messages are sent one at a time, in order; a test goes first, and once. After a failure the whole webhook waits,
longer each time. After a day without a success it has failed: nothing more is sent until a test succeeds.
"""

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, delete, not_, select, update

from clickcounter.database import statements as sql
from clickcounter.database.tables import COUNTERS, DELIVERIES, WEBHOOKS
from clickcounter.webhooks.events import TEST
from clickcounter.webhooks.follower import ACTIVE, see

FAILED = "failed"
SECRET_PREFIX = "whsec_"  # noqa: S105  not a secret itself
GONE = 410  # the receiver wants no more
MINUTE, HOUR, DAY = 60, 3_600, 86_400  # seconds
WAITS = (5, 30, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR)  # after each failure; then always the last
JITTER = 0.1  # of a wait, so that what failed together does not come again together


@dataclass(frozen=True, slots=True)
class Message:
    """A message that is due. `shaky` if its webhook has not shown that it answers soon."""

    webhook: int
    url: str
    secret: str
    id: str
    event: str
    body: str
    shaky: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What a receiver answered to a message, or why there was no answer, or that it took long."""

    message: Message
    status: int | None
    error: str = ""

    @property
    def accepted(self) -> bool:
        """Whether the message has arrived."""
        return self.status is not None and 200 <= self.status < 300


def due(connection: Connection, now: int, busy: Collection[int], most: int, *, shaky: bool) -> list[Message]:
    """The next message of each webhook whose time has come, except for the `busy` ones; the longest due first.

    With `shaky`, only webhooks whose last attempt failed or was slow, or that were never tried; without it, only the others.
    """
    w, d = WEBHOOKS.c, DELIVERIES.c
    first = select(d.id).where(d.webhook_id == w.id).order_by(d.event != TEST, d.id).limit(1).correlate(WEBHOOKS)
    steady = and_(w.attempts == 0, w.last_at.is_not(None), w.last_error == "")
    query = (
        select(w.id, w.url, w.secret, d.message, d.event, d.body)
        .join_from(WEBHOOKS, DELIVERIES, d.id == first.scalar_subquery())
        .where(w.due_at <= now, w.id.not_in(busy), not_(steady) if shaky else steady)
        .order_by(w.due_at)
        .limit(most)
    )
    return [Message(*row, shaky=shaky) for row in connection.execute(query)]


def settle(connection: Connection, answers: Sequence[Answer], now: int) -> None:
    """Write down what became of these messages.

    A message may be gone by now: follower.py replaces a waiting `changed` message by a newer one.
    """
    for answer in answers:
        w, d, message = WEBHOOKS.c, DELIVERIES.c, answer.message
        webhook = connection.execute(select(WEBHOOKS).where(w.id == message.webhook).with_for_update()).first()
        if webhook is None:
            continue
        if answer.accepted or message.event == TEST:
            connection.execute(delete(DELIVERIES).where(d.message == message.id))
        change = _after_success(connection, webhook) if answer.accepted else _after_failure(webhook, answer, now)
        if change["state"] == FAILED:
            connection.execute(delete(DELIVERIES).where(d.webhook_id == webhook.id))
        if connection.execute(select(d.id).where(d.webhook_id == webhook.id).limit(1)).first() is None:
            change["due_at"] = None
        change |= {"last_at": now, "last_status": answer.status, "last_error": answer.error}
        connection.execute(update(WEBHOOKS).where(w.id == webhook.id).values(change))


def _after_success(connection: Connection, webhook: Any) -> dict[str, object]:
    change: dict[str, object] = {"state": ACTIVE, "attempts": 0, "failing_since": None, "due_at": 0}
    if webhook.state != ACTIVE:  # it follows the counter from here on; nothing is told of what happened meanwhile
        columns = (*sql.COUNTER_COLUMNS, *sql.SETTINGS_COLUMNS)
        counter = connection.execute(select(*columns).where(COUNTERS.c.id == webhook.counter_id)).one()
        change |= {"seen": see(connection, counter).as_text(), "seen_revision": counter.revision}
    return change


def _after_failure(webhook: Any, answer: Answer, now: int) -> dict[str, object]:
    attempts, since = webhook.attempts, webhook.failing_since
    if answer.message.event != TEST:
        attempts, since = attempts + 1, since or now
    end = (since or now) + DAY * 1000
    over = answer.status == GONE or now >= end
    wait = WAITS[min(attempts, len(WAITS)) - 1] if attempts else 0
    due_at = now + round(1000 * wait * random.uniform(1 - JITTER, 1 + JITTER))  # noqa: S311  no secret
    return {
        "state": FAILED if over else webhook.state,
        "attempts": attempts,
        "failing_since": since,
        "due_at": min(due_at, end),
    }
