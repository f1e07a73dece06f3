"""Exports and imports: a counter that leaves as a file and comes back counts the same, once."""

import csv
import io
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from clickcounter.database import tables
from clickcounter.database.engines import open_engine
from clickcounter.domain.clicks import now_ms
from clickcounter.domain.counter_settings import settings_from_row
from clickcounter.history import ledger_pages, snapshots, timeseries
from clickcounter.history.leaders import leaders
from clickcounter.history.timeseries import ChartQuery
from clickcounter.ledger import counters
from clickcounter.ledger.ledger import Ledger
from clickcounter.transfer import exporter, file_format
from clickcounter.transfer.exporter import ExportRequest
from clickcounter.transfer.importer import ImportResult, ImportSource, Progress, import_file
from tests.conftest import only_sqlite
from tests.raw import new_key
from tests.sql import ask
from tests.terminal import terminal
from tests.transfer.samples import all_rows, fill, write_export
from tests.writing import consistent, order

UTC = ZoneInfo("UTC")
CSV = 'When,Amount,Note\r\n2026-03-01 09:00,5,\r\n2026-03-01T09:15:30+02:00,-2,"a, b"\r\n\r\n2026-03-02,1,x\r\n'
Query = Callable[[str], list[tuple]]


def visible(url: str, slug: str) -> list[object]:
    """Everything that people see of a counter, except its revision."""
    engine = open_engine(url)
    with engine.begin() as connection:
        row = connection.execute(tables.COUNTERS.select().where(tables.COUNTERS.c.slug == slug)).one()
    snapshot = snapshots.snapshot_of(engine, slug)
    chart = ChartQuery(slug, "quarter", ZoneInfo("Asia/Kathmandu"), now_ms() - 4 * 86_400_000, now_ms())
    buckets = [bar for bar in timeseries.buckets(engine, chart) if bar.clicks]
    most_active = [(leader.label, leader.up, leader.down, leader.clicks) for leader in leaders(engine, slug)]
    rounds = [
        (r.id, r.number, r.total, r.clicks, r.started_at, r.ended_at, r.ended_by_label, r.by_schedule)
        for r in ledger_pages.read_rounds(engine, slug)
    ]
    columns = "key, amount, total, pressed_at, saved_at, kind, takes_back, reason, time_adjusted, round_unknown"
    clicks = ask(url, f"SELECT {columns} FROM click WHERE counter_id = {row.id} ORDER BY key")
    settings = [getattr(settings_from_row(row), name) for name in (*file_format.SETTINGS, *file_format.ACCESS, "ends_at")]
    engine.dispose()
    return [snapshot.value, snapshot.round, buckets, sorted(most_active), rounds, clicks, settings]


@pytest.mark.parametrize("with_hashes", [True, False], ids=["with hashes", "as downloaded"])
def test_an_import_restores_an_export_and_repeating_changes_nothing(
    db_url: str, other_url: str, tmp_path: Path, with_hashes: bool
):
    fill(db_url)
    path = write_export(db_url, tmp_path / "all.jsonl", ExportRequest(with_hashes=with_hashes))
    reports: list[Progress] = []
    result = import_file(other_url, ImportSource(path, "counter", UTC), reports.append)
    assert result == ImportResult(199, 0)
    for slug in ("counter", "vostok"):
        assert visible(other_url, slug) == visible(db_url, slug)
    consistent(other_url, 199)
    before = all_rows(other_url)
    assert import_file(other_url, ImportSource(path, "counter", UTC), reports.append) == ImportResult(0, 199)
    assert all_rows(other_url) == before
    moved = Ledger(other_url)
    value = moved.write([order(device="d" * 64)])[0].snapshot.value  # the imported round goes on
    moved.close()
    assert value == ask(db_url, "SELECT value FROM counter WHERE slug = 'counter'")[0][0] + 1
    consistent(other_url, 200)


def test_an_import_adds_past_rounds_to_a_running_counter(db_url: str, other_url: str, tmp_path: Path):
    fill(db_url)
    other = Ledger(other_url)
    other.write([order() for _ in range(3)])
    path = write_export(db_url, tmp_path / "one.jsonl", ExportRequest("counter"))
    other.transact(lambda connection: counters.update_settings(connection, "counter", {"step": 7}, None))
    import_file(other_url, ImportSource(path, "counter", UTC), print)
    snapshot = other.write([order()])[0].snapshot
    assert (snapshot.value, snapshot.settings.step) == (4, 7)
    engine = open_engine(other_url)
    past = ledger_pages.read_rounds(engine, "counter")
    assert [r.number for r in past] == [4, 3, 2, 1]
    assert [r.ended_at is None for r in past] == [True, False, False, False]
    assert past[0].id == snapshot.round
    engine.dispose()
    other.close()
    consistent(other_url, ask(db_url, "SELECT count(*) FROM click WHERE counter_id = 1")[0][0] + 4)


