"""Who counts: reads of devices, their labels and what they added. Each call sees one moment of the database."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Connection, Engine, Select, exists, func, literal, select

from clickcounter.access import authorization
from clickcounter.access.sessions import who as who_is
from clickcounter.database import statements as sql
from clickcounter.database.tables import ACCOUNTS, NAMED
from clickcounter.domain.clicks import CLICK, Asker, now_ms
from clickcounter.domain.rights import Rights
from clickcounter.history.leaders import by_persons, of_rounds
from clickcounter.history.queries import reading

MOST_DEVICES = 50

_TAKING_BACK = sql.CLICKS.alias("taking_back")
_TAKEN_BACK = exists().where(
    _TAKING_BACK.c.counter_id == sql.CLICKS.c.counter_id, _TAKING_BACK.c.takes_back == sql.CLICKS.c.key
)


@dataclass(frozen=True, slots=True)
class Mine:
    """A device and its part of a counter's current round; `last`, a key and an amount, is what it can take back next.

    `revision` is the counter's at that moment, so that a tab can tell what it was told of later. Of a counter that they may
    not see people learn their rights only.
    """

    rights: Rights
    round: int = 0
    revision: int = 0
    number: int | None = None
    label: str = ""
    up: int = 0
    down: int = 0
    last: dict[str, Any] | None = None
    account: dict[str, Any] | None = None  # who is signed in: name, up and down


@dataclass(frozen=True, slots=True)
class Part:
    """One person's part of a round, or a device's, as everybody may see it."""

    number: int | None  # the device's, or else `person` says who it is
    label: str
    person: str
    up: int
    down: int
    last_at: int


def mine(engine: Engine, slug: str, who: Asker) -> Mine:
    """What this device, and whoever is signed in there, has to do with this counter. Raises CounterNotFound."""
    with reading(engine).begin() as connection:
        counter = authorization.standing(connection, slug)
        [asked] = authorization.ask(connection, [(counter, who)], now_ms())
        round_id, revision = counter.round_id, counter.revision
        account = account_of(connection, round_id, who.session)
        if not asked.rights.view:
            return Mine(asked.rights, account=account and {"name": account["name"], "up": 0, "down": 0})
        device = connection.execute(
            select(sql.DEVICES.c.id, sql.DEVICES.c.label).where(sql.DEVICES.c.secret_sha256 == who.device)
        ).first()
        if device is None:
            return Mine(asked.rights, round_id, revision, account=account)
        part = connection.execute(
            select(sql.TALLIES.c.up, sql.TALLIES.c.down).where(
                sql.TALLIES.c.round_id == round_id, sql.TALLIES.c.device_id == device.id
            )
        ).first()
        up, down = part or (0, 0)
        last = _last(connection, round_id, device.id) if part else None
        return Mine(asked.rights, round_id, revision, device.id, device.label, up, down, last, account)


def account_of(connection: Connection, round_id: int, session: str | None) -> dict[str, Any] | None:
    """Who is signed in with this session, and their part of a round, whichever devices they used."""
    asks = who_is(connection, session, now_ms())
    if asks is None:
        return None
    tallies = sql.ACCOUNT_TALLIES.c
    own = (tallies.round_id == round_id, tallies.account_id == asks.account_id)
    up, down = connection.execute(select(tallies.up, tallies.down).where(*own)).first() or (0, 0)
    return {"name": asks.name, "up": up, "down": down}


def devices(engine: Engine, slug: str, who: Asker) -> tuple[list[Part], int]:
    """Those who counted in the current round, who did so last first, and how many more there are.

    Raises CounterNotFound, Refused.
    """
    with reading(engine).begin() as connection:
        counter = authorization.standing(connection, slug)
        authorization.allow(connection, counter, who, "view")
        found, count = [], 0
        for chosen in (_persons(counter.round_id), _devices(counter.round_id)):
            newest = chosen.order_by(chosen.selected_columns.last_at.desc(), chosen.selected_columns.number)
            found += [Part(**row._mapping) for row in connection.execute(newest.limit(MOST_DEVICES))]
            count += connection.execute(select(func.count()).select_from(chosen.subquery())).scalar_one()
    parts = sorted(found, key=lambda part: -part.last_at)[:MOST_DEVICES]
    return parts, count - len(parts)


def _persons(round_id: int) -> Select[Any]:
    """People who were signed in, each once."""
    tallies = sql.ACCOUNT_TALLIES.c
    chosen = select(
        literal(None, BigInteger).label("number"),
        literal("").label("label"),
        ACCOUNTS.c.name.label("person"),
        *(tallies[name] for name in ("up", "down", "last_at")),
    )
    chosen = chosen.join_from(sql.ACCOUNT_TALLIES, ACCOUNTS, ACCOUNTS.c.id == tallies.account_id)
    return chosen.where(tallies.round_id == round_id, NAMED)


def _devices(round_id: int) -> Select[Any]:
    """Devices, without what those people did there."""
    tallies = sql.TALLIES.c
    told = by_persons(sql.ACCOUNT_ACTIVITY.c.device_id, of_rounds([round_id])).subquery()
    up, down, clicks = (tallies[name] - func.coalesce(told.c[name], 0) for name in ("up", "down", "clicks"))
    chosen = select(
        sql.DEVICES.c.id.label("number"),
        sql.DEVICES.c.label,
        literal("").label("person"),
        up.label("up"),
        down.label("down"),
        tallies.last_at,
    )
    chosen = chosen.join_from(sql.TALLIES, sql.DEVICES, sql.DEVICES.c.id == tallies.device_id)
    chosen = chosen.outerjoin(told, told.c.device_id == tallies.device_id)
    return chosen.where(tallies.round_id == round_id, clicks > 0)


def _last(connection: Connection, round_id: int, device_id: int) -> dict[str, Any] | None:
    clicks = sql.CLICKS.c
    own = (clicks.round_id == round_id, clicks.device_id == device_id, clicks.kind == CLICK, ~_TAKEN_BACK)
    row = connection.execute(select(clicks.key, clicks.amount).where(*own).order_by(clicks.id.desc()).limit(1)).first()
    return dict(row._mapping) if row else None
