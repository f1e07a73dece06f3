"""Who counts: a tab's own share of a counter, and everybody's. Each call sees the database at one moment."""

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Connection, Engine, Select, and_, exists, func, literal, select

from clickcounter.access import authorization
from clickcounter.database import tables
from clickcounter.database.engines import read_only
from clickcounter.database.tables import ACCOUNTS, NAMED
from clickcounter.domain.clicks import CLICK, Caller, now_ms
from clickcounter.domain.rights import Rights
from clickcounter.history.leaders import MANY, is_large, sums_of_people, whole_rounds
from clickcounter.history.scopes import Scope
from clickcounter.ledger.rollups import ROUND

MAX_PARTICIPANTS = 50  # of one answer
MAX_ENTRIES = 2_000  # newest ones of the ledger that one answer looks through

UNDO_REACH = 2_000  # newest entries of a device; older clicks cannot be undone

_clicks, _tallies, _account_tallies, _account_activity = (
    table.c for table in (tables.CLICKS, tables.TALLIES, tables.ACCOUNT_TALLIES, tables.ACCOUNT_ACTIVITY)
)
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


class Participants(NamedTuple):
    """The most recent participants, and how many more there are: exactly, or at least so many."""

    shown: list[Participant]
    more: int
    exact: bool


def own_totals(engine: Engine, slug: str, caller: Caller) -> OwnTotals:
    """The share of the caller's device in this counter, and of the person signed in. Raises CounterNotFound."""
    with read_only(engine).begin() as connection:
        counter = authorization.read_counter(connection, slug)
        [grant] = authorization.grants(connection, [(counter, caller)], now_ms())
        round_id, revision = counter.round_id, counter.revision
        account = account_totals(connection, round_id, caller)
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


def account_totals(connection: Connection, round_id: int, caller: Caller) -> AccountTotals | None:
    """The share in a round of the account that is signed in, or whose key it is; None if there is none."""
    user = authorization.identify(connection, [caller], now_ms()).user(caller.session, caller.key)
    if user is None:
        return None
    tallies = tables.ACCOUNT_TALLIES.c
    own = (tallies.round_id == round_id, tallies.account_id == user.account_id)
    up, down = connection.execute(select(tallies.up, tallies.down).where(*own)).first() or (0, 0)
    return AccountTotals(user.name, up, down, user.superuser)


def participants(engine: Engine, slug: str, caller: Caller) -> Participants:
    """Who counted in the current round, the most recent first, and how many more there are.

    Where they are very many, those who made the newest entries of the ledger. Raises CounterNotFound, and Refused if the
    caller may not view the counter.
    """
    with read_only(engine).begin() as connection:
        counter = authorization.read_counter(connection, slug)
        authorization.require(connection, counter, caller, "view")
        round_id = counter.round_id
        exact = not is_large(connection, whole_rounds(Scope((counter.id,), round_id)))
        people, devices = (_people(round_id), _devices(round_id)) if exact else _newest(round_id)
        found: list[Participant] = []
        for query in (people, devices):
            newest = query.order_by(query.selected_columns.last_at.desc(), query.selected_columns.number)
            found += [Participant(**row._mapping) for row in connection.execute(newest.limit(MAX_PARTICIPANTS))]
        counted = (people, devices) if exact else _some(round_id)
        count = sum(connection.execute(select(func.count()).select_from(query.subquery())).scalar_one() for query in counted)
    shown = sorted(found, key=lambda participant: -participant.last_at)[:MAX_PARTICIPANTS]
    return Participants(shown, max(count - len(shown), 0), exact)


def _people(round_id: int) -> Select[tuple[Any, ...]]:
    """People who were signed in, each once: the fields of Participant."""
    query = select(
        literal(None, BigInteger).label("number"),
        literal("").label("label"),
        ACCOUNTS.c.name.label("person"),
        *(_account_tallies[name] for name in ("up", "down", "last_at")),
    )
    query = query.join_from(tables.ACCOUNT_TALLIES, ACCOUNTS, ACCOUNTS.c.id == _account_tallies.account_id)
    return query.where(_account_tallies.round_id == round_id, NAMED)


