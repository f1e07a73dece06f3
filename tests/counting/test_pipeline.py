"""The walk of a click from its start to its end."""

import asyncio
import threading
from dataclasses import replace

from sqlalchemy import Connection

from clickcounter.counting import entries
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
