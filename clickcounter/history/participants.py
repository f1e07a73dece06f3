"""Who counts: a tab's own share of a counter, and everybody's. Each call sees the database at one moment."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import BigInteger, Connection, Engine, Select, exists, func, literal, select

from clickcounter.access import authorization, sessions
from clickcounter.database import tables
from clickcounter.database.engines import read_only
from clickcounter.database.tables import ACCOUNTS, NAMED
from clickcounter.domain.clicks import CLICK, Caller, now_ms
from clickcounter.domain.rights import Rights
from clickcounter.history.leaders import in_rounds, sums_of_people

MAX_PARTICIPANTS = 50  # of one answer

_UNDO = tables.CLICKS.alias("undo")
_IS_UNDONE = exists().where(_UNDO.c.counter_id == tables.CLICKS.c.counter_id, _UNDO.c.takes_back == tables.CLICKS.c.key)


@dataclass(frozen=True, slots=True)
class AccountTotals:
    """Who is signed in, and their share of a round, on whichever device. JavaScript reads these fields by name."""

    name: str
    up: int
    down: int
    superuser: bool = False


@dataclass(frozen=True, slots=True)
class LastPress:
    """The click that an undo would take back. JavaScript reads these fields by name."""

    key: str
    amount: int


@dataclass(frozen=True, slots=True)
class OwnTotals:
    """A device and its share of a counter's current round. JavaScript reads these fields by name.

    `revision` is the counter's at that moment: a tab uses it to tell which of two answers is newer. Without the right to
    view the counter there are only the rights, and the account with zeros.
    """

    rights: Rights
    round: int = 0  # its id
    revision: int = 0
    number: int | None = None  # the device's
    label: str = ""
    up: int = 0
    down: int = 0
    last: LastPress | None = None
    account: AccountTotals | None = None


@dataclass(frozen=True, slots=True)
class Participant:
    """The share of a person or a device in a round. Visible to everybody; JavaScript reads these fields by name."""

    number: int | None  # the device's; None for a person, whom `person` names
    label: str  # the device's
    person: str
    up: int
    down: int
    last_at: int  # UTC ms


def own_totals(engine: Engine, slug: str, caller: Caller) -> OwnTotals:
    """The share of the caller's device in this counter, and of the person signed in. Raises CounterNotFound."""
    with read_only(engine).begin() as connection:
        counter = authorization.read_counter(connection, slug)
        [grant] = authorization.grants(connection, [(counter, caller)], now_ms())
        round_id, revision = counter.round_id, counter.revision
        account = account_totals(connection, round_id, caller.session)
        if not grant.rights.view:
            return OwnTotals(grant.rights, account=account and replace(account, up=0, down=0))
        device = connection.execute(
            select(tables.DEVICES.c.id, tables.DEVICES.c.label).where(tables.DEVICES.c.secret_sha256 == caller.device)
        ).first()
        if device is None:
            return OwnTotals(grant.rights, round_id, revision, account=account)
        tally = connection.execute(
            select(tables.TALLIES.c.up, tables.TALLIES.c.down).where(
                tables.TALLIES.c.round_id == round_id, tables.TALLIES.c.device_id == device.id
            )
        ).first()
        up, down = tally or (0, 0)
        last = _last_press(connection, round_id, device.id) if tally else None
        return OwnTotals(grant.rights, round_id, revision, device.id, device.label, up, down, last, account)


def account_totals(connection: Connection, round_id: int, session: str | None) -> AccountTotals | None:
    """The share in a round of whoever is signed in with this session; None if it has ended."""
    user = sessions.user_of(connection, session, now_ms())
    if user is None:
        return None
    tallies = tables.ACCOUNT_TALLIES.c
    own = (tallies.round_id == round_id, tallies.account_id == user.account_id)
    up, down = connection.execute(select(tallies.up, tallies.down).where(*own)).first() or (0, 0)
    return AccountTotals(user.name, up, down, user.superuser)


def participants(engine: Engine, slug: str, caller: Caller) -> tuple[list[Participant], int]:
    """Who counted in the current round, the most recent first, and how many more there are.

    Raises CounterNotFound, and Refused if the caller may not view the counter.
    """
    with read_only(engine).begin() as connection:
        counter = authorization.read_counter(connection, slug)
        authorization.require(connection, counter, caller, "view")
        found: list[Participant] = []
        count = 0
        for query in (_people(counter.round_id), _devices(counter.round_id)):
            newest = query.order_by(query.selected_columns.last_at.desc(), query.selected_columns.number)
            found += [Participant(**row._mapping) for row in connection.execute(newest.limit(MAX_PARTICIPANTS))]
            count += connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()
    shown = sorted(found, key=lambda participant: -participant.last_at)[:MAX_PARTICIPANTS]
    return shown, count - len(shown)


def _people(round_id: int) -> Select[tuple[Any, ...]]:
    """People who were signed in, each once: the fields of Participant."""
    tallies = tables.ACCOUNT_TALLIES.c
    query = select(
        literal(None, BigInteger).label("number"),
        literal("").label("label"),
        ACCOUNTS.c.name.label("person"),
        *(tallies[name] for name in ("up", "down", "last_at")),
    )
    query = query.join_from(tables.ACCOUNT_TALLIES, ACCOUNTS, ACCOUNTS.c.id == tallies.account_id)
    return query.where(tallies.round_id == round_id, NAMED)


def _devices(round_id: int) -> Select[tuple[Any, ...]]:
    """Devices with their anonymous clicks: the fields of Participant. What people with a name did there is subtracted."""
    tallies = tables.TALLIES.c
    named = sums_of_people(tables.ACCOUNT_ACTIVITY.c.device_id, in_rounds([round_id])).subquery()
    up, down, clicks = (tallies[name] - func.coalesce(named.c[name], 0) for name in ("up", "down", "clicks"))
    query = select(
        tables.DEVICES.c.id.label("number"),
        tables.DEVICES.c.label,
        literal("").label("person"),
        up.label("up"),
        down.label("down"),
        tallies.last_at,
    )
    query = query.join_from(tables.TALLIES, tables.DEVICES, tables.DEVICES.c.id == tallies.device_id)
    query = query.outerjoin(named, named.c.device_id == tallies.device_id)
    return query.where(tallies.round_id == round_id, clicks > 0)


def _last_press(connection: Connection, round_id: int, device_id: int) -> LastPress | None:
    clicks = tables.CLICKS.c
    own = (clicks.round_id == round_id, clicks.device_id == device_id, clicks.kind == CLICK, ~_IS_UNDONE)
    row = connection.execute(select(clicks.key, clicks.amount).where(*own).order_by(clicks.id.desc()).limit(1)).first()
    return LastPress(row.key, row.amount) if row else None
