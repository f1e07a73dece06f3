"""Who counts: reads of devices, their labels and what they added. Each call sees one moment of the database."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, exists, func, select

from clickcounter.counting import statements as sql
from clickcounter.counting.clicks import CLICK
from clickcounter.counting.history import reading
from clickcounter.errors import CounterNotFound

MOST_DEVICES = 50

_OF_COUNTER = select(sql.COUNTERS.c.round_id, sql.COUNTERS.c.revision).where(sql.COUNTERS.c.deleted_at.is_(None))
_TAKING_BACK = sql.CLICKS.alias("taking_back")
_TAKEN_BACK = exists().where(
    _TAKING_BACK.c.counter_id == sql.CLICKS.c.counter_id, _TAKING_BACK.c.takes_back == sql.CLICKS.c.key
)


@dataclass(frozen=True, slots=True)
class Mine:
    """A device and its part of a counter's current round; `last`, a key and an amount, is what it can take back next.

    `revision` is the counter's at that moment, so that a tab can tell what it was told of later.
    """

    round: int
    revision: int
    number: int | None = None
    label: str = ""
    up: int = 0
    down: int = 0
    last: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One device's part of a round, as everybody may see it."""

    number: int
    label: str
    up: int
    down: int
    last_at: int


def mine(engine: Engine, slug: str, secret_sha256: str) -> Mine:
    """What this device has to do with this counter. Raises CounterNotFound."""
    with reading(engine).begin() as connection:
        round_id, revision = _current_round(connection, slug)
        device = connection.execute(
            select(sql.DEVICES.c.id, sql.DEVICES.c.label).where(sql.DEVICES.c.secret_sha256 == secret_sha256)
        ).first()
        if device is None:
            return Mine(round_id, revision)
        part = connection.execute(
            select(sql.TALLIES.c.up, sql.TALLIES.c.down).where(
                sql.TALLIES.c.round_id == round_id, sql.TALLIES.c.device_id == device.id
            )
        ).first()
        up, down = part or (0, 0)
        last = _last(connection, round_id, device.id) if part else None
        return Mine(round_id, revision, device.id, device.label, up, down, last)


def devices(engine: Engine, slug: str) -> tuple[list[Part], int]:
    """Those who counted in the current round, who did so last first, and how many more there are. Raises CounterNotFound."""
    tallies = sql.TALLIES.c
    with reading(engine).begin() as connection:
        of_round = tallies.round_id == _current_round(connection, slug)[0]
        rows = connection.execute(
            select(sql.DEVICES.c.id, sql.DEVICES.c.label, tallies.up, tallies.down, tallies.last_at)
            .join_from(sql.TALLIES, sql.DEVICES, sql.DEVICES.c.id == tallies.device_id)
            .where(of_round)
            .order_by(tallies.last_at.desc(), sql.DEVICES.c.id)
            .limit(MOST_DEVICES)
        )
        parts = [Part(*row) for row in rows]
        count = connection.execute(select(func.count()).select_from(sql.TALLIES).where(of_round)).scalar_one()
    return parts, count - len(parts)


def _current_round(connection: Connection, slug: str) -> tuple[int, int]:
    """Its id, and the counter's revision."""
    row = connection.execute(_OF_COUNTER.where(sql.COUNTERS.c.slug == slug)).first()
    if row is None:
        raise CounterNotFound(slug)
    return int(row.round_id), int(row.revision)


def _last(connection: Connection, round_id: int, device_id: int) -> dict[str, Any] | None:
    clicks = sql.CLICKS.c
    own = (clicks.round_id == round_id, clicks.device_id == device_id, clicks.kind == CLICK, ~_TAKEN_BACK)
    row = connection.execute(select(clicks.key, clicks.amount).where(*own).order_by(clicks.id.desc()).limit(1)).first()
    return dict(row._mapping) if row else None
