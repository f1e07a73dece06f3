"""The walk of a click from its start to its end."""

import asyncio
import threading
from dataclasses import replace

from sqlalchemy import Connection

from clickcounter.counting import entries, history
from clickcounter.counting.ledger import Ledger
from clickcounter.counting.pipeline import Pipeline
from clickcounter.settings import from_environment
from tests.writing import consistent, order

MANY = 500


async def test_what_is_still_written_when_the_server_stops_is_written_whole(db_url: str):
    pipeline = Pipeline(replace(from_environment(), db_url=db_url), lambda snapshot: 0.0)
    begun = threading.Event()

    def write(connection: Connection) -> None:
        for _ in range(MANY):
            entries.write(connection, [order()])
            begun.set()

    def work(ledger: Ledger) -> None:
        ledger.perform(write)

    async with pipeline.run():
        working = asyncio.create_task(pipeline.perform(work))
        await asyncio.to_thread(begun.wait, 10)
    await working
    consistent(db_url, MANY)


def test_what_watches_is_closed_between_two_looks(db_url: str):
    watch, faults = history.Watch(db_url), list[Exception]()

    def look() -> None:
        try:
            for _ in range(100):
                assert watch.look(["counter"]) != []
        except Exception as fault:
            faults.append(fault)

    looking = threading.Thread(target=look)
    looking.start()
    while looking.is_alive():
        watch.close()
    watch.close()
    assert faults == []