def test_a_device_labelled_during_an_export_is_imported_with_its_new_label(db_url: str, other_url: str, tmp_path: Path):
    fill(db_url)
    engine = open_engine(db_url)
    lines = []
    for line in exporter.json_lines(engine, ExportRequest(with_hashes=True)):
        if '"slug": "vostok"' in line:  # between the first counter and the second
            ask(db_url, "UPDATE device SET label = 'North' WHERE secret_sha256 LIKE 'a%'")
        lines.append(line)
    engine.dispose()
    (tmp_path / "all.jsonl").write_text("".join(lines))
    import_file(other_url, ImportSource(tmp_path / "all.jsonl", "counter", UTC), print)
    assert ask(other_url, "SELECT label FROM device WHERE secret_sha256 LIKE 'aaaa%'") == [("North",)]
    consistent(other_url, 199)


def test_a_csv_is_imported_once_in_local_time(db_url: str, query: Query, tmp_path: Path):
    (tmp_path / "tally.csv").write_text(CSV, newline="")
    source = ImportSource(tmp_path / "tally.csv", "walkers", ZoneInfo("Europe/Berlin"))
    assert import_file(db_url, source, print) == ImportResult(3, 0)
    assert query("SELECT value FROM counter WHERE slug = 'walkers'") == [(4,)]
    assert query("SELECT pressed_at FROM click ORDER BY id") == [(1772349330000,), (1772352000000,), (1772406000000,)]
    assert import_file(db_url, source, print) == ImportResult(0, 3)
    consistent(db_url, 3)


def test_no_exported_cell_is_a_formula(db_url: str, tmp_path: Path):
    fill(db_url)
    ask(db_url, "UPDATE click SET reason = '+1+1' WHERE kind = 'correction'")
    path = write_export(db_url, tmp_path / "all.csv", ExportRequest(zone=ZoneInfo("Asia/Kolkata")), "csv")
    table = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))
    assert len(table) == 199
    for row in table:
        assert not any(cell.startswith(("=", "+", "@", "\t", "\r")) for cell in row.values())
        assert row["amount"].lstrip("-").isdigit()
        assert row["pressed_local"].endswith("+05:30")
    assert {row["label"] for row in table} == {"'=cmd()", ""}
    assert {row["reason"] for row in table if row["kind"] == "correction"} == {"'+1+1"}


def test_export_memory_does_not_grow_with_the_ledger(db_url: str, ledger: Ledger):
    """Six times the clicks, no more memory."""

    def peak(clicks: int) -> int:
        for _ in range(clicks // 1_000):
            ledger.write([order(*(new_key() for _ in range(1_000)))])
        tracemalloc.start()
        size = sum(map(len, exporter.chunks(exporter.json_lines(engine, ExportRequest()))))
        assert size > clicks * 100
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    engine = open_engine(db_url)
    few, many = peak(2_000), peak(10_000)
    engine.dispose()
    assert many < few * 1.3


@only_sqlite
def test_the_terminal_exports_and_imports(db_url: str, other_url: str, tmp_path: Path):
    fill(db_url)
    file = str(tmp_path / "all.jsonl")
    assert terminal(db_url, "export", "--output", file).returncode == 0
    printed = terminal(db_url, "export")
    assert printed.stdout.splitlines()[1:] == Path(file).read_text().splitlines()[1:]
    assert "never overwrites" in terminal(db_url, "export", "--output", file).stderr
    assert terminal(other_url, "import", file).stdout.splitlines()[-2] == "199 clicks imported, 0 were already here."
    assert visible(other_url, "vostok") == visible(db_url, "vostok")
    assert terminal(db_url, "export", "nowhere").stderr == "There is no counter 'nowhere'.\n"
    assert terminal(db_url, "export", "--zone", "Mars").stderr == "There is no such time zone.\n"
    assert terminal(other_url, "import", str(tmp_path / "none")).stderr.endswith(
        "cannot be read: No such file or directory.\n"
    )
