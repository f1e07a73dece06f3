"""A back end with metrics."""

from collections.abc import Iterator

import pytest

from tests.server import BackEnd, free_port


@pytest.fixture(scope="module")
def metrics() -> int:
    """The port of the back end's metrics."""
    return free_port()


@pytest.fixture(scope="module")
def back_end(metrics: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackEnd]:
    server = BackEnd(free_port(), tmp_path_factory.mktemp("metrics"), CLICKCOUNTER_METRICS=str(metrics))
    server.start()
    yield server
    server.kill()
    assert "Traceback" not in server.printed()
