"""Server-sent events over real HTTP: the newest number at once and from then on, to those who may see it."""

import asyncio
import contextlib
import socket
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from clickcounter.access import keys, sessions
from clickcounter.database.tables import API_KEYS
from clickcounter.ledger import api_keys, counters, membership
from clickcounter.ledger.api_keys import Wanted
from clickcounter.socket.streams import readers
from tests.cluster import Start
from tests.conftest import only_postgresql
from tests.event_stream import EventReader
from tests.preloaded import CHANGED
from tests.raw import RawClient
from tests.rights_world import MEMBERS, OPEN, World, world_of
from tests.server import PATIENCE, BackEnd, Nginx, free_port, until
from tests.writing import order

TIMELY = 10.0  # seconds; before a quiet stream is looked at


async def test_the_number_comes_at_once_and_after_each_press(back_end_for_all: BackEnd):
    async with RawClient(back_end_for_all.port) as tab, EventReader(back_end_for_all.port) as reader:
        before = tab.frame["count"]
        await reader.sees(before)
        assert reader.status == 200
        assert reader.headers["content-type"].startswith("text/event-stream")
        assert reader.headers["cache-control"] == "no-store"
        assert reader.headers["x-accel-buffering"] == "no"
        assert reader.headers["x-content-type-options"] == "nosniff"
        assert reader.headers["access-control-allow-origin"] == "*"
        await tab.record(tab.click())
        await reader.sees(before + 1)
        assert reader.retry >= 1000
        assert reader.ids[-1] == str(reader.events[-1]["revision"])
        assert tab.frame["lookers"] == 1, "a program is no viewer"


async def test_presses_of_other_processes_come_without_any_tab(back_end_for_all: BackEnd):
    async with world_of(back_end_for_all) as world:
        slug, _ = world.counter(OPEN)
        async with EventReader(back_end_for_all.port, slug, version="1.0") as reader:
            await reader.sees(0)
            assert "transfer-encoding" not in reader.headers
            world.ledger.write([order(counter=slug)])
            await reader.sees(1)


async def test_what_a_client_has_is_not_sent_again(back_end_for_all: BackEnd):
    port = back_end_for_all.port
    async with RawClient(port) as tab:
        before = tab.frame["count"] + 1
        await tab.record(tab.click())
        await tab.sees(before)
        async with EventReader(port, Last_Event_ID=str(tab.frame["revision"])) as reader:
            await until(lambda: reader.retry)
            await tab.record(tab.click())
            await reader.sees(before + 1)
            assert len(reader.events) == 1
        for other in ("12345", "nonsense", "9" * 400):
            async with EventReader(port, Last_Event_ID=other) as reader:
                await reader.sees(before + 1)


async def test_a_quiet_stream_brings_comments(tmp_path: Path):
    back_end = BackEnd(free_port(), tmp_path, **{CHANGED: "clickcounter.socket.streams.readers HEARTBEAT 0.5"})
    back_end.start()
    async with EventReader(back_end.port) as reader:
        await until(lambda: reader.comments, PATIENCE)
        assert len(reader.events) == 1
    back_end.kill()
    assert readers.HEARTBEAT + 2 <= 15, "proxies are told so"


def delete(connection: Connection, slug: str) -> None:
    counters.delete(connection, slug, "Door", None)


def make_private(connection: Connection, slug: str) -> None:
    counters.update_settings(connection, slug, {"visibility": "members"}, None)


@pytest.mark.parametrize("change", [delete, make_private])
async def test_a_stream_ends_when_nobody_may_see_the_counter(
    back_end_for_all: BackEnd, change: Callable[[Connection, str], None]
):
    async with world_of(back_end_for_all) as world:
        slug, _ = world.counter(OPEN)
        async with EventReader(back_end_for_all.port, slug) as reader:
            await reader.sees(0)
            world.ledger.transact(lambda connection: change(connection, slug))
            await asyncio.wait_for(reader.ended.wait(), TIMELY)
            assert reader.whole, "it ends as an answer does"
        async with EventReader(back_end_for_all.port, slug) as refused:
            assert refused.status in (403, 404)


async def test_members_read_until_their_session_or_role_ends(back_end_for_all: BackEnd):
    async with world_of(back_end_for_all) as world:
        slug, _ = world.counter(MEMBERS)
        viewer, counter, owner = (world.persons[kind] for kind in ("viewer", "counter", "owner"))
        port = back_end_for_all.port
        async with (
            EventReader(port, slug) as nobody,
            EventReader(port, slug, Cookie=viewer.cookie) as one,
            EventReader(port, slug, Cookie=counter.cookie) as two,
        ):
            assert nobody.status == 403
            await one.sees(0)
            await two.sees(0)
            assert "access-control-allow-origin" not in one.headers
            world.ledger.transact(lambda connection: sessions.end(connection, viewer.caller.session))
            await asyncio.wait_for(one.ended.wait(), TIMELY)
            world.ledger.write([])
            assert not two.ended.is_set()
            world.ledger.transact(lambda c: membership.set_role(c, slug, counter.account, None, owner.caller))
            await asyncio.wait_for(two.ended.wait(), TIMELY)


