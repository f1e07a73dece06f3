"""Imports while others press, and while the server is killed."""

import asyncio
import http.client
import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from clickcounter.database.engines import open_engine
from clickcounter.history import verify
from tests.api.test_import import counts, post
from tests.preloaded import CHANGED
from tests.raw import RawClient, new_key
from tests.server import BackEnd, free_port, wait_for
from tests.writing import consistent

LINES = 6_000
TABLE = (
    "when,amount\n" + "".join(f"2026-03-01 {n // 3600:02}:{n // 60 % 60:02}:{n % 60:02},1\n" for n in range(LINES))
).encode()
MORE = TABLE.partition(b"\n")[2] * 9


@pytest.fixture
def server(tmp_path: Path) -> Iterator[BackEnd]:
    """One that the test may kill."""
    made = BackEnd(free_port(), tmp_path)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[BackEnd]:
    """One that writes five lines at a time, so that an import takes several seconds."""
    made = BackEnd(free_port(), tmp_path, **{CHANGED: "clickcounter.transfer.importer LARGEST 5"})
    made.start()
    yield made
    made.stop()


async def test_presses_during_an_import_are_saved_and_tabs_see_it_grow(server: BackEnd):
    async with RawClient(server.port) as client:
        importing = asyncio.create_task(asyncio.to_thread(post, server, TABLE, "?counter=counter"))
        pressed = 0
        while not importing.done():
            answer = await client.record(client.click())
            pressed += list(answer["codes"].values()).count("saved")
        status, told = await importing
        assert (status, counts(told)) == (200, (LINES, 0))
        await client.sees(LINES + pressed)
        seen = [frame["count"] for frame in client.frames if "count" in frame]
        assert pressed > 20
        assert len({count // 1_000 for count in seen}) > 2, "the number grows step by step"
        assert seen == sorted(seen)
    consistent(server.db_url, LINES + pressed)


def test_an_import_goes_on_after_the_server_was_killed(slow: BackEnd):
    server = slow

    def here() -> int:
        return server.query("SELECT count(*) FROM click")[0][0]

    secret = new_key()
    connection = http.client.HTTPConnection("localhost", server.port, timeout=60)
    connection.request("POST", "/import?counter=walkers", TABLE, {"X-Click-Counter": secret})
    wait_for(lambda: here() > 500, "some lines are written")
    server.kill()
    written = here()
    assert 0 < written < LINES
    engine = open_engine(server.db_url)
    assert verify.verify(engine)[1] == []
    engine.dispose()
    del server.environ[CHANGED]
    server.start()
    assert counts(post(server, TABLE, "?counter=walkers", secret)[1]) == (LINES - written, written)
    consistent(server.db_url, LINES)


def test_a_server_that_stops_ends_an_import_at_once(server: BackEnd):
    connection = http.client.HTTPConnection("localhost", server.port, timeout=60)
    connection.request("POST", "/import?counter=walkers", TABLE + MORE, {"X-Click-Counter": new_key()})
    response = connection.getresponse()
    wait_for(lambda: server.query("SELECT count(*) FROM click")[0][0] > 100, "some lines are written")
    process = server.process
    assert process is not None
    server.send(signal.SIGTERM)
    wait_for(lambda: process.poll() is not None, "the server has ended")
    told = [json.loads(line) for line in response.read().splitlines()]
    assert "Import the file again to go on" in told[-1]["sentences"]["en"]
    assert "Traceback" not in server.printed()
    engine = open_engine(server.db_url)
    assert verify.verify(engine)[1] == []
    engine.dispose()


def test_an_import_goes_on_to_its_end_without_its_tab(server: BackEnd):
    connection = http.client.HTTPConnection("localhost", server.port, timeout=60)
    connection.request("POST", "/import?counter=walkers", TABLE, {"X-Click-Counter": new_key()})
    first = json.loads(connection.getresponse().readline())
    assert first == {"checked": 0, "size": len(TABLE)}
    connection.close()
    wait_for(lambda: server.query("SELECT value FROM counter WHERE slug = 'walkers'") == [(LINES,)], "all is written", 90)
    assert "Traceback" not in server.printed()


def test_a_second_import_waits_for_the_first(slow: BackEnd):
    first = http.client.HTTPConnection("localhost", slow.port, timeout=60)
    first.request("POST", "/import?counter=walkers", TABLE, {"X-Click-Counter": new_key()})
    assert "checked" in json.loads(first.getresponse().readline())
    told = post(slow, TABLE[: TABLE.index(b"\n", 200) + 1], "?counter=others")[1]
    assert (told[0], counts(told)) == ({"waiting": True}, (9, 0))
    assert slow.query("SELECT value FROM counter WHERE slug = 'walkers'") == [(LINES,)]
