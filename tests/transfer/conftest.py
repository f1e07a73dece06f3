"""What the tests of this folder share."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from clickcounter.ledger.ledger import Ledger
from clickcounter.settings import database_url
from tests.postgres import TEMPLATE, PostgreSQL


@pytest.fixture
def newest_url(db_url: str, postgres: PostgreSQL, sqlite_template: Path, tmp_path: Path) -> Iterator[str]:
    """A fresh database of the other kind in the newest schema, without a counter."""
    if db_url.startswith("sqlite"):
        url = postgres.create_database(TEMPLATE)
        yield database_url(url)
        postgres.drop_database(url)
    else:
        yield f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'other.db')}"


@pytest.fixture
def other_url(newest_url: str) -> str:
    """A fresh instance on a database of the other kind, with the default counter."""
    ledger = Ledger(newest_url)
    ledger.create("counter")
    ledger.close()
    return newest_url