def _devices(round_id: int, some: Select[tuple[int]] | None = None) -> Select[tuple[Any, ...]]:
    """Devices, or some of them, with their anonymous clicks: the fields of Participant.

    What people with a name did there is subtracted.
    """
    _, of_people = whole_rounds(Scope((), round_id))
    if some is not None:
        of_people = replace(of_people, condition=and_(_is_of_round(round_id), _account_activity.device_id.in_(some)))
    named = sums_of_people(of_people, _account_activity.device_id).subquery()
    up, down, clicks = (_tallies[name] - func.coalesce(named.c[name], 0) for name in ("up", "down", "clicks"))
    query = select(
        tables.DEVICES.c.id.label("number"),
        tables.DEVICES.c.label,
        literal("").label("person"),
        up.label("up"),
        down.label("down"),
        _tallies.last_at,
    )
    query = query.join_from(tables.TALLIES, tables.DEVICES, tables.DEVICES.c.id == _tallies.device_id)
    query = query.outerjoin(named, named.c.device_id == _tallies.device_id)
    query = query.where(_tallies.round_id == round_id, clicks > 0)
    return query if some is None else query.where(_tallies.device_id.in_(some))


def _newest(round_id: int) -> tuple[Select[tuple[Any, ...]], Select[tuple[Any, ...]]]:
    """The people, and the devices, who made the newest entries of a round: the fields of Participant."""
    newest = select(_clicks.device_id, _clicks.account_id).where(_clicks.round_id == round_id)
    newest = newest.order_by(_clicks.saved_at.desc(), _clicks.id.desc()).limit(MAX_ENTRIES)
    rows = newest.subquery()
    people = _people(round_id).where(_account_tallies.account_id.in_(select(rows.c.account_id)))
    return people, _devices(round_id, select(rows.c.device_id).distinct())


def _some(round_id: int) -> tuple[Select[tuple[int]], Select[tuple[int]]]:
    """Up to MANY of the people, and of the devices that somebody used anonymously."""
    accounts = select(_account_tallies.account_id).where(_account_tallies.round_id == round_id).limit(MANY).subquery().c
    people = select(ACCOUNTS.c.id).join_from(accounts.account_id.table, ACCOUNTS, ACCOUNTS.c.id == accounts.account_id)
    tallies = select(_tallies.device_id, _tallies.clicks).where(_tallies.round_id == round_id).limit(MANY).subquery().c
    named = select(func.coalesce(func.sum(_account_activity.clicks), 0)).join(
        ACCOUNTS, ACCOUNTS.c.id == _account_activity.account_id
    )
    named = named.where(_is_of_round(round_id), _account_activity.device_id == tallies.device_id, NAMED)
    return people.where(NAMED), select(tallies.device_id).where(tallies.clicks > named.scalar_subquery())


def _is_of_round(round_id: int) -> ColumnElement[bool]:
    """What people did in the whole round; found by the index of devices only, because there may be very many people."""
    whole = and_(_account_activity.width == ROUND, _account_activity.start == 0)
    return and_(whole, _account_activity.round_id + 0 == round_id)


def _last_press(connection: Connection, round_id: int, device_id: int) -> LastPress | None:
    own = (_clicks.round_id == round_id, _clicks.device_id == device_id)
    newest_first = (_clicks.saved_at.desc(), _clicks.id.desc())
    oldest = select(_clicks.saved_at).where(*own).order_by(*newest_first).limit(1).offset(UNDO_REACH).scalar_subquery()
    query = select(_clicks.key, _clicks.amount).where(*own, _clicks.saved_at >= func.coalesce(oldest, 0))
    query = query.where(_clicks.kind == CLICK, ~_IS_UNDONE).order_by(*newest_first).limit(1)
    row = connection.execute(query).first()
    return LastPress(row.key, row.amount) if row else None
