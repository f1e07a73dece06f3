"""SQLAlchemy statements, compiled once for SQLite and run without SQLAlchemy's cost of each execution.

A click among others is ten statements; alone it is two, see ledger/presses/lone_press.py. SQLite needs about 15 µs for
each; SQLAlchemy adds about 40 µs between a statement and its rows, and holds the GIL meanwhile. On SQLite each statement is
therefore compiled once, and the driver executes the SQL on the same connection, in the same transaction. A list is passed
as one JSON parameter, so the SQL does not depend on its length. Rows are inserted many at a time: the driver releases the
GIL for each statement and then waits for it, which takes longer than the rows while the event loop is busy. Other databases
go through SQLAlchemy: there the network costs more.

Rows are named tuples. Values are SQLite's own, without SQLAlchemy's conversions: a boolean is 0 or 1.
"""

import json
import re
import sqlite3
from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from operator import itemgetter
from typing import Any, TypeVar

from sqlalchemy import ClauseElement, Connection, Executable
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError

MAX_PARAMETERS = 10_000  # of one list; SQLite takes 32,766 in a statement, PostgreSQL 65,535
SIZES = (64, 16, 4, 3, 2, 1)  # rows that are inserted by one statement; the driver keeps each statement prepared

T = TypeVar("T")

_VALUES = re.compile(r"VALUES (\([?, ]+\))")
_LIST = re.compile(r"\(__\[POSTCOMPILE_(\w+)\]\)")  # where SQLAlchemy would expand a list


@dataclass(frozen=True, slots=True)
class _Compiled:
    sql: str
    parameters: Callable[[Mapping[str, object]], tuple[object, ...]]  # from values by name to their order in the SQL
    lists: frozenset[str]  # names of parameters that are lists


def execute(connection: Connection, statement: Executable, values: dict[str, Any]) -> Sequence[Any]:
    """Execute a statement that is built once. Returns its rows, with the columns as attributes.

    Raises what SQLAlchemy raises.
    """
    if connection.dialect.name != "sqlite":
        result = connection.execute(statement, values)
        return result.all() if result.returns_rows else ()
    compiled = compile_statement(statement)
    if compiled.lists:
        values = values | {name: json.dumps(values[name]) for name in compiled.lists}
    return execute_raw(connection, compiled.sql, compiled.parameters(values))


def parts(values: Sequence[T]) -> list[Sequence[T]]:
    """A list that may be very long, in parts that a statement can take; at least one part."""
    return [values[start : start + MAX_PARAMETERS] for start in range(0, max(len(values), 1), MAX_PARAMETERS)]


def execute_many(connection: Connection, statement: Executable, rows: Sequence[Mapping[str, Any]]) -> Sequence[Any]:
    """Execute an INSERT for each of the rows, at least one, all with the same columns. Returns what it returns."""
    if connection.dialect.name != "sqlite":
        result = connection.execute(statement, rows)
        return result.all() if result.returns_rows else ()
    compiled = compile_statement(statement, tuple(rows[0]))
    found: list[Any] = []
    for some in _in_sizes(rows):
        parameters = tuple(chain.from_iterable(map(compiled.parameters, some)))
        found += execute_raw(connection, _insert_of(compiled.sql, len(some)), parameters)
    return found


def execute_raw(connection: Connection, sql: str, parameters: tuple[object, ...] = ()) -> Sequence[Any]:
    """Hand SQL to SQLite's driver. Returns the rows."""
    driver: Any = connection.connection.driver_connection
    try:
        cursor = driver.execute(sql, parameters)
        if cursor.description is None:
            return ()
        return list(map(_row_type(tuple(column[0] for column in cursor.description))._make, cursor.fetchall()))
    except sqlite3.Error as error:  # wrapped as SQLAlchemy would wrap it
        raise DBAPIError.instance(sql, None, error, sqlite3.Error, dialect=connection.dialect) from error


def _in_sizes(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    """Split rows into parts of only a few sizes."""
    start = 0
    for size in SIZES:
        while len(rows) - start >= size:
            yield rows[start : start + size]
            start += size


@cache
def _insert_of(sql: str, rows: int) -> str:
    """An INSERT of one row as one of so many."""
    return _VALUES.sub(lambda one: "VALUES " + ", ".join([one[1]] * rows), sql)


@cache
def _row_type(columns: tuple[str, ...]) -> Any:
    return namedtuple("Row", columns)


@cache
def compile_statement(statement: ClauseElement, columns: tuple[str, ...] | None = None) -> _Compiled:
    """The statement's SQL for SQLite; `columns` are those of an INSERT's rows."""
    compiled: Any = statement.compile(dialect=sqlite.dialect(), column_keys=columns)
    lists = frozenset(_LIST.findall(compiled.string))
    sql = _LIST.sub("(SELECT value FROM json_each(?))", compiled.string)
    names = compiled.positiontup
    parameters = itemgetter(*names) if len(names) > 1 else lambda values: (values[names[0]],)
    return _Compiled(sql, parameters, lists)
