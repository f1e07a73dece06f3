"""Exports as tables: what a spreadsheet shows of them."""

import csv
import io
import re
import tracemalloc
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from python_calamine import CalamineWorkbook

from clickcounter.database.engines import open_engine
from clickcounter.ledger.ledger import Ledger
from clickcounter.transfer import exporter
from clickcounter.transfer.exporter import ExportRequest
from clickcounter.transfer.exports import xlsx_table
from tests.conftest import only_sqlite
from tests.raw import new_key
from tests.sql import ask
from tests.transfer.samples import fill, write_export
from tests.writing import order

KOLKATA = ZoneInfo("Asia/Kolkata")
AWKWARD = 'a;b,c\td"e <&> _x0041_ '


def sheets(path: Path) -> list[list[list[object]]]:
    book = CalamineWorkbook.from_path(path)
    return [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]


def since_epoch(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1)) // timedelta(milliseconds=1)  # noqa: DTZ001  a cell's date has no zone


def test_a_spreadsheet_holds_every_entry_with_real_dates(db_url: str, tmp_path: Path):
    fill(db_url)
    ask(db_url, "UPDATE click SET reason = '+1+1' WHERE kind = 'correction'")
    [[names, *rows]] = sheets(write_export(db_url, tmp_path / "all.xlsx", ExportRequest(zone=KOLKATA), "xlsx"))
    table = [dict(zip(names, row, strict=True)) for row in rows]
    columns = "c.slug, r.number, k.pressed_at, k.saved_at, k.amount, k.total, k.key, k.reason"
    joined = "click k JOIN round r ON r.id = k.round_id JOIN counter c ON c.id = k.counter_id"
    shown = [
        (
            *(row["counter"], int(row["round"]), since_epoch(row["pressed_utc"]), since_epoch(row["saved_utc"])),
            *(int(row["amount"]), int(row["total"]), row["key"], row["reason"]),
        )
        for row in table
    ]
    assert sorted(shown) == sorted(ask(db_url, f"SELECT {columns} FROM {joined}"))
    assert all(row["pressed_local"] - row["pressed_utc"] == timedelta(hours=5.5) for row in table)
    assert {row["label"] for row in table} == {"=cmd()", ""}, "a text is never a formula"


@only_sqlite
def test_texts_survive_any_characters_and_separators(db_url: str, tmp_path: Path):
    fill(db_url)
    engine = open_engine(db_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE click SET reason = ? WHERE kind = 'correction'", (AWKWARD,))
    engine.dispose()
    [[names, *rows]] = sheets(write_export(db_url, tmp_path / "all.xlsx", ExportRequest(), "xlsx"))
    assert {row[names.index("reason")] for row in rows} == {AWKWARD, ""}
    for separator in ",;":
        path = write_export(db_url, tmp_path / "all.csv", ExportRequest(separator=separator), "csv")
        text = path.read_text("utf-8-sig")
        assert {row["reason"] for row in csv.DictReader(io.StringIO(text), delimiter=separator)} == {AWKWARD, ""}
        outside_quotes = re.sub(r'"([^"]|"")*"', "", text)
        assert set(",;\t") & set(outside_quotes) == {separator}, "LibreOffice splits at all three"


@only_sqlite
def test_a_full_sheet_is_followed_by_another(db_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    fill(db_url)
    monkeypatch.setattr(xlsx_table, "MOST_ROWS", 100)
    found = sheets(write_export(db_url, tmp_path / "all.xlsx", ExportRequest(), "xlsx"))
    assert all(sheet[0] == list(exporter.COLUMNS) for sheet in found)
    assert len(found) > 2
    assert max(map(len, found)) <= 100
    assert sum(len(sheet) - 1 for sheet in found) == 199


@only_sqlite
def test_a_spreadsheets_memory_does_not_grow_with_the_ledger(db_url: str, ledger: Ledger):
    """Five times the clicks, no more memory; and nobody waits for the first piece."""

    def peak(clicks: int) -> int:
        for _ in range(clicks // 1_000):
            ledger.write([order(*(new_key() for _ in range(1_000)))])
        tracemalloc.start()
        pieces = [len(piece) for piece in exporter.FORMATS["xlsx"](engine, ExportRequest())]
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert sum(pieces) > clicks * 20
        assert max(pieces) < 100_000
        return highest

    engine = open_engine(db_url)
    few, many = peak(2_000), peak(10_000)
    engine.dispose()
    assert many < few * 1.3


@only_sqlite
def test_a_spreadsheet_that_nobody_waits_for_is_dropped_quietly(db_url: str, recwarn: pytest.WarningsRecorder):
    fill(db_url)
    engine = open_engine(db_url)
    pieces = exporter.FORMATS["xlsx"](engine, ExportRequest())
    next(pieces)
    pieces.close()
    engine.dispose()
    assert not recwarn.list
