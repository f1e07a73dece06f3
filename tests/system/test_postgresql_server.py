"""The whole server on PostgreSQL, with nothing set but REFLEX_DB_URL."""

import asyncio
from pathlib import Path

from tests.postgres import TEMPLATE, PostgreSQL
from tests.raw import RawClient, record_until_saved
from tests.server import BackEnd, free_port
from tests.terminal import terminal


async def test_a_server_on_postgresql_survives_a_killed_database(tmp_path: Path):
    cluster = PostgreSQL()
    cluster.make()
    cluster.start()
    url = cluster.create_database(TEMPLATE)
    server = BackEnd(free_port(), tmp_path)
    # The first host is down, as after a failover.
    server.environ["REFLEX_DB_URL"] = url.replace("@", "@127.0.0.1:1,") + "?target_session_attrs=read-write"

    def run(*command: str) -> str:
        done = terminal(server.db_url, *command)
        done.check_returncode()
        return done.stdout

    try:
        server.start()
        async with RawClient(server.port) as tab:
            assert (await record_until_saved(tab, tab.click()))["value"] == 1
            await asyncio.to_thread(run, "reset", "--yes")
            await tab.sees(0)
            await asyncio.to_thread(cluster.kill)
            click = tab.click()
            assert (await tab.record(click))["error"] == "later"
            await asyncio.to_thread(cluster.start)  # meanwhile the tab answers the server's pings
            assert (await record_until_saved(tab, click))["value"] == 1
            await tab.sees(1)
        assert await asyncio.to_thread(run, "verify") == "2 clicks read, 0 differences\n"
    finally:
        server.kill()
        cluster.remove()
