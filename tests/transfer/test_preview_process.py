"""A file is looked at in a process of its own, which never outlives whoever asked."""

import asyncio
import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

import pytest

from clickcounter.errors import Refused
from clickcounter.transfer import import_process
from clickcounter.transfer.import_errors import BadFile
from tests.server import until

UTC = ZoneInfo("UTC")


@pytest.fixture
def long_table(tmp_path: Path) -> Iterator[BinaryIO]:
    path = tmp_path / "long.csv"
    path.write_text("when,amount\n" + "2026-03-01 09:00:00,1\n" * 400_000)
    with path.open("rb") as file:
        yield file


def children() -> set[str]:
    found: set[str] = set()
    for task in Path("/proc/self/task").iterdir():
        with contextlib.suppress(OSError):  # a thread that has ended
            found.update((task / "children").read_text().split())
    return found


async def test_a_preview_ends_when_nobody_waits_for_it(long_table: BinaryIO):
    before = children()
    asked = asyncio.create_task(import_process.preview(long_table, "counter", UTC, {}))
    await until(lambda: children() - before)
    asked.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asked
    assert asked.cancelled()
    assert children() == before


async def test_a_preview_that_takes_too_long_is_given_up(long_table: BinaryIO, monkeypatch: pytest.MonkeyPatch):
    before = children()
    monkeypatch.setattr(import_process, "LONGEST_PREVIEW", 0.01)
    with pytest.raises(Refused, match="preview_long"):
        await import_process.preview(long_table, "counter", UTC, {})
    assert children() == before


async def test_a_bad_file_is_told_with_its_line(tmp_path: Path):
    (tmp_path / "bad.csv").write_text("when,amount\n2026-03-01 09:00,1\n2026-03-01 09:05,many\n")
    with (tmp_path / "bad.csv").open("rb") as file:
        found = await import_process.preview(file, "counter", UTC, {})
        assert [(row["line"], row["unreadable"]) for row in found["left_out"]["rows"]] == [(3, True)]
    (tmp_path / "bad.csv").write_text("")
    with (tmp_path / "bad.csv").open("rb") as file, pytest.raises(BadFile, match="The file is empty"):
        await import_process.preview(file, "counter", UTC, {})
