"""A page in a real browser reports how long its presses took, where metrics are on."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Open, allowing
from tests.scrape import number
from tests.server import BackEnd, free_port, wait_for

COUNT = "clickcounter_press_seen_seconds_count"
# A minute is too long for a test.
SHORT_MINUTES = "const real = setInterval; setInterval = (call, ms, ...rest) => real(call, ms === 60000 ? 200 : ms, ...rest)"


@pytest.fixture
def back_end(ports: tuple[int, int], tmp_path: Path, sqlite_template: Path) -> Iterator[BackEnd]:
    metrics = {"CLICKCOUNTER_METRICS": str(free_port())}
    server = BackEnd(ports[0], tmp_path, **allowing(ports[1]), **metrics)
    shutil.copy(sqlite_template, server.database)
    server.start()
    yield server
    server.kill()


def test_a_page_reports_its_presses_once_a_minute(back_end: BackEnd, tab: Open):
    metrics = int(back_end.environ["CLICKCOUNTER_METRICS"])
    one = tab("/nothing/here")
    one.page.add_init_script(SHORT_MINUTES)
    one.page.goto(one.page.url.replace("/nothing/here", "/"))
    one.is_state("connected")
    pressed, began = 0, time.monotonic()

    def reported() -> bool:
        nonlocal pressed
        one.press()
        pressed += 1
        return number(metrics, COUNT) > 0

    wait_for(reported, "presses are reported")
    assert number(metrics, COUNT) <= pressed
    assert 0 < number(metrics, "clickcounter_press_seen_seconds_sum") <= pressed * (time.monotonic() - began)
    assert number(metrics, "clickcounter_presses_total", outcome="malformed") == 0
