"""What a look costs does not grow with devices, rounds or clicks. Counted in the steps of SQLite's virtual machine."""

import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from clickcounter.database.engines import open_engine
from clickcounter.history import background, leaders, participants
from clickcounter.history.background import BackgroundReads
from clickcounter.history.report import entries as report_entries
from tests import large
from tests.large import Size, looks, prepare
from tests.server import wait_for

STEP = 20  # how exactly steps are counted
MANY = 150  # stands for the thousands of rows that a page adds up itself
GROWTHS = {
    "devices": (Size(3_000, 300), Size(3_000, 3_000)),
    "clicks": (Size(6_000, 20, days=1, people=2), Size(60_000, 20, days=1, people=2)),
    "counters": (Size(3_000, 300), Size(3_000, 300, counters=1_000)),
    "rounds without clicks": (Size(3_000, 300, 30, first_used=30), Size(3_000, 300, 3_000, first_used=3_000)),
    "rounds with clicks": (Size(3_000, 300, 30), Size(3_000, 300, 3_000)),
}
# A few steps remain for each of these: all names are searched and counted, all rounds of a span of time are added up.
ALLOWED = {"counters": ("list", 20 * 1_000), "rounds with clicks": ("", 100 * 3_000)}


def steps(engine: Engine, look: Callable[[], object]) -> int:
    """How much SQLite works for a look in this thread, once the background has answered what it asks."""
    counted, here = [0], threading.get_ident()

    def count() -> None:
        counted[0] += STEP * (threading.get_ident() == here)

    def listen(connection, _record) -> None:
        connection.set_progress_handler(count, STEP)

    event.listen(engine, "connect", listen)
    look()  # asks what is read in the background
    wait_for(lambda: not leaders._in_background._busy, "the background has answered")
    counted[0] = 0
    look()
    event.remove(engine, "connect", listen)
    return counted[0]


@pytest.mark.parametrize("growth", GROWTHS)
def test_a_look_costs_the_same_however_much_is_there(
    growth: str, sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(leaders, "MANY", MANY)
    monkeypatch.setattr(participants, "MANY", MANY)
    monkeypatch.setattr(participants, "MAX_ENTRIES", MANY)
    monkeypatch.setattr(participants, "UNDO_REACH", MANY)
    monkeypatch.setattr(report_entries, "MOST_ENTRIES", MANY)
    monkeypatch.setattr(leaders, "_in_background", BackgroundReads())
    monkeypatch.setattr(background, "SHARE", 1.0)
    now = large.now_ms()  # for both sizes: a later one may need other roll-ups
    monkeypatch.setattr(large, "now_ms", lambda: now)
    found: dict[str, list[int]] = {}
    for name, size in zip(("few", "many"), GROWTHS[growth], strict=True):
        url = f"sqlite:///{shutil.copy(sqlite_template, tmp_path / f'{name}.db')}"
        prepare(url, size)
        engine = open_engine(url, pooled=False)
        for label, look in looks(engine).items():
            found.setdefault(label, []).append(steps(engine, look))
        engine.dispose()
    part, allowed = ALLOWED.get(growth, ("", 0))
    assert {
        label: (few, many)
        for label, (few, many) in found.items()
        if many > 1.5 * few + 2_000 + (allowed if part in label else 0)
    } == {}
