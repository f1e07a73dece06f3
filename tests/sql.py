"""Queries a database, bypassing the app."""

import contextlib
import select
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

KEPT = 3  # connections, because opening one costs sixty times as much as a question
_kept: dict[str, psycopg.Connection[Any]] = {}  # by their addresses, the one used last at the end


def ask(url: str, statement: str) -> list[tuple[Any, ...]]:
    """Run one statement, commit it and return its rows."""
    if url.startswith("sqlite"):
        with sqlite3.connect(Path(url.removeprefix("sqlite:///")), timeout=30) as connection:
            return connection.execute(statement).fetchall()
    with _connection(url.replace("+psycopg", "")) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


@contextlib.contextmanager
def _connection(address: str) -> Iterator[psycopg.Connection[Any]]:
    """A kept connection to this database, if nobody uses it and nobody has ended it since; else a new one."""
    connection = _kept.pop(address, None)
    if connection and _has_ended(connection):
        connection.close()
        connection = None
    # Nothing is prepared: a table may have other columns the next time.
    connection = connection or psycopg.connect(address, autocommit=True, prepare_threshold=None)
    try:
        yield connection
    except BaseException:
        connection.close()
        raise
    for other in (address, *[*_kept][: 1 - KEPT]):  # another thread may have asked, too
        if earlier := _kept.pop(other, None):
            earlier.close()
    _kept[address] = connection


def _has_ended(connection: psycopg.Connection[Any]) -> bool:
    """Whether the server has said something since the last answer: that it is being stopped, killed or restarted."""
    return bool(select.select([connection], [], [], 0)[0])
