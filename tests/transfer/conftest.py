"""What the tests of this folder share."""

from pathlib import Path

import pytest

from clickcounter.database import schema
from clickcounter.ledger.ledger import Ledger
from clickcounter.settings import database_url
from tests.postgres import PostgreSQL


@pytest.fixture
def other_url(db_url: str, postgres: PostgreSQL, tmp_path: Path) -> str:
    """A fresh instance on a database of the other kind, with the default counter."""
    url = database_url(postgres.create_database()) if db_url.startswith("sqlite") else f"sqlite:///{tmp_path}/other.db"
    schema.prepare(url, by_hand=True)
    ledger = Ledger(url)
    ledger.create("counter")
    ledger.close()
    return url
