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
from pathlib import Path
from statistics import median

from clickcounter.database.engines import open_engine
from clickcounter.settings import database_url
from tests.large import Size, looks, prepare
from tests.postgres import PostgreSQL

TURNS = 9
SIZES = {
    "small": Size(1_000, 10),
    "a million clicks of 100,000 devices": Size(1_000_000, 100_000, counters=10_000),
    "1,000 rounds with clicks": Size(100_000, 1_000, rounds=1_000),
    "33,000 rounds without clicks": Size(100_000, 1_000, rounds=33_000, first_used=33_000),
    "33,000 rounds with clicks": Size(100_000, 1_000, rounds=33_000),
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
