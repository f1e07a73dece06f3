"""A counter leaves as a file and comes in from one: everything that counts, once, or nothing at all."""

import csv
import io
import json
import re
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from clickcounter.database import schema, tables
from clickcounter.database.engines import open_engine
from clickcounter.domain.clicks import CORRECTION, UNDO, Caller, Click, Order, now_ms
from clickcounter.domain.counter_settings import settings_from_row
from clickcounter.errors import NotDone
from clickcounter.history import ledger_pages, queries, timeseries
from clickcounter.history.leaders import leaders
from clickcounter.history.timeseries import ChartQuery
from clickcounter.ledger import counters
from clickcounter.ledger.ledger import Ledger
from clickcounter.settings import database_url
from clickcounter.transfer import exporter, file_format
from clickcounter.transfer.exporter import ExportRequest
from clickcounter.transfer.importer import ImportResult, ImportSource, Progress, import_file
from tests.conftest import only_sqlite
from tests.postgres import PostgreSQL
from tests.raw import new_key
from tests.sql import ask
from tests.terminal import terminal
from tests.writing import consistent, order

UTC = ZoneInfo("UTC")
TABLES = ("counter", "round", "device", "click", "tally", "activity", "device_activity")
Query = Callable[[str], list[tuple]]


@pytest.fixture
def other_url(db_url: str, postgres: PostgreSQL, tmp_path: Path) -> str:
    """A fresh instance on a database of the other kind, with the default counter."""
    url = database_url(postgres.create_database()) if db_url.startswith("sqlite") else f"sqlite:///{tmp_path}/other.db"
    schema.prepare(url, by_hand=True)
    made = Ledger(url)
    made.create("counter")
    made.close()
    return url


def fill(url: str) -> None:
    """Two counters, three rounds, every kind of entry, a label that wants to be a formula, times of several days."""
    ledger = Ledger(url)
    fields = {"name": "Восток", "upper": 9_000, "goal": 100, "step": 5, "warn_at": (50, 90)}
    east = ledger.perform(lambda connection: counters.create(connection, fields, 77, None))
    ask(url, "UPDATE round SET started_at = 1000")
    for counter in ("counter", east, "counter"):
        [(round_id,)] = ask(url, f"SELECT round_id FROM counter WHERE slug = '{counter}'")
        for day, letter in enumerate("abc"):
            at = now_ms() - day * 86_400_000
            clicks = [Click(new_key(), 3, at - n * 60_000, round_id) for n in range(20)]
            undo = Click(new_key(), 0, at, round_id, kind=UNDO, of=clicks[0].key)
            fix = Click(new_key(), 50, at, round_id, kind=CORRECTION, reason="counted, by hand")
            ledger.write([Order(counter, letter * 64, (*clicks, undo, fix))])
        ledger.reset(counter, None, Caller(None, "a" * 64))
        ask(url, "UPDATE round SET started_at = 2000 WHERE started_at > 1000")
    ledger.write([order(device="d" * 64)])
    ledger.close()
    ask(url, "UPDATE device SET label = '=cmd()' WHERE secret_sha256 LIKE 'a%'")


def written(url: str, path: Path, wanted: ExportRequest, kind: str = "jsonl") -> Path:
    engine = open_engine(url)
    path.write_text("".join(exporter.FORMATS[kind](engine, wanted)), encoding="utf-8", newline="")
    engine.dispose()
    return path


def told(url: str, slug: str) -> list[object]:
    """All that people see of a counter but its revision."""
    engine = open_engine(url)
    with engine.begin() as connection:
        row = connection.execute(tables.COUNTERS.select().where(tables.COUNTERS.c.slug == slug)).one()
    snapshot = queries.snapshot_of(engine, slug)
    wish = ChartQuery(slug, "quarter", ZoneInfo("Asia/Kathmandu"), now_ms() - 4 * 86_400_000, now_ms())
    bars = [bar for bar in timeseries.buckets(engine, wish) if bar.clicks]
    who = [(leader.label, leader.up, leader.down, leader.clicks) for leader in leaders(engine, slug)]
    rounds = [
        (r.id, r.number, r.total, r.clicks, r.started_at, r.ended_at, r.ended_by_label)
        for r in ledger_pages.read_rounds(engine, slug)
    ]
    columns = "key, amount, total, pressed_at, saved_at, kind, takes_back, reason, time_adjusted, round_unknown"
    clicks = ask(url, f"SELECT {columns} FROM click WHERE counter_id = {row.id} ORDER BY key")
    settings = [getattr(settings_from_row(row), name) for name in file_format.SETTINGS]
    engine.dispose()
    return [snapshot.value, snapshot.round, bars, sorted(who), rounds, clicks, settings]


