"""Readers let something more urgent by, but not for ever."""

import itertools

import pytest
from sqlalchemy import text

from clickcounter.database import engines
from clickcounter.database.engines import give_way, open_engine


def test_a_statement_waits_while_something_is_urgent(db_url: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(engines, "LONGEST_WAIT", 1.0)
    engine = open_engine(db_url, pooled=False)
    answers = iter([True, True, True, False, False])
    give_way(engine, lambda: next(answers))
    with engine.connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
    assert list(answers) == [False]


def test_a_statement_does_not_wait_for_ever(db_url: str):
    engine = open_engine(db_url, pooled=False)
    asked = itertools.count()
    give_way(engine, lambda: next(asked) >= 0)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
    assert next(asked) > 1
