"""How long does a look at a large counter take? `python -m benchmarks.history [sqlite] [postgresql]`, SQLite by default.

Fills databases by SQL: a million clicks of 100,000 devices, many rounds with and without clicks, many counters. Prints two
medians for each look, in ms: the CPU time in Python and SQLite, and how long it took. A look is the history page of a span,
a page of entries, a dialog or the list.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from clickcounter.database import schema
from clickcounter.database.engines import open_engine, read_only
from clickcounter.domain.clicks import Caller, now_ms
from clickcounter.history import counter_list, participants, queries
from clickcounter.history.counter_list import ListQuery
from clickcounter.history.history_view import HistoryQuery, history_page, history_view
from clickcounter.history.ledger_pages import LedgerQuery
from clickcounter.ledger.ledger import Ledger
from clickcounter.settings import database_url
from tests.large import DAY, Size, fill
from tests.postgres import PostgreSQL

TURNS = 9
SIZES = {
    "small": Size(1_000, 10),
    "a million clicks of 100,000 devices": Size(1_000_000, 100_000, counters=10_000),
    "1,000 rounds with clicks": Size(100_000, 1_000, rounds=1_000),
    "33,000 rounds without clicks": Size(100_000, 1_000, rounds=33_000, first_used=33_000),
    "33,000 rounds with clicks": Size(100_000, 1_000, rounds=33_000),
}


def looks(engine: Engine) -> dict[str, Callable[[], object]]:
    """What tabs ask, by name."""
    zone, now = ZoneInfo("Asia/Kathmandu"), now_ms()
    base = HistoryQuery("counter", "day", zone)
    queries_ = {span: replace(base, span=span) for span in ("day", "week", "round", "all")}
    queries_["between"] = replace(base, span="between", since=now - 3 * DAY, until=now - DAY)
    split = {f"{span}, by device": replace(query, by_device=True) for span, query in queries_.items()}
    of_one = {
        "week, one device": replace(base, span="week", device=7),
        "all, one device": replace(base, span="all", device=7),
        "all, one person": replace(base, span="all", account=1),
    }

    def view(query: HistoryQuery) -> Callable[[], object]:
        return lambda: history_view(engine, query, now_ms())

    def page(**of: object) -> Callable[[], object]:
        return lambda: history_page(engine, LedgerQuery("counter", **of), now)  # type: ignore[arg-type]

    middle = history_page(engine, LedgerQuery("counter", until=now - DAY), now)["next"]
    caller = Caller(None, "8")

    def listed(query: ListQuery) -> Callable[[], object]:
        def read() -> object:
            with read_only(engine).begin() as connection:
                return counter_list.read_page(connection, query)

        return read

    return {
        **{f"look, {name}": view(query) for name, query in (queries_ | split | of_one).items()},
        "page, first": page(),
        "page, middle": page(after=middle),
        "page, one device": page(device=7),
        "page, one device that never pressed": page(device=999_999_999),
        "page, until a day after the start": page(until=now - 6 * DAY),
        "who is counting": lambda: participants.participants(engine, "counter", caller),
        "own totals": lambda: participants.own_totals(engine, "counter", caller),
        "snapshot": lambda: queries.snapshot_of(engine, "counter"),
        "list": listed(ListQuery()),
        "list, search": listed(ListQuery("gate 77")),
        "list, search for nothing": listed(ListQuery("nothing like it")),
    }


@contextmanager
def databases(kind: str) -> Iterator[Callable[[str], str]]:
    """Makes an empty database of this kind for a name."""
    if kind == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield lambda name: f"sqlite:///{Path(folder) / name}.db"
        return
    server = PostgreSQL()
    server.make()
    server.configure(shared_buffers="256MB")
    server.start()
    try:
        yield lambda name: database_url(server.create_database())
    finally:
        server.remove()


def prepare(url: str, size: Size) -> None:
    """Create the schema and the counter, and fill it."""
    schema.prepare(url, by_hand=True)
    ledger = Ledger(url)
    ledger.create("counter")
    ledger.close()
    fill(url, size)


def main(kinds: list[str]) -> None:
    """Fill, measure and print."""
    for kind in kinds:
        with databases(kind) as new:
            for name, size in SIZES.items():
                began = time.monotonic()
                url = new(name)
                prepare(url, size)
                print(f"\n{kind}, {name} (filled in {time.monotonic() - began:.0f} s)", flush=True)
                engine = open_engine(url, pooled=False)
                for label, look in looks(engine).items():
                    times = [_measure(look) for _ in range(TURNS)]
                    cpu, wall = (median(of) for of in zip(*times, strict=True))
                    print(f"  {label:40} {cpu:9.1f} {wall:9.1f}", flush=True)
                engine.dispose()


def _measure(look: Callable[[], object]) -> tuple[float, float]:
    began, cpu = time.perf_counter(), time.thread_time()
    look()
    return (time.thread_time() - cpu) * 1000, (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main(sys.argv[1:] or ["sqlite"])