def rows(url: str) -> list[list[tuple]]:
    return [sorted(ask(url, f"SELECT * FROM {table}"), key=str) for table in TABLES]


@pytest.mark.parametrize("whole", [True, False], ids=["with hashes", "as downloaded"])
def test_an_export_brought_into_an_empty_instance_tells_the_same_and_twice_changes_nothing(
    db_url: str, other_url: str, tmp_path: Path, whole: bool
):
    fill(db_url)
    path = written(db_url, tmp_path / "all.jsonl", ExportRequest(with_hashes=whole))
    said: list[Progress] = []
    brought = import_file(other_url, ImportSource(path, "counter", UTC), said.append)
    assert brought == ImportResult(199, 0)
    for slug in ("counter", "vostok"):
        assert told(other_url, slug) == told(db_url, slug)
    consistent(other_url, 199)
    before = rows(other_url)
    assert import_file(other_url, ImportSource(path, "counter", UTC), said.append) == ImportResult(0, 199)
    assert rows(other_url) == before
    moved = Ledger(other_url)
    value = moved.write([order(device="d" * 64)])[0].snapshot.value  # it goes on, in the round that came
    moved.close()
    assert value == ask(db_url, "SELECT value FROM counter WHERE slug = 'counter'")[0][0] + 1
    consistent(other_url, 200)


def test_a_running_counter_keeps_its_round_and_settings_and_gets_the_others_rounds_as_past_ones(
    db_url: str, other_url: str, tmp_path: Path
):
    fill(db_url)
    other = Ledger(other_url)
    other.write([order() for _ in range(3)])
    path = written(db_url, tmp_path / "one.jsonl", ExportRequest("counter"))
    other.perform(lambda connection: counters.update_settings(connection, "counter", {"step": 7}, None))
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


TABLE = 'When,Amount,Note\r\n2026-03-01 09:00,5,\r\n2026-03-01T09:15:30+02:00,-2,"a, b"\r\n\r\n2026-03-02,1,x\r\n'


def test_a_table_of_another_app_comes_in_once_in_the_time_of_its_place(db_url: str, query: Query, tmp_path: Path):
    (tmp_path / "tally.csv").write_text(TABLE, newline="")
    source = ImportSource(tmp_path / "tally.csv", "walkers", ZoneInfo("Europe/Berlin"))
    assert import_file(db_url, source, print) == ImportResult(3, 0)
    assert query("SELECT value FROM counter WHERE slug = 'walkers'") == [(4,)]
    assert query("SELECT pressed_at FROM click ORDER BY id") == [(1772352000000,), (1772349330000,), (1772406000000,)]
    assert import_file(db_url, source, print) == ImportResult(0, 3)
    consistent(db_url, 3)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, bytes, list[list[tuple]]]:
    """One database for all bad files, with an export of it and its rows as they have to stay."""
    folder = tmp_path_factory.mktemp("filled")
    url = f"sqlite:///{folder}/counter.db"
    schema.prepare(url)
    made = Ledger(url)
    made.create("counter")
    made.close()
    fill(url)
    return url, written(url, folder / "good.jsonl", ExportRequest("counter")).read_bytes(), rows(url)


def bad(change: Callable[[list[bytes]], None]) -> Callable[[bytes], bytes]:
    def spoil(good: bytes) -> bytes:
        found = good.splitlines(keepends=True)
        change(found)
        return b"".join(found)

    return spoil


