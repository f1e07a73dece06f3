"""Queries a database, bypassing the app."""

import sqlite3
from pathlib import Path
from typing import Any

import psycopg


def ask(url: str, statement: str) -> list[tuple[Any, ...]]:
    """Run one statement, commit it and return its rows."""
    if url.startswith("sqlite"):
        with sqlite3.connect(Path(url.removeprefix("sqlite:///")), timeout=30) as connection:
            return connection.execute(statement).fetchall()
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []
