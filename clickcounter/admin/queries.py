"""What the pages of `/admin/` list, newest first.

A page's cursor is the id of its last row. Nothing counts or skips rows, so the last page of a ledger costs what the first
does. No hash, token or secret is read here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Engine, Select, or_, select

from clickcounter.access.accounts import by_name as accounts_by_name
from clickcounter.access.credentials import fold
from clickcounter.admin.rows import (
    AccountRow,
    CounterRow,
    DeviceRow,
    KeyRow,
    LedgerRow,
    Membership,
    Owner,
    Page,
    SessionRow,
)
from clickcounter.database import tables
from clickcounter.database.engines import read_only
from clickcounter.database.tables import ACCOUNTS, API_KEYS, MEMBERS, SESSIONS
from clickcounter.domain import counter_settings
from clickcounter.domain.clicks import now_ms
from clickcounter.domain.rights import OWNER
from clickcounter.errors import CounterNotFound, Refused
from clickcounter.history import ledger_pages
from clickcounter.history.ledger_pages import LedgerEntry

R = TypeVar("R")

PAGE = 50  # rows

_accounts, _sessions, _counters, _rounds, _devices, _clicks = (
    table.c for table in (ACCOUNTS, SESSIONS, tables.COUNTERS, tables.ROUNDS, tables.DEVICES, tables.CLICKS)
)


@dataclass(frozen=True, slots=True)
class AdminQuery:
    """Which rows somebody wants: those that match `search`, after the cursor."""

    search: str = ""
    after: str = ""

    @property
    def before(self) -> int | None:
        """The id before which rows are wanted."""
        return parse_id(self.after)


def parse_id(text: str) -> int | None:
    """A number such as an id; None for anything else, or a number that no database can hold."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def counters(engine: Engine, listed: AdminQuery) -> Page[CounterRow]:
    """All that were not deleted, archived ones included."""
    chosen = _undeleted_counters()
    if search := counter_settings.fold(listed.search).strip():
        named = _counters.search.contains(search, autoescape=True)
        chosen = chosen.where(or_(named, _counters.slug.contains(search, autoescape=True)))
    return _page(engine, chosen, _counters.id, listed.before, CounterRow)


def counter(engine: Engine, slug: str) -> tuple[CounterRow, list[Owner]]:
    """One of them, and its owners. Raises CounterNotFound."""
    owners = select(_accounts.id, _accounts.name).join_from(MEMBERS, ACCOUNTS, _accounts.id == MEMBERS.c.account_id)
    with read_only(engine).begin() as connection:
        row = connection.execute(_undeleted_counters().where(_counters.slug == slug)).first()
        if row is None:
            raise CounterNotFound(slug)
        of_counter = owners.where(MEMBERS.c.counter_id == row.id, MEMBERS.c.role == OWNER)
        found = connection.execute(of_counter.order_by(_accounts.id).limit(PAGE))
        return CounterRow(*row), [Owner(*owner) for owner in found]


def accounts(engine: Engine, listed: AdminQuery) -> Page[AccountRow]:
    """All that were not deleted."""
    chosen = _undeleted_accounts()
    if search := fold(listed.search):
        chosen = chosen.where(_accounts.name_folded.contains(search, autoescape=True))
    return _page(engine, chosen, _accounts.id, listed.before, AccountRow)


def account(engine: Engine, account_id: int) -> tuple[AccountRow, list[Membership]]:
    """One of them, and what it belongs to. Raises Refused."""
    memberships = select(_counters.slug, _counters.name, MEMBERS.c.role)
    memberships = memberships.join_from(MEMBERS, tables.COUNTERS, _counters.id == MEMBERS.c.counter_id)
    with read_only(engine).begin() as connection:
        row = connection.execute(_undeleted_accounts().where(_accounts.id == account_id)).first()
        if row is None:
            raise Refused("no_account")
        of_account = memberships.where(MEMBERS.c.account_id == account_id, _counters.deleted_at.is_(None))
        found = connection.execute(of_account.order_by(_counters.id.desc()).limit(PAGE))
        return AccountRow(*row), [Membership(*membership) for membership in found]


def account_named(engine: Engine, name: str) -> int:
    """The id of the account with this name. Raises Refused."""
    with read_only(engine).begin() as connection:
        found = accounts_by_name(connection, name)
    if found is None:
        raise Refused("no_account")
    return found.id


def devices(engine: Engine, listed: AdminQuery) -> Page[DeviceRow]:
    """All of them; a search matches their number or a part of their label."""
    chosen = select(_devices.id, _devices.label, _devices.created_at)
    if search := listed.search.strip():
        number = parse_id(search.removeprefix("#"))
        chosen = chosen.where(or_(_devices.label.contains(search, autoescape=True), _devices.id == (number or 0)))
    return _page(engine, chosen, _devices.id, listed.before, DeviceRow)


