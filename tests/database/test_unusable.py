"""Databases that cannot be used are refused at start with a sentence."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from clickcounter.settings import database_url
from tests.postgres import PgBouncer, PostgreSQL
from tests.server import REFLEX, ROOT, free_port
from tests.terminal import terminal

Pooled = Callable[..., str]


@pytest.fixture
def pooled(postgres: PostgreSQL, postgresql_url: str) -> Iterator[Pooled]:
    """The URL of this test's database through PgBouncer in this mode."""
    made: list[PgBouncer] = []

    def start(mode: str, **settings: object) -> str:
        made.append(PgBouncer(postgres, mode, **settings))
        made[-1].start()
        return database_url(made[-1].url(postgresql_url.rpartition("/")[2]))

    yield start
    for pooler in made:
        pooler.remove()


@pytest.mark.parametrize(
    "settings",
    [{}, {"server_round_robin": 1}, {"default_pool_size": 1}, {"server_reset_query_always": 1, "default_pool_size": 1}],
)
def test_a_pooler_of_transactions_is_refused(pooled: Pooled, settings: dict[str, int]):
    result = terminal(pooled("transaction", **settings), "upgrade")
    assert result.returncode == 1
    assert "session pooling" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_pooler_of_sessions_is_accepted(pooled: Pooled):
    result = terminal(pooled("session"), "upgrade")
    assert (result.returncode, result.stderr) == (0, "")


def test_a_database_without_an_encoding_is_refused(postgres: PostgreSQL):
    postgres.ask("postgres", "CREATE DATABASE ascii TEMPLATE template0 ENCODING SQL_ASCII LOCALE 'C'")
    result = terminal(postgres.url("ascii"), "upgrade")
    assert result.returncode == 1
    assert "The database has the encoding SQL_ASCII" in result.stderr
    assert "createdb --encoding UTF8" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("place", ["missing", "file", "proc"])
@pytest.mark.parametrize("command", ["upgrade", "run"])
def test_a_database_that_cannot_be_written_is_refused(tmp_path: Path, place: str, command: str):
    (tmp_path / "file").touch()
    folder = Path("/proc") if place == "proc" else tmp_path / place  # nobody can create a file there
    url = f"sqlite:///{folder}/counter.db"
    if command == "run":
        run = [*REFLEX, "run", "--env", "prod", "--backend-only", "--backend-port", str(free_port())]
        environ = os.environ | {"REFLEX_DB_URL": url}
        result = subprocess.run(run, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=180, check=False)
    else:
        result = terminal(url, command)
    assert result.returncode == 1
    assert result.stderr.startswith(f"The database {folder}/counter.db cannot be written: ")
    assert "REFLEX_DB_URL=" in result.stderr
    assert "Traceback" not in result.stdout + result.stderr
