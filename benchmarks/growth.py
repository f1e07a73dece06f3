"""Does a click cost more when the ledger is long? `python -m benchmarks.growth [CLICKS]`, 10 million by default.

Compares a long ledger with an empty one (a single click, a batch, the first queries of a page) and with one of ten thousand
clicks in the same week (the history page). Queries both in turn and prints medians and their ratio. Databases are filled by
SQL, in blocks, with time-ordered keys like those of browsers, and opened by the same ledger code that the server uses.
10 million clicks take about 3 GB of disk and a few minutes.
"""

import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from clickcounter.database import schema
from clickcounter.database.engines import open_engine
from clickcounter.domain.clicks import Caller, Click, Order, now_ms
from clickcounter.history import leaders, ledger_pages, participants, snapshots, timeseries
from clickcounter.history.ledger_pages import LedgerQuery
from clickcounter.history.timeseries import ChartQuery
from clickcounter.ledger import rollup_checks
from clickcounter.ledger.ledger import Ledger

TURNS = 200
DEVICES = [os.urandom(32).hex() for _ in range(100)]
BLOCK = 200_000
FEW = 10_000  # clicks in the short ledger for history queries
DAY = 86_400_000  # milliseconds
SPAN = 7 * DAY  # over which the clicks are spread

FILL = """INSERT INTO click (counter_id, round_id, device_id, key, amount, total, pressed_at, saved_at, time_adjusted,
          round_unknown, kind, reason)
          WITH RECURSIVE n (i) AS (SELECT ? UNION ALL SELECT i + 1 FROM n WHERE i < ?)
          SELECT c.id, c.round_id, 1 + i % 100, printf('%012x', at) || lower(hex(randomblob(10))), 1, i, at, at,
          0, 0, 'click', '' FROM (SELECT i, ? + i * ? / ? AS at FROM n), counter c"""


def make(folder: Path, clicks: int) -> str:
    """Create a database with this many clicks in its ledger; return its URL."""
    folder.mkdir()
    url = f"sqlite:///{folder}/counter.db"
    schema.prepare(url)
    ledger = Ledger(url)
    ledger.create("counter")
    ledger.write([order(device) for device in DEVICES])
    ledger.close()
    began = now_ms() - SPAN
    with sqlite3.connect(folder / "counter.db") as connection:
        connection.execute("PRAGMA synchronous = OFF")
        for first in range(1, clicks + 1, BLOCK):
            connection.execute(FILL, (first, min(first + BLOCK - 1, clicks), began, SPAN, clicks))
            connection.commit()
        connection.execute("UPDATE round SET total = (SELECT sum(amount) FROM click)")
        connection.execute("UPDATE counter SET value = (SELECT sum(amount) FROM click)")
        connection.commit()
    engine = open_engine(url)
    with engine.begin() as writing:
        rollup_checks.rebuild(writing)
    engine.dispose()
    with sqlite3.connect(folder / "counter.db") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return url


def order(device: str) -> Order:
    """A press like a browser's."""
    now = now_ms()
    return Order("counter", device, (Click(f"{now:012x}{os.urandom(10).hex()}", 1, now, 0),))


def seconds(work: Callable[[], object]) -> float:
    """How many seconds the work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def operations(url: str) -> dict[str, Callable[[], object]]:
    """The operations compared with an empty database, by name."""
    ledger, engine = Ledger(url), open_engine(url)
    return {
        "a single click": lambda: ledger.write([order(DEVICES[0])]),
        "a batch of 200": lambda: ledger.write([order(DEVICES[i % 100]) for i in range(200)]),
        "first queries of a page": lambda: first_queries(engine),
    }


def history_queries(url: str) -> dict[str, Callable[[], object]]:
    """The history queries compared with a short ledger, by name."""
    engine, zone, now = open_engine(url), ZoneInfo("Asia/Kathmandu"), now_ms()
    middle = ledger_pages.read_page(engine, LedgerQuery("counter", until=now - SPAN // 2)).next
    week = ChartQuery("counter", "day", zone, now - SPAN, now)
    spans = {"minute": DAY // 24, "quarter": DAY, "hour": DAY, "day": SPAN, "week": 4 * SPAN}

    def chart(width: str, **of: int) -> Callable[[], object]:
        return lambda: timeseries.buckets(engine, ChartQuery("counter", width, zone, now - spans[width], now, **of))

    return {
        "history, first page": lambda: ledger_pages.read_page(engine, LedgerQuery("counter")),
        "history, a page in the middle": lambda: ledger_pages.read_page(engine, LedgerQuery("counter", after=middle)),
        "history, a page of a device": lambda: ledger_pages.read_page(engine, LedgerQuery("counter", device=7)),
        **{f"chart by {width}": chart(width) for width in spans},
        "chart of a device by day": chart("day", device=7),
        "chart by five devices": lambda: timeseries.amounts_by_participant(
            engine, week, [(number, None) for number in range(1, 6)]
        ),
        "pace": lambda: timeseries.rate(engine, "counter", now),
        "leaders": lambda: leaders.leaders(engine, "counter"),
        "leaders of a day": lambda: leaders.leaders_between(engine, "counter", now - DAY, now),
        "leaders of the week": lambda: leaders.leaders_between(engine, "counter", now - SPAN, now),
        "rounds": lambda: ledger_pages.read_rounds(engine, "counter"),
    }


def first_queries(engine: Engine) -> object:
    """Read the counter and the browser's own totals, as a newly opened page does."""
    return snapshots.snapshot_of(engine, "counter"), participants.own_totals(engine, "counter", Caller(None, DEVICES[0]))


def main(clicks: int) -> None:
    """Fill the databases, measure in turn and print."""
    with tempfile.TemporaryDirectory() as scratch:
        began = time.monotonic()
        empty, few, many = (make(Path(scratch) / str(count), count) for count in (0, FEW, clicks))
        print(f"filled {clicks:,} clicks in {time.monotonic() - began:.0f} s", flush=True)
        for beside, short, long in (
            ("empty", operations(empty), operations(many)),
            (f"with {FEW:,}", history_queries(few), history_queries(many)),
        ):
            for name in short:
                times: tuple[list[float], list[float]] = ([], [])
                for _ in range(TURNS):
                    times[0].append(seconds(short[name]))
                    times[1].append(seconds(long[name]))
                a, b = (median(of) * 1000 for of in times)
                print(f"{name}: {a:.2f} ms {beside}, {b:.2f} ms with {clicks:,} clicks, {b / a:.2f}×", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 10_000_000)
