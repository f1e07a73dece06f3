"""A counter with a long history, and the memory of a server."""

import hashlib
import shutil
import time
from pathlib import Path

from clickcounter.domain.clicks import Click, Order, now_ms
from clickcounter.ledger.ledger import Ledger
from tests.raw import new_key
from tests.server import BackEnd, empty_database

BATCH = 100  # orders in a transaction
CLICKS_PER_ORDER = 10  # the device of each order is another one


def create_big_counter(db_url: str, slug: str, clicks: int, devices: int) -> None:
    """A counter with this many clicks of the last day by this many devices, written as the server writes them."""
    shutil.copy(empty_database(), db_url.removeprefix("sqlite:///"))
    ledger = Ledger(db_url)
    ledger.create("counter")
    ledger.create(slug)
    assert clicks >= devices * CLICKS_PER_ORDER
    day_ago, began = now_ms() - 86_400_000, time.monotonic()
    orders = [
        Order(
            slug,
            hashlib.sha256(f"device {n % devices}".encode()).hexdigest(),
            tuple(Click(new_key(), 1, day_ago + n * 7, 0) for _ in range(CLICKS_PER_ORDER)),
        )
        for n in range(-(-clicks // CLICKS_PER_ORDER))
    ]
    for start in range(0, len(orders), BATCH):
        ledger.write(orders[start : start + BATCH])
    ledger.close()
    print(f"{clicks} clicks of {devices} devices written in {time.monotonic() - began:.0f} s", flush=True)


def memory_of(server: BackEnd) -> int:
    """The resident memory of a server and all its processes, in bytes."""
    assert server.process is not None
    group = server.process.pid
    found = 0
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended
        if int(fields[2]) == group:
            found += int(fields[21]) * 4096
    return found
