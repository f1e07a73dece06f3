"""What the pages of `/admin/` list, newest first.

A page's cursor is the id of its last row. Nothing counts or skips rows, so the last page of a ledger costs what the first
does. No hash, token or secret is read here.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, Select, or_, select

from clickcounter.access.validation import fold
from clickcounter.database import tables
from clickcounter.database.engines import read_only
from clickcounter.database.tables import ACCOUNTS, MEMBERS, SESSIONS
from clickcounter.domain import counter_settings
from clickcounter.domain.clicks import now_ms
from clickcounter.domain.rights import OWNER
from clickcounter.errors import CounterNotFound, Refused
from clickcounter.history import ledger_pages
from clickcounter.history.ledger_pages import LedgerEntry

PAGE = 50  # rows

_accounts, _sessions, _counters, _rounds, _devices, _clicks = (
    table.c for table in (ACCOUNTS, SESSIONS, tables.COUNTERS, tables.ROUNDS, tables.DEVICES, tables.CLICKS)
)
ACCOUNT = (_accounts.id, _accounts.name, _accounts.superuser, _accounts.created_at, _accounts.blocked_at)
SESSION = tuple(_sessions[name] for name in ("id", "account_id", "about", "created_at", "seen_at", "expires_at"))
COUNTER = (
    *(_counters[name] for name in ("id", "slug", "name", "value", "visibility", "press")),
    *(_counters[name] for name in ("archived_at", "round_id", "owner_device")),
    _rounds.number,
    _rounds.started_at,
)


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, and the cursor of the next page, if there is one."""

    rows: list[Any]
    next: str | None


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


def counters(engine: Engine, listed: AdminQuery) -> Page:
    """All that were not deleted, archived ones included."""
    chosen = _undeleted_counters()
    if search := counter_settings.fold(listed.search).strip():
        named = _counters.search.contains(search, autoescape=True)
        chosen = chosen.where(or_(named, _counters.slug.contains(search, autoescape=True)))
    return _page(engine, chosen, _counters.id, listed.before)


def counter(engine: Engine, slug: str) -> tuple[Any, list[Any]]:
    """One of them, and its owners. Raises CounterNotFound."""
    owners = select(_accounts.id, _accounts.name).join_from(MEMBERS, ACCOUNTS, _accounts.id == MEMBERS.c.account_id)
    with read_only(engine).begin() as connection:
        row = connection.execute(_undeleted_counters().where(_counters.slug == slug)).first()
        if row is None:
            raise CounterNotFound(slug)
        of_counter = owners.where(MEMBERS.c.counter_id == row.id, MEMBERS.c.role == OWNER)
        return row, list(connection.execute(of_counter.order_by(_accounts.id).limit(PAGE)))


def accounts(engine: Engine, listed: AdminQuery) -> Page:
    """All that were not deleted."""
    chosen = select(*ACCOUNT).where(_accounts.deleted_at.is_(None))
    if search := fold(listed.search):
        chosen = chosen.where(_accounts.name_folded.contains(search, autoescape=True))
    return _page(engine, chosen, _accounts.id, listed.before)


def account(engine: Engine, account_id: int) -> tuple[Any, list[Any]]:
    """One of them, and what it belongs to. Raises Refused."""
    belongs = select(_counters.slug, _counters.name, MEMBERS.c.role)
    belongs = belongs.join_from(MEMBERS, tables.COUNTERS, _counters.id == MEMBERS.c.counter_id)
    with read_only(engine).begin() as connection:
        row = connection.execute(select(*ACCOUNT).where(_accounts.id == account_id, _accounts.deleted_at.is_(None))).first()
        if row is None:
            raise Refused("no_account")
        of_account = belongs.where(MEMBERS.c.account_id == account_id, _counters.deleted_at.is_(None))
        return row, list(connection.execute(of_account.order_by(_counters.id.desc()).limit(PAGE)))


def devices(engine: Engine, listed: AdminQuery) -> Page:
    """All of them; a search matches their number or a part of their label."""
    chosen = select(_devices.id, _devices.label, _devices.created_at)
    if search := listed.search.strip():
        number = parse_id(search.removeprefix("#"))
        chosen = chosen.where(or_(_devices.label.contains(search, autoescape=True), _devices.id == (number or 0)))
    return _page(engine, chosen, _devices.id, listed.before)


def device(engine: Engine, device_id: int) -> Any:
    """One of them. Raises Refused."""
    with read_only(engine).begin() as connection:
        row = connection.execute(
            select(_devices.id, _devices.label, _devices.created_at).where(_devices.id == device_id)
        ).first()
    if row is None:
        raise Refused("no_device")
    return row


def sessions(engine: Engine, listed: AdminQuery, mine: str | None, account_id: int | None = None) -> Page:
    """Those that have not ended, of one account or of all; `mine` is the hash of the caller's own."""
    chosen = select(*SESSION, _accounts.name, (_sessions.token_sha256 == mine).label("mine"))
    chosen = chosen.join_from(SESSIONS, ACCOUNTS, _accounts.id == _sessions.account_id)
    chosen = chosen.where(_sessions.expires_at > now_ms())
    if account_id is not None:
        chosen = chosen.where(_sessions.account_id == account_id)
    return _page(engine, chosen, _sessions.id, listed.before)


def ledger(engine: Engine, after: str) -> Page:
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


def ledger_of(engine: Engine, slug: str, after: str) -> Page:
    """The same of one counter, in the order of its history. Raises CounterNotFound."""
    parts = [parse_id(part) for part in after.split(".")]
    cursor = (parts[0], parts[1], parts[2]) if len(parts) == 3 and None not in parts else None
    page = ledger_pages.read_page(engine, ledger_pages.LedgerQuery(slug, after=cursor))  # type: ignore[arg-type]
    return Page([(row, slug, "") for row in page.rows], ".".join(map(str, page.next)) if page.next else None)


def _undeleted_counters() -> Select[Any]:
    chosen = select(*COUNTER).join_from(tables.COUNTERS, tables.ROUNDS, _rounds.id == _counters.round_id)
    return chosen.where(_counters.deleted_at.is_(None))


def _page(engine: Engine, chosen: Select[Any], key: Any, before: int | None) -> Page:
    if before is not None:
        chosen = chosen.where(key < before)
    with read_only(engine).begin() as connection:
        rows = list(connection.execute(chosen.order_by(key.desc()).limit(PAGE + 1)))
    return Page(rows[:PAGE], str(rows[PAGE - 1].id) if len(rows) > PAGE else None)
