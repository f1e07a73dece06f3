"""Upgrades from every schema there ever was, each with rows in all tables it has."""

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from clickcounter.database import schema
from clickcounter.database.engines import open_engine
from clickcounter.domain.clicks import Click, Order, now_ms
from clickcounter.history import verify
from clickcounter.ledger.ledger import Ledger
from clickcounter.settings import database_url
from tests.database.test_two_versions import REVISIONS, contents, migrate
from tests.postgres import PostgreSQL
from tests.raw import new_key
from tests.sql import ask


@pytest.fixture(params=["sqlite", "postgresql"])
def every_schema(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Iterator[tuple[str, str]]]:
    """A copy of one database in each schema, while it grows: revisions and URLs."""
    server: PostgreSQL | None = request.getfixturevalue("postgres") if request.param == "postgresql" else None
    path = tmp_path / "growing.db"
    growing = database_url(server.create_database()) if server else f"sqlite:///{path}"
    copies: list[str] = []

    def copy(revision: str) -> str:
        if server:
            copies.append(database_url(server.create_database(growing.rpartition("/")[2])))
            return copies[-1]
        return f"sqlite:///{shutil.copy(path, tmp_path / f'{revision}.db')}"

    def grow() -> Iterator[tuple[str, str]]:
        for revision in REVISIONS:
            engine = schema.migrating_engine(growing)
            migrate(engine, revision)
            engine.dispose()  # PostgreSQL copies a database that nobody uses
            yield revision, copy(revision)

    yield grow()
    if server:
        for url in (growing, *copies):
            server.drop_database(url)


def test_every_schema_comes_up_to_date_with_all_its_rows(every_schema: Iterator[tuple[str, str]]):
    seen = []
    for revision, url in every_schema:
        columns, before = contents(url)
        schema.prepare(url, by_hand=True)
        after = contents(url, columns)[1]
        lost = {table: rows for table in before if (rows := Counter(before[table]) - Counter(after[table]))}
        assert lost == {}, f"from {revision}"
        assert schema.is_current(url)
        engine = open_engine(url)
        assert verify.verify(engine)[1] == [], f"from {revision}"
        engine.dispose()
        for table in (
            ("device", "click") if url.startswith("postgresql") else ()
        ):  # their rows here brought their numbers along
            ask(url, f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), 100)")
        ledger = Ledger(url)
        order = Order("counter", "another device", (Click(new_key(), 1, now_ms(), 0),))
        assert list(ledger.write([order])[0].codes.values()) == ["saved"], f"from {revision}"
        ledger.close()
        seen.append(revision)
    assert seen == REVISIONS
