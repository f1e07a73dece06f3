"""A workbook is parsed once, by a process that ends when nobody reads it any more."""

import gc
import subprocess
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from clickcounter.transfer.table_import.preview import preview_of
from clickcounter.transfer.tables import recognize
from clickcounter.transfer.tables.sources import workbooks
from tests.transfer.tables.reading import BERLIN, FILES

WORKBOOKS = ["libreoffice_de.xlsx", "libreoffice_de.ods"]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list["subprocess.Popen[bytes]"]:
    """The processes that read workbooks."""
    processes: list[subprocess.Popen[bytes]] = []

    class Noted(subprocess.Popen):  # type: ignore[type-arg]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            processes.append(self)

    monkeypatch.setattr(workbooks.subprocess, "Popen", Noted)
    return processes


@pytest.mark.parametrize("name", WORKBOOKS)
def test_a_preview_parses_a_workbook_once(name: str, started: list["subprocess.Popen[bytes]"]):
    with (FILES / name).open("rb") as file:
        found = preview_of(file, "doors", BERLIN, {})
    assert sum(counter["rows"] for counter in found["counters"]) == 4
    assert [process.returncode is not None for process in started] == [True]


def test_a_workbook_that_is_only_recognized_leaves_no_process(started: list["subprocess.Popen[bytes]"]):
    with (FILES / WORKBOOKS[0]).open("rb") as file:
        recognize(file, "doors", ZoneInfo("UTC"), {})
    del file
    gc.collect()
    assert [process.returncode is not None for process in started] == [True]
