"""One page of the counters, newest first.

The cursor is an id, so that a page stays what it is while counters come before it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, ScalarSelect, and_, exists, func, or_, select, true

from clickcounter.access import authorization, sessions
from clickcounter.database import tables
from clickcounter.database.engines import read_only
from clickcounter.database.polling import PollingReader
from clickcounter.database.tables import MEMBERS
from clickcounter.domain.clicks import Caller, now_ms
from clickcounter.domain.counter_settings import fold
from clickcounter.domain.rights import LISTED

PAGE = 50  # rows

_COUNTERS = tables.COUNTERS.c
_COLUMNS = [
    _COUNTERS[name]
    for name in ("id", "slug", "name", "colour", "value", "revision", "upper", "goal", "warn_at", "archived_at")
]
_DOORS = [_COUNTERS[name] for name in ("visibility", "press", "owner_device")]


@dataclass(frozen=True, slots=True)
class ListQuery:
    """Which counters somebody wants to see: named like `search`, older than the id `before`.

    Those that are not listed are told only to the members whose `session` it is, and to the browser that made them without
    an account, as the database has it at each reading. `device` is named only where it owns something: the list of those who
    own nothing is read once for all of them.
    """

    search: str = ""
    archived: bool = False
    before: int | None = None
    session: str | None = None
    device: str | None = None


@dataclass(frozen=True, slots=True)
class ListRow:
    """A counter as the list shows it."""

    slug: str
    name: str
    colour: str
    value: int
    revision: int
    upper: int | None
    goal: int | None
    warn_at: tuple[int, ...]
    archived: bool
    manage: bool = True  # whoever asks may rename, archive and delete it


@dataclass(frozen=True, slots=True)
class ListPage:
    """What a query found at one moment: `total` on all pages, and the cursor of the next page, if any."""

    rows: tuple[ListRow, ...]
    total: int
    next: int | None


def read_page(connection: Connection, query: ListQuery) -> ListPage:
    """Answer a query. Call it within a transaction, so that the rows and the total are of one moment."""
    wanted = and_(_wanted(query), _told(connection, query))
    older = true() if query.before is None else _COUNTERS.id < query.before
    found = connection.execute(
        select(*_COLUMNS, *_DOORS).where(wanted, older).order_by(_COUNTERS.id.desc()).limit(PAGE + 1)
    ).all()
    total = connection.execute(select(func.count()).select_from(tables.COUNTERS).where(wanted)).scalar_one()
    rows = found[:PAGE]
    caller = Caller(query.session, query.device)
    asked = authorization.grants(connection, [(row, caller) for row in rows], now_ms()) if rows else []
    told = tuple(_row(row, of.rights.manage) for row, of in zip(rows, asked, strict=True))
    return ListPage(told, total, rows[-1].id if len(found) > PAGE else None)


def _wanted(query: ListQuery) -> ColumnElement[bool]:
    archived = _COUNTERS.archived_at.is_not(None) if query.archived else _COUNTERS.archived_at.is_(None)
    search = fold(query.search).strip()
    if not search:
        return and_(_COUNTERS.deleted_at.is_(None), archived)
    # The first counter has no name until somebody gives it one; it is found by its slug.
    by_slug = and_(_COUNTERS.search == "", _COUNTERS.slug.contains(search, autoescape=True))
    named = or_(_COUNTERS.search.contains(search, autoescape=True), by_slug)
    return and_(_COUNTERS.deleted_at.is_(None), archived, named)


def _told(connection: Connection, query: ListQuery) -> ColumnElement[bool]:
    who = sessions.user_of(connection, query.session, now_ms())
    if who is not None and who.superuser:
        return true()
    told = [_COUNTERS.visibility == LISTED]
    if who is not None:
        told.append(exists().where(MEMBERS.c.counter_id == _COUNTERS.id, MEMBERS.c.account_id == who.account_id))
    if query.device is not None:
        told.append(_COUNTERS.owner_device == _number_of(query.device))
    return or_(*told)


def _number_of(device: str) -> ScalarSelect[Any]:
    return select(tables.DEVICES.c.id).where(tables.DEVICES.c.secret_sha256 == device).scalar_subquery()


def owns_a_counter(engine: Engine, device: str) -> bool:
    """Whether a browser has made a counter that no account has claimed."""
    own = (_COUNTERS.owner_device == _number_of(device), _COUNTERS.deleted_at.is_(None))
    with read_only(engine).begin() as connection:
        return connection.execute(select(_COUNTERS.id).where(*own).limit(1)).first() is not None


def _row(row: Any, manage: bool) -> ListRow:
    warn_at = tuple(int(percent) for percent in row.warn_at.split(",") if percent)
    archived = row.archived_at is not None
    numbers = (row.value, row.revision, row.upper, row.goal)
    return ListRow(row.slug, row.name, row.colour, *numbers, warn_at, archived, manage)


class ListReader:
    """Answers queries again and again."""

    def __init__(self, url: str) -> None:
        self._rereader = PollingReader(url)

    def read(self, queries: Iterable[ListQuery], unread: Iterable[ListQuery]) -> dict[ListQuery, ListPage]:
        """The pages of the unread queries, and of the others unless SQLite says that nothing was written since.

        All are of one moment.
        """
        with self._rereader.connection() as connection, connection.begin():
            # Where only unread ones are asked for, the others are yet to be read for what moved.
            asked = set(queries)
            wanted = {*asked, *unread} if asked and self._rereader.moved(connection) else set(unread)
            return {query: read_page(connection, query) for query in wanted}

    def close(self) -> None:
        """Give the connection back. May wait for a read that is under way."""
        self._rereader.close()
