"""Checking a new name costs the same however many accounts there are."""

import shutil
from pathlib import Path

from sqlalchemy import insert

from clickcounter.access import accounts
from clickcounter.database.engines import open_engine
from clickcounter.database.tables import ACCOUNTS
from tests.history.test_cost import steps


def test_a_name_is_compared_by_an_index(sqlite_template: Path, tmp_path: Path):
    found = []
    for many in (100, 5_000):
        url = f"sqlite:///{shutil.copy(sqlite_template, tmp_path / f'{many}.db')}"
        engine = open_engine(url, pooled=False)

        def register(engine=engine, name: str = "Person I") -> None:
            with engine.begin() as connection:
                accounts.create(connection, name, "a hash", 1)

        with engine.begin() as connection:
            columns = {"password_hash": "", "superuser": False, "created_at": 1}
            rows = [accounts.name_columns(f"Person {n}") | columns for n in range(2, many)]
            connection.execute(insert(ACCOUNTS), rows)
        found.append(steps(engine, register))
        engine.dispose()
    assert found[1] <= 1.5 * found[0] + 200, found
