"""An instance with a past, its export, and all of its rows."""

from pathlib import Path

from clickcounter.database.engines import open_engine
from clickcounter.domain.clicks import CORRECTION, UNDO, Caller, Click, Order, now_ms
from clickcounter.ledger import counters
from clickcounter.ledger.ledger import Ledger
from clickcounter.transfer import exporter
from clickcounter.transfer.exporter import ExportRequest
from tests.moved_clock import far_hour
from tests.raw import new_key
from tests.sql import ask
from tests.writing import order

TABLES = ("counter", "round", "device", "click", "tally", "activity", "device_activity")


def fill(url: str) -> None:
    """Two counters, five rounds, every kind of entry, a label that looks like a formula, clicks on several days."""
    ledger = Ledger(url)
    fields = {
        "name": "Восток",
        "upper": 9_000,
        "goal": 100,
        "step": 5,
        "warn_at": (50, 90),
        "schedule": f"day {(far_hour() + 6) % 24:02}:00 Asia/Kathmandu",
    }
    east = ledger.transact(lambda connection: counters.create(connection, fields, 77, None))
    ask(url, "UPDATE round SET started_at = 1000")
    for counter in ("counter", east, "counter"):
        [(round_id,)] = ask(url, f"SELECT round_id FROM counter WHERE slug = '{counter}'")
        for day, letter in enumerate("abc"):
            at = now_ms() - day * 86_400_000
            clicks = [Click(new_key(), 3, at - n * 60_000, round_id) for n in range(20)]
            undo = Click(new_key(), 0, at, round_id, kind=UNDO, of=clicks[0].key)
            correction = Click(new_key(), 50, at, round_id, kind=CORRECTION, reason="counted, by hand")
            ledger.write([Order(counter, letter * 64, (*clicks, undo, correction))])
        ledger.reset(counter, None, Caller(None, "a" * 64))
        ask(url, "UPDATE round SET started_at = 2000 WHERE started_at > 1000")
    ledger.write([order(device="d" * 64)])
    ledger.close()
    ask(url, "UPDATE round SET by_schedule = (ended_at IS NOT NULL)")
    ask(url, "UPDATE device SET label = '=cmd()' WHERE secret_sha256 LIKE 'a%'")


def write_export(url: str, path: Path, request: ExportRequest, kind: str = "jsonl") -> Path:
    engine = open_engine(url)
    path.write_bytes(b"".join(exporter.FORMATS[kind](engine, request)))
    engine.dispose()
    return path


def all_rows(url: str) -> list[list[tuple]]:
    return [sorted(ask(url, f"SELECT * FROM {table}"), key=str) for table in TABLES]
