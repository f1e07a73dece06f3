"""A server for all tests of the API, on each engine."""

from collections.abc import Iterator

import pytest

from tests.api.v1.world import Program
from tests.postgres import TEMPLATE, PostgreSQL
from tests.server import BackEnd, free_port


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackEnd]:
    """A back end that lets one device make many counters."""
    settings = {"CLICKCOUNTER_COUNTERS_PER_HOUR": "10000"}
    if request.param == "postgresql":
        postgres: PostgreSQL = request.getfixturevalue("postgres")
        settings["REFLEX_DB_URL"] = postgres.create_database(TEMPLATE)
    server = BackEnd(free_port(), tmp_path_factory.mktemp("api"), **settings)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def program(served: BackEnd) -> Program:
    """A program with a device of its own."""
    return Program(served)
