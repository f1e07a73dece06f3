"""The increment, as models.py shows it, and many rows at once."""

from collections.abc import Callable

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError, StatementError
from sqlmodel import Session, select

from clickcounter.database.compiled_sqlite import execute_many
from clickcounter.database.engines import open_engine
from clickcounter.database.tables import DEVICES
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


@pytest.mark.parametrize("count", [1, 2, 20, 85, 129])
def test_any_number_of_rows_is_inserted_in_order_or_not_at_all(db_url: str, query: Callable[[str], list[tuple]], count: int):
    engine = open_engine(db_url, writing=True)
    rows = [{"secret_sha256": f"{n:064}", "label": f"{n}", "created_at": n} for n in range(count)]
    with engine.begin() as connection:
        returned = execute_many(connection, insert(DEVICES).returning(DEVICES.c.label), rows)
    new = [row | {"secret_sha256": f"new {row['label']}"} for row in rows]
    with pytest.raises(IntegrityError), engine.begin() as connection:
        execute_many(connection, insert(DEVICES), new + rows[-1:])
    engine.dispose()
    assert [row.label for row in returned] == [f"{n}" for n in range(count)]
    assert query("SELECT label FROM device ORDER BY id") == [(f"{n}",) for n in range(count)]
