"""Write to a ledger as tabs do, with retries until saved."""

import contextlib
import threading
from collections.abc import Iterator

from sqlalchemy import Connection

from clickcounter.access.authorization import TERMINAL
from clickcounter.database.engines import open_engine
from clickcounter.domain.clicks import NOTE, Click, Order, Outcome, now_ms
from clickcounter.domain.past import PastEntry
from clickcounter.errors import Later
from clickcounter.history import verify
from clickcounter.ledger.devices import device_ids
from clickcounter.ledger.ledger import Ledger
from clickcounter.ledger.past import entries
from tests.raw import new_key
from tests.server import wait_for


def order(*keys: str, counter: str = "counter", device: str = "d" * 64) -> Order:
    return Order(counter, device, tuple(Click(key, 1, 0, 0) for key in keys or (new_key(),)))


def until_saved(ledger: Ledger, orders: list[Order], within: float = 60) -> list[Outcome]:
    """Write the same clicks again until they are saved, as a browser does."""

    def saved() -> list[Outcome]:
        with contextlib.suppress(Later):
            return ledger.write(orders)
        return []

    return wait_for(saved, "saved", within)


def terminal(connection: Connection) -> int:
    """The number of the terminal's device."""
    return device_ids(connection, {TERMINAL}, now_ms())[TERMINAL]


def add_note(connection: Connection, counter: str) -> str:
    """Add a note as the terminal does. Returns its key."""
    entry = PastEntry(new_key(), NOTE, 0, now_ms(), now_ms(), "Rain")
    entries.add(connection, counter, entry, terminal, None)
    return entry.key


def consistent(db_url: str, clicks: int) -> None:
    """Check that `verify` reads this many clicks and finds no difference."""
    engine = open_engine(db_url)
    assert verify.verify(engine) == (clicks, [])
    engine.dispose()


@contextlib.contextmanager
def steady_writing(url: str) -> Iterator[list[str]]:
    """Write from three threads; yields the growing list of saved keys."""
    saved: list[str] = []
    running = threading.Event()
    running.set()

    def write() -> None:
        ledger = Ledger(url)
        while running.is_set():
            key = new_key()
            until_saved(ledger, [order(key)])
            saved.append(key)
        ledger.close()

    threads = [threading.Thread(target=write) for _ in range(3)]
    for thread in threads:
        thread.start()
    yield saved
    running.clear()
    for thread in threads:
        thread.join()


def wait_for_more(saved: list[str], more: int = 100) -> None:
    enough = len(saved) + more
    wait_for(lambda: len(saved) >= enough, f"{more} more clicks are saved", 90)
