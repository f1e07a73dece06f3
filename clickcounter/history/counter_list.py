"""Pages of the list of counters, newest first.

A page's cursor is a counter's id: new counters do not shift a page.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Engine, ScalarSelect, and_, exists, func, or_, select, true

from clickcounter.access import authorization
from clickcounter.access.grants import Identities
from clickcounter.database import tables
from clickcounter.database.engines import read_only
from clickcounter.database.polling import PollingReader
from clickcounter.database.tables import MEMBERS
from clickcounter.domain.clicks import Caller, now_ms
from clickcounter.domain.counter_settings import fold
from clickcounter.domain.rights import LISTED
from clickcounter.errors import Refused

PAGE = 50  # rows

_counters = tables.COUNTERS.c


class _CounterRow(NamedTuple):
    """Columns of a counter that a page reads: those that it shows, and those that rights depend on."""

    id: int
    slug: str
    name: str
    colour: str
    value: int
    revision: int
    upper: int | None
    goal: int | None
    warn_at: str
    archived_at: int | None
    visibility: str
    press: str
    owner_device: int | None


@dataclass(frozen=True, slots=True)
class ListQuery:
    """Which counters to list: those whose names contain `search`, older than the counter with the id `before`.

    Unlisted counters are shown only to their members, whom `session` identifies, and to the browser that made them without
    an account: `device`. Both are hashes. Give `device` only if it owns a counter, so that all other tabs share one query.
    A program's `key`, also a hash, counts alone.
    """

    search: str = ""
    archived: bool = False
    before: int | None = None
    session: str | None = None
    device: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class ListRow:
    """A counter as the list shows it. JavaScript reads these fields by name."""

    slug: str
    name: str
    colour: str
    value: int
    revision: int
    upper: int | None
    goal: int | None
    warn_at: tuple[int, ...]  # percent
    archived: bool
    manage: bool = True  # whether the caller may rename, archive and delete it


@dataclass(frozen=True, slots=True)
class ListPage:
    """A page at one moment: its rows, how many counters all pages hold, and the cursor of the next page, if there is one."""

    rows: tuple[ListRow, ...]
    total: int
    next: int | None


def read_page(connection: Connection, query: ListQuery) -> ListPage:
    """Read a page. Call it within a transaction, so that its rows and its total are of the same moment.

    Raises Refused if it is asked for with a key that is not valid.
    """
    caller, now = Caller(query.session, query.device, query.key), now_ms()
    known = authorization.identify(connection, [caller], now)
    condition = and_(_matches(query), _is_visible(query, known))
    older = true() if query.before is None else _counters.id < query.before
    columns = [_counters[name] for name in _CounterRow._fields]
    newest = select(*columns).where(condition, older).order_by(_counters.id.desc()).limit(PAGE + 1)
    found = [_CounterRow(*row) for row in connection.execute(newest)]
    total = connection.execute(select(func.count()).select_from(tables.COUNTERS).where(condition)).scalar_one()
    rows = found[:PAGE]
    grants = authorization.grants(connection, [(row, caller) for row in rows], now, known) if rows else []
    for grant in grants if query.key else ():
        if not grant.rights.view:  # its maker no longer owns the counter
            raise Refused(grant.error("view") or "key_invalid")
    shown = tuple(_list_row(row, grant.rights.manage) for row, grant in zip(rows, grants, strict=True))
    return ListPage(shown, total, rows[-1].id if len(found) > PAGE else None)


def owns_a_counter(engine: Engine, device: str) -> bool:
    """Whether the browser with this hash has made a counter that no account has claimed."""
    own = (_counters.owner_device == _device_id(device), _counters.deleted_at.is_(None))
    with read_only(engine).begin() as connection:
        return connection.execute(select(_counters.id).where(*own).limit(1)).first() is not None


def _matches(query: ListQuery) -> ColumnElement[bool]:
    archived = _counters.archived_at.is_not(None) if query.archived else _counters.archived_at.is_(None)
    search = fold(query.search).strip()
    if not search:
        return and_(_counters.deleted_at.is_(None), archived)
    # The first counter has no name until somebody gives it one; search finds it by its slug.
    by_slug = and_(_counters.search == "", _counters.slug.contains(search, autoescape=True))
    by_name = or_(_counters.search.contains(search, autoescape=True), by_slug)
    return and_(_counters.deleted_at.is_(None), archived, by_name)


def _is_visible(query: ListQuery, known: Identities) -> ColumnElement[bool]:
    """Raises Refused."""
    if query.key is not None and (counter := known.counter(query.key)) is not None:
        return _counters.id == counter
    user = known.user(query.session, query.key)
    if user is not None and user.superuser and query.key is None:
        return true()
    conditions = [_counters.visibility == LISTED]
    if user is not None:
        conditions.append(exists().where(MEMBERS.c.counter_id == _counters.id, MEMBERS.c.account_id == user.account_id))
    if query.device is not None and query.key is None:
        conditions.append(_counters.owner_device == _device_id(query.device))
    return or_(*conditions)


def _device_id(device: str) -> ScalarSelect[Any]:
    return select(tables.DEVICES.c.id).where(tables.DEVICES.c.secret_sha256 == device).scalar_subquery()


def _list_row(row: _CounterRow, manage: bool) -> ListRow:
    warn_at = tuple(int(percent) for percent in row.warn_at.split(",") if percent)
    archived = row.archived_at is not None
    numbers = (row.value, row.revision, row.upper, row.goal)
    return ListRow(row.slug, row.name, row.colour, *numbers, warn_at, archived, manage)


class ListReader:
    """Reads pages again and again over one connection, for one thread at a time."""

    def __init__(self, url: str) -> None:
        self._reader = PollingReader(url)

    def read(self, queries: Iterable[ListQuery], unread: Iterable[ListQuery]) -> dict[ListQuery, ListPage]:
        """The pages of `unread`, and those of `queries` unless SQLite says that nothing was written since the last time.

        All pages are of the same moment.
        """
        with self._reader.connection() as connection, connection.begin():
            polled = set(queries)
            # Reading only new queries must not use up the sign of a write: the polled ones still have to see it.
            wanted = {*polled, *unread} if polled and self._reader.moved(connection) else set(unread)
            return {query: read_page(connection, query) for query in wanted}

    def close(self) -> None:
        """Give the connection back. May wait for a read in progress."""
        self._reader.close()
