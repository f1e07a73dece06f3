"""Add, list, test and remove a counter's webhooks, each inside a transaction; owners do, or the terminal."""

import base64
import secrets
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from clickcounter.access.authorization import read_counter, refuse_key, require
from clickcounter.database import webhook_removal
from clickcounter.database.engines import read_only
from clickcounter.database.rows import CounterRow
from clickcounter.database.tables import DELIVERIES, WEBHOOKS
from clickcounter.domain.clicks import Caller, now_ms
from clickcounter.errors import Refused
from clickcounter.ledger.counters import lock
from clickcounter.webhooks.deliveries import SECRET_PREFIX
from clickcounter.webhooks.events import TEST, Event
from clickcounter.webhooks.follower import ACTIVE, MOST_WAITING, add_deliveries, delivery, see

MOST_WEBHOOKS = 10  # of one counter
SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Registered:
    """A webhook as its owners see it. `testing` if a test has not been answered yet, `waiting` counts its messages."""

    id: int
    url: str
    events: list[str]
    state: str
    attempts: int
    last_at: int | None
    last_status: int | None
    last_error: str
    due_at: int | None
    waiting: int
    testing: bool


def new_secret() -> str:
    """A secret for signatures, as the Standard Webhooks specification writes it."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def add(
    connection: Connection, slug: str, url: str, events: list[str], secret: str, webhook: int, by: Caller | None
) -> tuple[int, str]:
    """Add a webhook. Its id is also this call's key: run again, it finds what it added. Returns the id and the secret.

    Raises CounterNotFound, Refused.
    """
    counter = lock(connection, slug)
    _require(connection, counter, by)
    w = WEBHOOKS.c
    mine = w.counter_id == counter.id
    known = connection.execute(select(w.secret).where(w.id == webhook, mine)).scalar()
    if known is not None:
        return webhook, str(known)
    if connection.execute(select(func.count()).where(mine)).scalar_one() >= MOST_WEBHOOKS:
        raise Refused("webhook_many")
    values = {
        "id": webhook,
        "counter_id": counter.id,
        "url": url,
        "events": ",".join(events),
        "secret": secret,
        "created_at": now_ms(),
        "state": ACTIVE,
        "seen_revision": counter.revision,
        "seen": see(connection, counter).as_text(),
        "look_at": 0,
        "attempts": 0,
        "last_error": "",
    }
    connection.execute(insert(WEBHOOKS), values)
    return webhook, secret


def registered(engine: Engine, slug: str, by: Caller | None) -> list[Registered]:
    """The counter's webhooks, the oldest first. Raises CounterNotFound, Refused."""
    w, d = WEBHOOKS.c, DELIVERIES.c
    with read_only(engine).begin() as connection:
        counter = read_counter(connection, slug)
        _require(connection, counter, by)
        rows = connection.execute(select(WEBHOOKS).where(w.counter_id == counter.id).order_by(w.created_at, w.id)).all()
        found = []
        for row in rows:
            waiting = connection.execute(select(d.event).where(d.webhook_id == row.id).limit(MOST_WAITING)).scalars().all()
            found.append(
                Registered(
                    row.id,
                    row.url,
                    row.events.split(","),
                    row.state,
                    row.attempts,
                    row.last_at,
                    row.last_status,
                    row.last_error,
                    row.due_at,
                    len(waiting),
                    TEST in waiting,
                )
            )
    return found


def test(connection: Connection, slug: str, webhook: int, by: Caller | None) -> None:
    """Let a test be sent, ahead of what waits; one that waits already is replaced. Raises CounterNotFound, Refused."""
    counter = lock(connection, slug)
    _require(connection, counter, by)
    w, d, now = WEBHOOKS.c, DELIVERIES.c, now_ms()
    mine = update(WEBHOOKS).where(w.id == webhook, w.counter_id == counter.id)
    if not connection.execute(mine.values(due_at=now)).rowcount:
        raise Refused("no_webhook")
    connection.execute(delete(DELIVERIES).where(d.webhook_id == webhook, d.event == TEST))
    add_deliveries(connection, webhook, [delivery(webhook, counter, Event(TEST, TEST, {}), now)], now)


def remove(connection: Connection, slug: str, webhook: int, by: Caller | None) -> None:
    """Remove a webhook and what it had to send; one that is gone already stays so. Raises CounterNotFound, Refused."""
    counter = lock(connection, slug)
    _require(connection, counter, by)
    webhook_removal.remove(connection, WEBHOOKS.c.id == webhook, WEBHOOKS.c.counter_id == counter.id)


def _require(connection: Connection, counter: CounterRow, by: Caller | None) -> None:
    """A webhook goes on telling after a key was revoked, so no program may add one. Raises Refused."""
    refuse_key(by)
    require(connection, counter, by, "admit")