def field(line: int, name: str, value: object) -> Callable[[bytes], bytes]:
    def change(found: list[bytes]) -> None:
        found[line - 1] = (json.dumps(json.loads(found[line - 1]) | {name: value}) + "\n").encode()

    return bad(change)


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda good: b"", "Line 1 does not name the columns"),
        (lambda good: b"a,b\n1,2\n", "Line 1 does not name the columns"),
        (lambda good: b"when,amount\n2026-01-01,1\nyesterday,1\n", 'Line 3 has no date and time in "when"'),
        (lambda good: b"when,amount\n2026-01-01,0\n", "Line 2 has no whole number up to 1,000,000"),
        (lambda good: b"when,amount\n2026-01-01,1.5\n", "Line 2 has no whole number"),
        (lambda good: b'when,amount\n"2026-01-01,1\n', "Line 2 is not CSV"),
        (lambda good: good[:-30], "is not whole"),
        (lambda good: good[: good.rindex(b'{"type": "end"')], "is missing: the file was cut off"),
        (lambda good: good[: len(good) // 2] + b"\xff\n", "is not UTF-8"),
        (lambda good: good + b"{}\n", "comes after the end"),
        (lambda good: good[good.index(b"\n") + 1 :], "Line 1 is not the first line of an export"),
        (lambda good: good[: good.index(b"\n") + 1] + b"x" * 100_000_000 + b"\n", "Line 2 is longer than 64 KiB"),
        (bad(lambda found: found.__delitem__(10)), "promises"),
        (bad(lambda found: found.insert(3, b"[1, 2]\n")), "Line 4 is nothing that an export holds"),
        (bad(lambda found: found.insert(3, b"[" * 50_000 + b"\n")), "Line 4 is not whole"),
        (field(1, "format", 99), 'Line 1 has no "format"'),
        (field(2, "slug", "../x"), 'Line 2 has no "slug"'),
        (field(2, "lower", 10**17), 'Line 2 has no "lower"'),
        (field(2, "colour", "puce"), "Line 2 has settings that cannot be: There is no such colour"),
        (field(9, "amount", True), 'Line 9 has no "amount"'),
        (field(9, "key", "\ud800"), 'Line 9 has no "key"'),
        (field(9, "key", "k\0"), 'Line 9 has no "key"'),
        (field(9, "pressed_at", "1066-10-14T09:00Z"), 'Line 9 has no "pressed_at"'),
        (field(9, "kind", "guess"), 'Line 9 has no "kind"'),
        (field(9, "round", 5), "Line 9 is a click of a round or a device"),
        (field(9, "takes_back", "k"), "Line 9 takes something back and is no undo"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_with_its_line_and_changes_nothing(
    filled: tuple[str, bytes, list[list[tuple]]], tmp_path: Path, spoil: Callable[[bytes], bytes], sentence: str
):
    url, good, before = filled
    (tmp_path / "bad").write_bytes(spoil(good))
    with pytest.raises(NotDone, match=re.escape(sentence)) as refused:
        import_file(url, ImportSource(tmp_path / "bad", "counter", UTC), print)
    assert str(refused.value).endswith("Nothing was changed.")
    assert rows(url) == before


def test_an_error_while_it_is_written_undoes_everything(db_url: str, other_url: str, tmp_path: Path):
    fill(db_url)
    path = written(db_url, tmp_path / "all.jsonl", ExportRequest())
    found = path.read_text().splitlines(keepends=True)
    last = max(n for n, line in enumerate(found) if '"type": "click"' in line)
    found[last] = json.dumps(json.loads(found[last]) | {"amount": 2**53 - 1}) + "\n"
    path.write_text("".join(found))
    before = rows(other_url)
    with pytest.raises(NotDone, match=f"Line {last + 1} makes the number too large"):
        import_file(other_url, ImportSource(path, "counter", UTC), print)
    assert rows(other_url) == before


def test_no_cell_of_a_table_is_a_formula(db_url: str, tmp_path: Path):
    fill(db_url)
    ask(db_url, "UPDATE click SET reason = '+1+1' WHERE kind = 'correction'")
    text = written(db_url, tmp_path / "all.csv", ExportRequest(zone=ZoneInfo("Asia/Kolkata")), "csv").read_text("utf-8-sig")
    table = list(csv.DictReader(io.StringIO(text)))
    assert len(table) == 199
    for row in table:
        assert not any(cell.startswith(("=", "+", "@", "\t", "\r")) for cell in row.values())
        assert row["amount"].lstrip("-").isdigit()
        assert row["pressed_local"].endswith("+05:30")
    assert {row["label"] for row in table} == {"'=cmd()", ""}
    assert {row["reason"] for row in table if row["kind"] == "correction"} == {"'+1+1"}


def test_an_export_takes_no_more_memory_for_six_times_the_clicks(db_url: str, ledger: Ledger):
    def peak(clicks: int) -> int:
        for _ in range(clicks // 1_000):
            ledger.write([order(*(new_key() for _ in range(1_000)))])
        tracemalloc.start()
        size = sum(map(len, exporter.chunks(exporter.json_lines(engine, ExportRequest()))))
        assert size > clicks * 100
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

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
    assert "overwrites nothing" in terminal(db_url, "export", "--output", file).stderr
    assert terminal(other_url, "import", file).stdout.splitlines()[-1] == "199 clicks were brought in, 0 were here already."
    assert told(other_url, "vostok") == told(db_url, "vostok")
    assert terminal(db_url, "export", "nowhere").stderr == "There is no counter 'nowhere'.\n"
    assert terminal(db_url, "export", "--zone", "Mars").stderr == "There is no such time zone.\n"
    assert terminal(other_url, "import", str(tmp_path / "none")).stderr.endswith(
        "cannot be read: No such file or directory.\n"
    )
