"""Which rounds a history reads: one, all of a counter, or all of a group's counters."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Engine, select

from clickcounter.database import tables
from clickcounter.database.engines import read_only
from clickcounter.domain.rights import MEMBERS
from clickcounter.errors import CounterNotFound

_counters, _rounds, _parts = tables.COUNTERS.c, tables.ROUNDS.c, tables.GROUP_PARTS.c


@dataclass(frozen=True, slots=True)
class Scope:
    """One round, or with None all rounds of these counters. Of a group, `subtracted` are those that it subtracts."""

    counters: tuple[int, ...]
    round_id: int | None = None
    subtracted: tuple[int, ...] = ()

    def has(self, counter_id: ColumnElement[Any]) -> ColumnElement[bool]:
        """Selects rows by their counter."""
        ids = (*self.counters, *self.subtracted)
        return counter_id == ids[0] if len(ids) == 1 else counter_id.in_(ids)

    def signed(self) -> list[tuple[int, "Scope"]]:
        """What to add (1) and what to subtract (-1)."""
        both = ((1, self.counters), (-1, self.subtracted))
        return [(sign, Scope(ids, self.round_id)) for sign, ids in both if ids]


class Facts(NamedTuple):
    """What a history has to know of its counter: the hour at which its days begin, and whether it is a group."""

    day_start: int
    is_group: bool


def scope_of(connection: Connection, slug: str, round_number: int | None = None, *, of_people: bool = False) -> Scope:
    """All rounds of a counter, or of a group's counters; or the counter's round with this number.

    `of_people` leaves out a group's counters that are for members only: whoever sees the group sees what they count, but not
    who counts there. Raises CounterNotFound, also if there is no such round.
    """
    counter = connection.execute(select(_counters.id, _counters.is_group).where(*_is_counter(slug))).first()
    if counter is None:
        raise CounterNotFound(slug)
    if round_number is None:
        return _of_group(connection, counter.id, of_people) if counter.is_group else Scope((counter.id,))
    query = select(_rounds.id).where(_rounds.counter_id == counter.id, tables.round_number == round_number)
    round_id = connection.execute(query).scalar()
    if round_id is None:
        raise CounterNotFound(slug)
    return Scope((counter.id,), round_id)


def counter_of(connection: Connection, slug: str) -> int:
    """A counter's id. Raises CounterNotFound."""
    counter_id = connection.execute(select(_counters.id).where(*_is_counter(slug))).scalar()
    if counter_id is None:
        raise CounterNotFound(slug)
    return int(counter_id)


def current_rounds(connection: Connection, slug: str) -> list[int]:
    """The id of a counter's current round, or those of a group's counters. Raises CounterNotFound."""
    scope = scope_of(connection, slug)
    return list(connection.execute(select(_counters.round_id).where(scope.has(_counters.id))).scalars())


def facts_of(engine: Engine, slug: str) -> Facts:
    """What its row says. Raises CounterNotFound."""
    with read_only(engine).begin() as connection:
        row = connection.execute(select(_counters.day_start, _counters.is_group).where(*_is_counter(slug))).first()
    if row is None:
        raise CounterNotFound(slug)
    return Facts(int(row.day_start), bool(row.is_group))


def _of_group(connection: Connection, group: int, of_people: bool) -> Scope:
    query = select(_parts.counter_id, _parts.sign).where(_parts.group_id == group)
    if of_people:
        query = query.join(tables.COUNTERS, _counters.id == _parts.counter_id).where(_counters.visibility != MEMBERS)
    rows = connection.execute(query.order_by(_parts.counter_id)).all()
    added, subtracted = ([row.counter_id for row in rows if row.sign == sign] for sign in (1, -1))
    return Scope(tuple(added), None, tuple(subtracted))


def _is_counter(slug: str) -> tuple[ColumnElement[bool], ...]:
    return _counters.slug == slug, _counters.deleted_at.is_(None)
