"""Queries a database, bypassing the app."""

import contextlib
import select
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

_kept: dict[str, psycopg.Connection[Any]] = {}  # at most one, by its address: opening one costs more than most questions


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
    """The connection of the last question, if it went to the same database and nobody has ended it since; else a new one."""
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
    for other in [*_kept]:
        if earlier := _kept.pop(other, None):
            earlier.close()
    _kept[address] = connection


def _has_ended(connection: psycopg.Connection[Any]) -> bool:
    """Whether the server has said something since the last answer: that it is being stopped, killed or restarted."""
    return bool(select.select([connection], [], [], 0)[0])
