"""API keys are made, listed, renamed and revoked: a counter's by its owners, an account's by whoever is signed in there.

A program with a key may do none of this.
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Engine, delete, func, insert, select, update

from clickcounter.access import authorization, keys, sessions
from clickcounter.access.grants import Identities
from clickcounter.database.engines import read_only
from clickcounter.database.rows import CounterRow
from clickcounter.database.tables import ACCOUNTS, API_KEYS, COUNTERS
from clickcounter.domain.clicks import Caller, now_ms
from clickcounter.errors import Refused
from clickcounter.ledger.counters import label_device, lock
from clickcounter.ledger.devices import device_ids

MOST = 50  # keys of one counter, and of one account; so many revoked ones are remembered, too
_k = API_KEYS.c


@dataclass(frozen=True, slots=True)
class Wanted:
    """A key to be made, and its text. `expires_at` in UTC ms; None for a key that lasts until it is revoked."""

    text: str
    name: str
    scope: str
    expires_at: int | None = None
    in_address: bool = False


@dataclass(frozen=True, slots=True)
class ListedKey:
    """A key as its owner sees it; not `valid` if it has expired or its maker lost the right to it. Times are UTC ms."""

    id: int
    name: str
    scope: str
    in_address: bool
    maker: str  # an account's name; "" for a browser without one, and for the terminal
    created_at: int
    used_at: int | None
    expires_at: int | None
    valid: bool


@dataclass(frozen=True, slots=True)
class _Maker:
    account: int | None = None
    device: int | None = None


def make_for_counter(connection: Connection, slug: str, wanted: Wanted, by: Caller | None) -> None:
    """Make a key for a counter. Run again with the same text, it changes nothing. Raises CounterNotFound, Refused."""
    authorization.refuse_key(by)
    counter = lock(connection, slug)
    grant = authorization.require(connection, counter, by, "admit")
    if grant is None:
        maker = _Maker()
    elif grant.principal.device_owns and not grant.principal.superuser:
        maker = _Maker(device=counter.owner_device)
    else:
        maker = _Maker(grant.account)
    _make(connection, wanted, _k.counter_id == counter.id, counter.id, maker)


def make_for_account(connection: Connection, account: int, wanted: Wanted) -> None:
    """Make a key for an account. Run again with the same text, it changes nothing. Raises Refused."""
    connection.execute(select(ACCOUNTS.c.id).where(ACCOUNTS.c.id == account).with_for_update())
    _make(connection, wanted, _of_account(account), None, _Maker(account))


def of_counter(engine: Engine, slug: str, by: Caller | None) -> list[ListedKey]:
    """A counter's keys, the newest first. Raises CounterNotFound, Refused."""
    authorization.refuse_key(by)
    with read_only(engine).begin() as connection:
        counter = authorization.read_counter(connection, slug)
        authorization.require(connection, counter, by, "admit")
        return _listed(connection, _k.counter_id == counter.id, counter)


def of_account(engine: Engine, by: Caller) -> list[ListedKey]:
    """The keys of the signed-in account, the newest first. Raises Refused."""
    with read_only(engine).begin() as connection:
        return of_account_id(connection, account_of(connection, by))


def of_account_id(connection: Connection, account: int) -> list[ListedKey]:
    """The same for the terminal."""
    return _listed(connection, _of_account(account), None)


def rename(connection: Connection, key: int, name: str, by: Caller | None) -> int:
    """Rename a key; its presses show the new name, past ones too. Returns its device. Raises CounterNotFound, Refused."""
    secret = _secret_of_own(connection, key, by)
    connection.execute(update(API_KEYS).where(_k.id == key).values(name=name))
    [device] = device_ids(connection, {keys.device_of(secret)}, now_ms()).values()
    label_device(connection, device, name)
    return device


def revoke(connection: Connection, key: int, by: Caller | None) -> None:
    """Revoke a key for good. A key that is revoked already stays so. Raises CounterNotFound, Refused."""
    _secret_of_own(connection, key, by)
    connection.execute(update(API_KEYS).where(_k.id == key, _k.revoked_at.is_(None)).values(revoked_at=now_ms()))


