"""SQLAlchemy's statements without its cost for each execution.

A lone click is ten statements. SQLite needs some 15 µs for each of them; SQLAlchemy's way from a statement to its rows needs
ten times that, and holds up the event loop meanwhile. On SQLite each statement is therefore put into words once, and the
driver runs the words, on the same connection and in the same transaction. A list goes in as one JSON parameter, so that the
words stay the same whatever its length. Other databases take the usual way: there the network costs more.
"""

import json
import re
import sqlite3
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError

_LIST = re.compile(r"\(__\[POSTCOMPILE_(\w+)\]\)")  # where SQLAlchemy would write a list out


@dataclass(frozen=True, slots=True)
class _Words:
    sql: str
    pick: Callable[[Mapping[str, Any]], tuple[Any, ...]]  # the values, in their order
    lists: frozenset[str]  # those that are lists


def execute(connection: Connection, statement: Any, values: dict[str, Any]) -> Sequence[Any]:
    """Execute one of the statements that are built once. Returns its rows, whose columns are attributes."""
    if connection.dialect.name != "sqlite":
        result = connection.execute(statement, values)
        return result.all() if result.returns_rows else ()
    words = _in_words(statement)
    return execute_raw(connection, words.sql, words.pick(values | {name: json.dumps(values[name]) for name in words.lists}))


def execute_many(connection: Connection, statement: Any, rows: Sequence[Mapping[str, Any]]) -> Sequence[Any]:
    """Execute an INSERT for each of some rows, which have the same columns. Returns what it returns."""
    if connection.dialect.name != "sqlite":
        result = connection.execute(statement, rows)
        return result.all() if result.returns_rows else ()
    words = _in_words(statement, tuple(rows[0]))
    if "RETURNING" in words.sql:
        return [row for each in rows for row in execute_raw(connection, words.sql, words.pick(each))]
    return execute_raw(connection, words.sql, list(map(words.pick, rows)))


def execute_raw(connection: Connection, words: str, values: Any = ()) -> Sequence[Any]:
    """Hand SQLite's own words to the driver: once with a tuple of values, or for each tuple of a list. Returns the rows."""
    driver: Any = connection.connection.driver_connection
    try:
        cursor = driver.executemany(words, values) if isinstance(values, list) else driver.execute(words, values)
        if cursor.description is None:
            return ()
        return list(map(_row_of(tuple(column[0] for column in cursor.description))._make, cursor.fetchall()))
    except sqlite3.Error as error:  # as SQLAlchemy would raise it
        raise DBAPIError.instance(words, None, error, sqlite3.Error, dialect=connection.dialect) from error


@cache
def _row_of(columns: tuple[str, ...]) -> Any:
    return namedtuple("Row", columns)


@cache
def _in_words(statement: Any, columns: tuple[str, ...] | None = None) -> _Words:
    compiled = statement.compile(dialect=sqlite.dialect(), column_keys=columns)
    lists = frozenset(_LIST.findall(compiled.string))
    words = _LIST.sub("(SELECT value FROM json_each(?))", compiled.string)
    names = compiled.positiontup
    return _Words(words, itemgetter(*names) if len(names) > 1 else lambda values: (values[names[0]],), lists)