@pytest.mark.parametrize("title", [OPEN, MEMBERS])
async def test_a_stream_ends_when_its_key_is_revoked(back_end_for_all: BackEnd, title: str):
    async with world_of(back_end_for_all) as world:
        slug, _ = world.counter(title)
        text = new_key(world, slug)
        async with EventReader(back_end_for_all.port, slug, Authorization=f"Bearer {text}") as reader:
            await reader.sees(0)
            assert reader.headers.get("access-control-allow-origin") == ("*" if title == OPEN else None)
            revoke(world, text)
            await asyncio.wait_for(reader.ended.wait(), TIMELY)
        async with EventReader(back_end_for_all.port, slug, Authorization=f"Bearer {text}") as refused:
            assert refused.status == 401


def new_key(world: World, slug: str) -> str:
    text = keys.new_text(keys.READ)
    world.ledger.transact(lambda c: api_keys.make_for_counter(c, slug, Wanted(text, "sign", keys.READ), None))
    return text


def revoke(world: World, text: str) -> None:
    def work(connection: Connection) -> None:
        key = connection.execute(select(API_KEYS.c.id).where(API_KEYS.c.secret_sha256 == keys.sha256_of(text))).scalar_one()
        api_keys.revoke(connection, key, None)

    world.ledger.transact(work)


async def test_beyond_the_limits_a_stream_is_refused_for_a_while(tmp_path: Path):
    limits = {"CLICKCOUNTER_EVENT_STREAMS": "3", "CLICKCOUNTER_EVENT_STREAMS_PER_ADDRESS": "2"}
    server = BackEnd(free_port(), tmp_path, **limits, REFLEX_TRUSTED_PROXY_HOPS="1")
    server.start()
    try:
        async with contextlib.AsyncExitStack() as stack:
            opened = [
                await stack.enter_async_context(EventReader(server.port, X_Forwarded_For=address))
                for address in ("10.0.0.1", "10.0.0.1", "10.0.0.1", "10.0.0.2", "10.0.0.3")
            ]
            assert [reader.status for reader in opened] == [200, 200, 503, 200, 503]
            assert int(opened[-1].headers["retry-after"]) > 0
            async with EventReader(server.port, method="HEAD", X_Forwarded_For="10.0.0.3") as head:
                assert head.status == 503, "it reads a counter as a stream does, and leaves it like one"
            await opened[0].__aexit__()

            async def let_in() -> bool:
                async with EventReader(server.port, X_Forwarded_For="10.0.0.1") as again:
                    return again.status == 200

            await until(let_in)
    finally:
        server.kill()


async def test_streams_end_whole_when_the_server_stops(tmp_path: Path):
    server = BackEnd(free_port(), tmp_path)
    server.start()
    async with EventReader(server.port) as reader, EventReader(server.port, version="1.0") as old:
        stalled = socket.create_connection(("127.0.0.1", server.port))
        stalled.sendall(b"GET /api/v1/counters/counter/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await reader.sees(0)
        await old.sees(0)
        await asyncio.to_thread(server.stop)
        await asyncio.wait_for(asyncio.gather(reader.ended.wait(), old.ended.wait()), PATIENCE)
        assert reader.whole
        stalled.close()
    assert "Traceback" not in server.printed()
    assert "Cancel" not in server.printed()


@only_postgresql
async def test_a_press_on_one_worker_reaches_streams_on_the_other(start: Start):
    cluster = start({}, {})
    async with RawClient(cluster.ports[0]) as tab, EventReader(cluster.ports[1]) as reader:
        await reader.sees(0)
        await tab.record(tab.click())
        await reader.sees(1)


async def test_nginx_passes_a_stream_on_at_once(back_end_for_all: BackEnd, tmp_path: Path):
    (tmp_path / "no-pages").mkdir()
    nginx = Nginx(tmp_path / "no-pages", free_port(), tmp_path / "nginx", [back_end_for_all.port] * 3)
    nginx.start()
    try:
        async with RawClient(back_end_for_all.port) as tab, EventReader(nginx.port) as reader:
            before = tab.frame["count"]
            await reader.sees(before)
            for pressed in range(1, 4):
                await tab.record(tab.click())
                await reader.sees(before + pressed)
    finally:
        nginx.stop()


async def test_head_of_a_stream_ends(back_end_for_all: BackEnd):
    request = urllib.request.Request(f"{back_end_for_all.url}/api/v1/counters/counter/events", method="HEAD")
    with await asyncio.to_thread(urllib.request.urlopen, request, None, PATIENCE) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