def device(engine: Engine, device_id: int) -> DeviceRow:
    """One of them. Raises Refused."""
    with read_only(engine).begin() as connection:
        row = connection.execute(
            select(_devices.id, _devices.label, _devices.created_at).where(_devices.id == device_id)
        ).first()
    if row is None:
        raise Refused("no_device")
    return DeviceRow(*row)


def sessions(engine: Engine, listed: AdminQuery, mine: str | None, account_id: int | None = None) -> Page[SessionRow]:
    """Those that have not ended, of one account or of all; `mine` is the hash of the caller's own."""
    columns = (_sessions[name] for name in ("id", "account_id", "about", "created_at", "seen_at", "expires_at"))
    chosen = select(*columns, _accounts.name, (_sessions.token_sha256 == mine).label("mine"))
    chosen = chosen.join_from(SESSIONS, ACCOUNTS, _accounts.id == _sessions.account_id)
    chosen = chosen.where(_sessions.expires_at > now_ms())
    if account_id is not None:
        chosen = chosen.where(_sessions.account_id == account_id)
    return _page(engine, chosen, _sessions.id, listed.before, SessionRow)


def keys(engine: Engine, listed: AdminQuery) -> Page[KeyRow]:
    """Those that are not revoked; a search matches their name."""
    names = ("id", "name", "scope", "in_address", "account_id", "created_at", "used_at", "expires_at")
    chosen = select(*(API_KEYS.c[name] for name in names), _accounts.name.label("maker"), _counters.slug)
    chosen = chosen.add_columns(_counters.name.label("counter"))
    chosen = chosen.join_from(API_KEYS, ACCOUNTS, _accounts.id == API_KEYS.c.account_id, isouter=True)
    chosen = chosen.join(tables.COUNTERS, _counters.id == API_KEYS.c.counter_id, isouter=True)
    chosen = chosen.where(API_KEYS.c.revoked_at.is_(None), _counters.deleted_at.is_(None))
    if search := listed.search.strip():
        chosen = chosen.where(API_KEYS.c.name.contains(search, autoescape=True))
    return _page(engine, chosen, API_KEYS.c.id, listed.before, KeyRow)


def ledger(engine: Engine, after: str) -> Page[LedgerRow]:
    """Every click of every counter, the last one saved first: entries, each with its counter's slug and name."""
    with read_only(engine).begin() as connection:
        ids = list(connection.execute(ledger_ids(parse_id(after))).scalars())
        found = connection.execute(ledger_rows(ids[-1], ids[0])).all() if ids else []
    rows = [(LedgerEntry(*row[:-2]), row[-2], row[-1]) for row in found[:PAGE]]
    return Page(rows, str(ids[PAGE - 1]) if len(ids) > PAGE else None)


def ledger_ids(before: int | None) -> Select[Any]:
    """The ids of a page and one more, read before their rows, so that no plan joins the whole ledger."""
    ids = select(_clicks.id).order_by(_clicks.id.desc()).limit(PAGE + 1)
    return ids if before is None else ids.where(_clicks.id < before)


def ledger_rows(first: int, last: int) -> Select[Any]:
    """The rows of a range of ids, which is a range of the table's primary key."""
    rows = ledger_pages.entries().add_columns(_counters.slug, _counters.name)
    rows = rows.join(tables.COUNTERS, _counters.id == _clicks.counter_id)
    return rows.where(_clicks.id.between(first, last)).order_by(_clicks.id.desc())


def ledger_of(engine: Engine, slug: str, after: str) -> Page[LedgerRow]:
    """The same of one counter, in the order of its history. Raises CounterNotFound."""
    numbers = [number for part in after.split(".") if (number := parse_id(part)) is not None]
    cursor = (numbers[0], numbers[1], numbers[2]) if len(numbers) == 3 else None
    page = ledger_pages.read_page(engine, ledger_pages.LedgerQuery(slug, after=cursor))
    return Page([(row, slug, "") for row in page.rows], ".".join(map(str, page.next)) if page.next else None)


def _undeleted_counters() -> Select[Any]:
    names = ("id", "slug", "name", "value", "visibility", "press", "archived_at", "round_id", "owner_device", "is_group")
    columns = (*(_counters[name] for name in names), _rounds.number, _rounds.started_at)
    chosen = select(*columns).join_from(tables.COUNTERS, tables.ROUNDS, _rounds.id == _counters.round_id)
    return chosen.where(_counters.deleted_at.is_(None))


def _undeleted_accounts() -> Select[Any]:
    columns = (_accounts.id, _accounts.name, _accounts.superuser, _accounts.created_at, _accounts.blocked_at)
    return select(*columns).where(_accounts.deleted_at.is_(None))


def _page(engine: Engine, chosen: Select[Any], key: Any, before: int | None, row_class: Callable[..., R]) -> Page[R]:
    if before is not None:
        chosen = chosen.where(key < before)
    with read_only(engine).begin() as connection:
        rows = list(connection.execute(chosen.order_by(key.desc()).limit(PAGE + 1)))
    return Page([row_class(*row) for row in rows[:PAGE]], str(rows[PAGE - 1].id) if len(rows) > PAGE else None)
