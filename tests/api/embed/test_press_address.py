"""A press by opening an address with a key in it, and everything that opens addresses without meaning to press."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from clickcounter.access import keys
from clickcounter.ledger import api_keys, counters
from clickcounter.ledger.api_keys import Wanted
from tests.api.embed.test_events import revoke
from tests.api.embed.test_values import CRAWLERS, get
from tests.rights_world import MEMBERS, OPEN, World, world_of
from tests.server import BackEnd, Nginx, free_port


def new_key(world: World, slug: str, scope: str = keys.PRESS, *, in_address: bool = True) -> str:
    text = keys.new_text(scope)
    wanted = Wanted(text, "doorbell", scope, in_address=in_address)
    world.ledger.transact(lambda connection: api_keys.make_for_counter(connection, slug, wanted, None))
    return text


@pytest.mark.parametrize("title", [OPEN, MEMBERS])
async def test_each_opening_presses_once(back_end_for_all: BackEnd, title: str):
    async with world_of(back_end_for_all) as world:
        slug, _ = world.counter(title)
        text = new_key(world, slug)
        for pressed in range(1, 4):
            status, headers, body = await asyncio.to_thread(get, back_end_for_all, f"/p/{text}")
            assert (status, body) == (200, f"{pressed}\n".encode())
            assert headers["content-type"].startswith("text/plain")
            assert headers["cache-control"] == "no-store"
            assert headers["referrer-policy"] == "no-referrer"
        [(label,)] = back_end_for_all.query(
            "SELECT DISTINCT device.label FROM click JOIN device ON device.id = device_id "
            f"JOIN counter ON counter.id = counter_id WHERE slug = '{slug}' AND kind = 'click' AND device.id NOT IN "
            "(SELECT device_id FROM table_import)"
        )
        assert label == "doorbell"


async def test_whoever_only_looks_never_counts(back_end_for_all: BackEnd):
    async with world_of(back_end_for_all) as world:
        slug, _ = world.counter(OPEN)
        text = new_key(world, slug)
        asked = [("GET", {"User-Agent": agent}) for agent in CRAWLERS]
        asked += [("HEAD", {}), ("HEAD", {"User-Agent": "curl/8.5.0"})]
        for name, value in (
            ("Sec-Purpose", "prefetch"),
            ("Sec-Purpose", "prefetch;prerender"),
            ("Purpose", "prefetch"),
            ("X-Purpose", "preview"),
            ("X-Moz", "prefetch"),
        ):
            asked.append(("GET", {name: value}))
        for method, headers in asked:
            status, _, body = await asyncio.to_thread(get, back_end_for_all, f"/p/{text}", method, **headers)
            assert (status, body) == (200, b"" if method == "HEAD" else b"0\n"), headers
        for agent in (
            "curl/8.5.0",
            "Nightbot-URL-Fetcher/0.0.3",
            "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0",
            "ESP32HTTPClient",
        ):
            await asyncio.to_thread(get, back_end_for_all, f"/p/{text}", User_Agent=agent)
        assert (await asyncio.to_thread(get, back_end_for_all, f"/c/{slug}/value.txt"))[2] == b"4\n"


async def test_only_a_press_key_that_may_stand_in_an_address_presses(back_end_for_all: BackEnd):
    async with world_of(back_end_for_all) as world:
        slug, _ = world.counter(OPEN)
        other, _ = world.counter(OPEN)
        good, hidden = new_key(world, slug), new_key(world, slug, in_address=False)
        revoked = new_key(world, slug)
        revoke(world, revoked)
        for path, status in (
            (hidden, 403),
            (revoked, 401),
            (keys.new_text(keys.PRESS), 401),
            ("nonsense", 401),
            (f"{good}/{other}", 403),
            (f"{good}/no-such-counter", 404),
        ):
            for method in ("GET", "HEAD"):
                assert (await asyncio.to_thread(get, back_end_for_all, f"/p/{path}", method))[0] == status, path
        assert (await asyncio.to_thread(get, back_end_for_all, f"/p/{good}/{slug}"))[2] == b"1\n"
        world.ledger.transact(lambda connection: counters.archive(connection, slug, True, None))
        status, _, body = await asyncio.to_thread(get, back_end_for_all, f"/p/{good}")
        assert (status, b"archive" in body) == (409, True)
        assert back_end_for_all.query(f"SELECT value FROM counter WHERE slug = '{other}'") == [(0,)]
    assert "Traceback" not in back_end_for_all.printed()


@pytest.fixture
def proxy(back_end_for_all: BackEnd, tmp_path: Path) -> Iterator[Nginx]:
    (tmp_path / "no-pages").mkdir()
    server = Nginx(tmp_path / "no-pages", free_port(), tmp_path / "nginx", [back_end_for_all.port] * 3)
    server.start()
    yield server
    server.stop()


async def test_no_log_holds_a_key_in_an_address(back_end_for_all: BackEnd, proxy: Nginx):
    async with world_of(back_end_for_all) as world:
        slug, _ = world.counter(OPEN)
        text = new_key(world, slug)
        through = BackEnd(proxy.port, proxy.log.parent)  # only for its address
        assert (await asyncio.to_thread(get, through, f"/p/{text}"))[2] == b"1\n"
        assert (await asyncio.to_thread(get, through, f"/c/{slug}/value.txt"))[2] == b"1\n"
        preview = (await asyncio.to_thread(get, through, f"/c/{slug}", User_Agent="Twitterbot/1.0"))[2]
        assert b"og:image" in preview
        assert f"{proxy.origin}/c/{slug}/picture.png".encode() in preview
    logs = "".join(file.read_text() for file in proxy.log.parent.glob("*.log"))
    assert "GET /p/" in logs
    assert text not in logs + back_end_for_all.printed()
