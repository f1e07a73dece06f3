"""Looks at what a file would change, before anything is written: reads only."""

from sqlalchemy import Connection, Engine, bindparam, func, select

from clickcounter.access import authorization
from clickcounter.database import tables
from clickcounter.database.engines import read_only
from clickcounter.domain.clicks import Caller, now_ms
from clickcounter.domain.rights import MEMBERS
from clickcounter.domain.slugs import DEFAULT_COUNTER, RESERVED
from clickcounter.errors import Refused
from clickcounter.transfer import import_line, import_rights
from clickcounter.transfer.file_format import CounterPiece, Piece, RoundsPiece
from clickcounter.transfer.import_errors import BadFile

MOST_ROUNDS = 5_000  # of a counter whose rounds are numbered anew, which may take 50 ms then
OF_ROUNDS = select(tables.ROUNDS.c.id, tables.ROUNDS.c.counter_id).where(
    tables.ROUNDS.c.id.in_(bindparam("ids", expanding=True))
)


class Survey:
    """One file's survey. `by` imports it; None is the terminal, which may do everything. `new` counts its new counters."""

    def __init__(self, by: Caller | None, most_new: float = float("inf")) -> None:
        self._by, self._most_new = by, most_new
        self._counter_id: int | None = None  # here, of the newest counter in the file
        self._new_rounds = 0  # of that counter, so far
        self.new = 0

    def look(self, engine: Engine, piece: Piece) -> None:
        """Look at a counter, at some rounds or at some undos. Raises BadFile, Refused."""
        with read_only(engine).begin() as connection:
            if piece["type"] == "counter":
                self._look_at_counter(connection, piece)
            elif piece["type"] == "rounds":
                self._look_at_rounds(connection, piece)
            elif piece["type"] == "undos":
                import_rights.require_own(connection, self._by, piece["lines"])

    def look_at_table(self, engine: Engine, slug: str) -> None:
        """Look at the counter that a table goes to. Raises BadFile, Refused."""
        with read_only(engine).begin() as connection:
            self._find(connection, slug)

    def _look_at_counter(self, connection: Connection, piece: CounterPiece) -> None:
        record = piece["record"]
        self._new_rounds = 0
        self._counter_id = self._find(connection, record["slug"])
        if self._counter_id is not None:
            c = tables.COUNTERS.c
            here = connection.execute(select(c.is_group).where(c.id == self._counter_id)).scalar_one()
            require_same_kind(record["slug"], here, record["group"])
        if self._counter_id is None and MEMBERS in (record["visibility"], record["press"]) and not self._may_own(connection):
            raise Refused("needs_account")

    def _find(self, connection: Connection, slug: str) -> int | None:
        """The counter's id here, if there is one that the caller may manage."""
        c = tables.COUNTERS.c
        row = connection.execute(select(c.id, c.deleted_at).where(c.slug == slug)).first()
        if row is None:
            self._count_new(slug)
            return None
        if row.deleted_at is not None:
            raise BadFile("deleted", slug=slug)  # slugs are not used again
        authorization.require(connection, authorization.read_counter(connection, slug), self._by, "manage")
        return int(row.id)

    def _count_new(self, slug: str) -> None:
        if slug in RESERVED and slug != DEFAULT_COUNTER:
            raise BadFile("reserved", slug=slug)
        self.count_new(1)

    def count_new(self, count: int) -> None:
        """Count so many new counters. Raises BadFile if they are too many."""
        self.new += count
        if self.new > self._most_new:
            raise BadFile("many_counters", most=round(self._most_new))

    def _may_own(self, connection: Connection) -> bool:
        """Whether the caller may own a counter for members only."""
        by = self._by
        return by is None or bool(by.session and authorization.signed_in_users(connection, {by.session}, now_ms()))

    def _look_at_rounds(self, connection: Connection, piece: RoundsPiece) -> None:
        here = connection.execute(OF_ROUNDS, {"ids": [record["id"] for record, _ in piece["rounds"]]}).all()
        if any(row.counter_id != self._counter_id for row in here):
            raise BadFile("apart")
        self._new_rounds += len(piece["rounds"]) - len(here)
        if self._counter_id is not None and not is_untouched(connection, self._counter_id):
            require_numberable(connection, self._counter_id, piece, self._new_rounds)


def require_same_kind(slug: str, here: bool, in_file: bool) -> None:
    """Raises BadFile if one is a group and the other one is a counter with presses of its own."""
    if here != in_file:
        raise BadFile("kind", slug=slug)


def check_counter(slug: str) -> None:
    """Raises BadFile if this cannot be a counter's slug."""
    try:
        import_line.check_slug(slug)
    except ValueError:
        raise BadFile("address", slug=slug) from None


def is_untouched(connection: Connection, counter_id: int) -> bool:
    """Whether nobody has pressed this counter, or reset it."""
    clicks = select(tables.CLICKS.c.id).where(tables.CLICKS.c.counter_id == counter_id).limit(1)
    rounds = select(tables.ROUNDS.c.id).where(tables.ROUNDS.c.counter_id == counter_id).limit(2)
    return connection.execute(clicks).first() is None and len(connection.execute(rounds).all()) == 1


def require_numberable(connection: Connection, counter_id: int, piece: RoundsPiece, added: int) -> None:
    """Raises BadFile if the counter's rounds would have to be numbered anew, and are too many."""
    current = select(tables.COUNTERS.c.round_id).where(tables.COUNTERS.c.id == counter_id)
    if not added or connection.execute(current).scalar_one() == piece["current"]:
        return  # it came from such a file, so the file's numbers fit
    here = select(func.count()).select_from(tables.ROUNDS).where(tables.ROUNDS.c.counter_id == counter_id)
    if connection.execute(here).scalar_one() + added > MOST_ROUNDS:
        raise BadFile("many_rounds", slug=piece["counter"], most=MOST_ROUNDS)
