"""The increment, as models.py shows it."""

from collections.abc import Callable

import pytest
from sqlalchemy.exc import StatementError
from sqlmodel import Session, select

from clickcounter.database.engines import open_engine
from clickcounter.models import Counter

PARAMETERS = {"which": 1, "next_revision": 2**53, "by": None, "account": None}


def test_counter_add_increments_in_the_database(db_url: str, query: Callable[[str], list[tuple]]):
    engine = open_engine(db_url)
    with Session(engine) as session:
        stale = session.exec(select(Counter)).one()
        session.connection().execute(Counter.add(5), PARAMETERS)
        session.connection().execute(Counter.add(-2), PARAMETERS)
        assert stale.value == 0  # as loaded, before both
        session.commit()
    engine.dispose()
    assert query("SELECT value, revision FROM counter") == [(3, 2**53)]


def test_counter_add_without_a_counter_updates_nothing(db_url: str, query: Callable[[str], list[tuple]]):
    engine = open_engine(db_url)
    with engine.begin() as connection, pytest.raises(StatementError, match="which"):
        connection.execute(Counter.add(5), {"next_revision": 1, "by": None, "account": None})
    engine.dispose()
    assert query("SELECT value FROM counter") == [(0,)]
