"""Readers let something more urgent by, but not for ever."""

import itertools

import pytest
from sqlalchemy import text

from clickcounter.database import engines
from clickcounter.database.engines import give_way, open_engine, read_only


def test_a_statement_waits_while_something_is_urgent(db_url: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(engines, "LONGEST_WAIT", 1.0)
    engine = open_engine(db_url, pooled=False)
    answers = iter([True, True, True, False, False])
    give_way(engine, lambda: next(answers))
    with read_only(engine).connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
    assert list(answers) == [False]


def test_a_statement_does_not_wait_for_ever(db_url: str):
    engine = open_engine(db_url, pooled=False)
    asked = itertools.count()
    give_way(engine, lambda: next(asked) >= 0)
    with read_only(engine).connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
    assert next(asked) > 1


def test_a_statement_of_a_writer_does_not_wait(db_url: str):
    engine = open_engine(db_url, pooled=False)
    asked = itertools.count()
    give_way(engine, lambda: next(asked) >= 0)
    with engine.begin() as connection:
        connection.execute(text("UPDATE counter SET value = value"))
    assert next(asked) == 0
