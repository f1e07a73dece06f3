"""Who counts: reads of devices, their labels and what they added. Each call sees one moment of the database."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Connection, Engine, Select, exists, func, literal, select

from clickcounter.access import authorization
from clickcounter.access.sessions import user_of as who_is
from clickcounter.database import tables
from clickcounter.database.engines import read_only
from clickcounter.database.tables import ACCOUNTS, NAMED
from clickcounter.domain.clicks import CLICK, Caller, now_ms
from clickcounter.domain.rights import Rights
from clickcounter.history.leaders import by_persons, of_rounds

MOST_DEVICES = 50

_TAKING_BACK = tables.CLICKS.alias("taking_back")
_TAKEN_BACK = exists().where(
    _TAKING_BACK.c.counter_id == tables.CLICKS.c.counter_id, _TAKING_BACK.c.takes_back == tables.CLICKS.c.key
)


@dataclass(frozen=True, slots=True)
class OwnTotals:
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
class Participant:
    """One person's part of a round, or a device's, as everybody may see it."""

    number: int | None  # the device's, or else `person` says who it is
    label: str
    person: str
    up: int
    down: int
    last_at: int


def own_totals(engine: Engine, slug: str, who: Caller) -> OwnTotals:
    """What this device, and whoever is signed in there, has to do with this counter. Raises CounterNotFound."""
    with read_only(engine).begin() as connection:
        counter = authorization.read_counter(connection, slug)
        [asked] = authorization.grants(connection, [(counter, who)], now_ms())
        round_id, revision = counter.round_id, counter.revision
        account = account_totals(connection, round_id, who.session)
        if not asked.rights.view:
            return OwnTotals(asked.rights, account=account and {"name": account["name"], "up": 0, "down": 0})
        device = connection.execute(
            select(tables.DEVICES.c.id, tables.DEVICES.c.label).where(tables.DEVICES.c.secret_sha256 == who.device)
        ).first()
        if device is None:
            return OwnTotals(asked.rights, round_id, revision, account=account)
        part = connection.execute(
            select(tables.TALLIES.c.up, tables.TALLIES.c.down).where(
                tables.TALLIES.c.round_id == round_id, tables.TALLIES.c.device_id == device.id
            )
        ).first()
        up, down = part or (0, 0)
        last = _last(connection, round_id, device.id) if part else None
        return OwnTotals(asked.rights, round_id, revision, device.id, device.label, up, down, last, account)


def account_totals(connection: Connection, round_id: int, session: str | None) -> dict[str, Any] | None:
    """Who is signed in with this session, and their part of a round, whichever devices they used."""
    asks = who_is(connection, session, now_ms())
    if asks is None:
        return None
    tallies = tables.ACCOUNT_TALLIES.c
    own = (tallies.round_id == round_id, tallies.account_id == asks.account_id)
    up, down = connection.execute(select(tallies.up, tallies.down).where(*own)).first() or (0, 0)
    return {"name": asks.name, "up": up, "down": down}


def participants(engine: Engine, slug: str, who: Caller) -> tuple[list[Participant], int]:
    """Those who counted in the current round, who did so last first, and how many more there are.

    Raises CounterNotFound, Refused.
    """
    with read_only(engine).begin() as connection:
        counter = authorization.read_counter(connection, slug)
        authorization.require(connection, counter, who, "view")
        found, count = [], 0
        for chosen in (_persons(counter.round_id), _devices(counter.round_id)):
            newest = chosen.order_by(chosen.selected_columns.last_at.desc(), chosen.selected_columns.number)
            found += [Participant(**row._mapping) for row in connection.execute(newest.limit(MOST_DEVICES))]
            count += connection.execute(select(func.count()).select_from(chosen.subquery())).scalar_one()
    parts = sorted(found, key=lambda part: -part.last_at)[:MOST_DEVICES]
    return parts, count - len(parts)


def _persons(round_id: int) -> Select[Any]:
    """People who were signed in, each once."""
    tallies = tables.ACCOUNT_TALLIES.c
    chosen = select(
        literal(None, BigInteger).label("number"),
        literal("").label("label"),
        ACCOUNTS.c.name.label("person"),
        *(tallies[name] for name in ("up", "down", "last_at")),
    )
    chosen = chosen.join_from(tables.ACCOUNT_TALLIES, ACCOUNTS, ACCOUNTS.c.id == tallies.account_id)
    return chosen.where(tallies.round_id == round_id, NAMED)


def _devices(round_id: int) -> Select[Any]:
    """Devices, without what those people did there."""
    tallies = tables.TALLIES.c
    told = by_persons(tables.ACCOUNT_ACTIVITY.c.device_id, of_rounds([round_id])).subquery()
    up, down, clicks = (tallies[name] - func.coalesce(told.c[name], 0) for name in ("up", "down", "clicks"))
    chosen = select(
        tables.DEVICES.c.id.label("number"),
        tables.DEVICES.c.label,
        literal("").label("person"),
        up.label("up"),
        down.label("down"),
        tallies.last_at,
    )
    chosen = chosen.join_from(tables.TALLIES, tables.DEVICES, tables.DEVICES.c.id == tallies.device_id)
    chosen = chosen.outerjoin(told, told.c.device_id == tallies.device_id)
    return chosen.where(tallies.round_id == round_id, clicks > 0)


def _last(connection: Connection, round_id: int, device_id: int) -> dict[str, Any] | None:
    clicks = tables.CLICKS.c
    own = (clicks.round_id == round_id, clicks.device_id == device_id, clicks.kind == CLICK, ~_TAKEN_BACK)
    row = connection.execute(select(clicks.key, clicks.amount).where(*own).order_by(clicks.id.desc()).limit(1)).first()
    return dict(row._mapping) if row else None
