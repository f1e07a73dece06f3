"""Exports while others press."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import Connection

from clickcounter.database.engines import open_engine
from clickcounter.ledger.ledger import Ledger
from clickcounter.ledger.presses import transaction
from clickcounter.transfer import exporter
from clickcounter.transfer.exporter import ExportRequest
from tests.conftest import only_postgresql
from tests.server import wait_for
from tests.sql import ask
from tests.writing import order

WAITING = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@only_postgresql
def test_an_export_misses_no_entry_below_its_last_id(db_url: str):
    """A transaction draws its id, then somebody else's with a later id commits first."""
    drawn, may_commit = threading.Event(), threading.Event()

    def slowly(connection: Connection) -> None:
        transaction.record(connection, [order("a" * 32)])
        drawn.set()
        assert may_commit.wait(60)

    def write_slowly() -> None:
        slow = Ledger(db_url)
        slow.transact(slowly)
        slow.close()

    def export() -> set[str]:
        engine = open_engine(db_url)
        lines = [json.loads(line) for line in exporter.json_lines(engine, ExportRequest("counter"))]
        engine.dispose()
        return {line["key"] for line in lines if line["type"] == "click"}

    ledger = Ledger(db_url)
    ledger.create("east")
    with ThreadPoolExecutor(2) as pool:
        slow = pool.submit(write_slowly)
        try:
            assert drawn.wait(60)
            ledger.write([order("b" * 32, counter="east", device="e" * 64)])
            exported = pool.submit(export)
            wait_for(lambda: exported.done() or ask(db_url, WAITING), "the export waits or is done")
        finally:
            may_commit.set()
        slow.result(60)
        assert exported.result(60) == {"a" * 32}
    ledger.close()