def hand_over(connection: Connection, counter_id: int, account: int) -> None:
    """The account that claims a counter takes over the keys that were made in the browser which owned it."""
    made_there = (_k.counter_id == counter_id, _k.device_id.is_not(None))
    connection.execute(update(API_KEYS).where(*made_there).values(account_id=account, device_id=None))


def account_of(connection: Connection, by: Caller) -> int:
    """The signed-in account. Raises Refused."""
    authorization.refuse_key(by)
    user = sessions.user_of(connection, by.session, now_ms())
    if user is None:
        raise Refused("signed_out")
    return user.account_id


def _of_account(account: int) -> ColumnElement[bool]:
    return (_k.account_id == account) & _k.counter_id.is_(None)


def _make(connection: Connection, wanted: Wanted, among: ColumnElement[bool], counter_id: int | None, maker: _Maker) -> None:
    secret, now = keys.sha256_of(wanted.text), now_ms()
    if connection.execute(select(_k.id).where(_k.secret_sha256 == secret)).first() is not None:
        return
    count = select(func.count()).select_from(API_KEYS).where(among, _k.revoked_at.is_(None))
    if connection.execute(count).scalar_one() >= MOST:
        raise Refused("keys_many")
    revoked = select(_k.id).where(among, _k.revoked_at.is_not(None)).order_by(_k.id.desc()).offset(MOST - 1)
    if forgotten := connection.execute(revoked).scalars().all():
        connection.execute(delete(API_KEYS).where(_k.id.in_(forgotten)))
    row = {"secret_sha256": secret, "name": wanted.name, "scope": wanted.scope, "in_address": wanted.in_address}
    row |= {"counter_id": counter_id, "account_id": maker.account, "device_id": maker.device}
    connection.execute(insert(API_KEYS), row | {"created_at": now, "expires_at": wanted.expires_at})
    [device] = device_ids(connection, {keys.device_of(secret)}, now).values()
    label_device(connection, device, wanted.name)


def _listed(connection: Connection, among: ColumnElement[bool], counter: CounterRow | None) -> list[ListedKey]:
    query = select(API_KEYS, ACCOUNTS.c.name.label("maker"))
    query = query.select_from(API_KEYS.outerjoin(ACCOUNTS, ACCOUNTS.c.id == _k.account_id))
    rows = connection.execute(query.where(among, _k.revoked_at.is_(None)).order_by(_k.id.desc()).limit(MOST)).all()
    valid = _valid(connection, {row.secret_sha256 for row in rows}, counter)
    return [
        ListedKey(
            id=row.id,
            name=row.name,
            scope=row.scope,
            in_address=row.in_address,
            maker=row.maker or "",
            created_at=row.created_at,
            used_at=row.used_at,
            expires_at=row.expires_at,
            valid=row.secret_sha256 in valid,
        )
        for row in rows
    ]


def _valid(connection: Connection, secrets: set[str], counter: CounterRow | None) -> set[str]:
    now = now_ms()
    found = keys.valid_keys(connection, secrets, now, in_use=False)
    if counter is None or not found:
        return set(found)
    pairs = [(counter, Caller(None, None, secret)) for secret in found]
    granted = authorization.grants(connection, pairs, now, Identities({}, found))
    return {secret for secret, grant in zip(found, granted, strict=True) if grant.rights.view}


def _secret_of_own(connection: Connection, key: int, by: Caller | None) -> str:
    """The hash of a key that the caller may decide about. Raises CounterNotFound, Refused."""
    authorization.refuse_key(by)
    query = select(_k.secret_sha256, _k.account_id, _k.counter_id, COUNTERS.c.slug)
    query = query.select_from(API_KEYS.outerjoin(COUNTERS, COUNTERS.c.id == _k.counter_id)).where(_k.id == key)
    row = connection.execute(query).first()
    if row is None:
        raise Refused("no_key")
    if row.counter_id is not None:
        authorization.require(connection, lock(connection, row.slug), by, "admit")
    elif by is not None and account_of(connection, by) != row.account_id:
        raise Refused("no_key")
    return str(row.secret_sha256)
