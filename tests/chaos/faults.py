"""The faults. Each happens for real and is then repaired, while clients keep pressing."""

import asyncio
import contextlib
import signal
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from random import Random
from typing import TYPE_CHECKING

import psycopg
from playwright.async_api import Error

if TYPE_CHECKING:
    from tests.chaos.browsers import Profile
    from tests.chaos.world import World
    from tests.server import BackEnd

Fault = Callable[["World", Random], Awaitable[None]]


async def restart(back_end: "BackEnd") -> None:
    await asyncio.to_thread(back_end.start)


async def killed(world: "World", rng: Random) -> None:
    """server killed -9"""
    back_end = rng.choice(world.back_ends)
    back_end.kill()
    await asyncio.sleep(rng.uniform(0, 1))
    await restart(back_end)


async def killed_while_starting(world: "World", rng: Random) -> None:
    """server killed -9 while it starts"""
    back_end = rng.choice(world.back_ends)
    back_end.kill()
    starting = asyncio.create_task(restart(back_end))
    await asyncio.wait({starting}, timeout=rng.uniform(0.2, 2))
    while back_end.process is None and not starting.done():  # on a busy machine its process may not exist yet
        await asyncio.sleep(0.01)
    back_end.kill()
    with contextlib.suppress(AssertionError):
        await starting
    await restart(back_end)


async def killed_after_an_answer_was_dropped(world: "World", rng: Random) -> None:
    """answers dropped after the commit, server killed -9"""
    await answers_dropped(world, rng)
    await killed(world, rng)


async def stopped_and_continued(world: "World", rng: Random) -> None:
    """server stopped and continued"""
    back_end = rng.choice(world.back_ends)
    back_end.send(signal.SIGSTOP)
    await asyncio.sleep(rng.uniform(0.5, 6))
    back_end.send(signal.SIGCONT)


async def told_to_stop(world: "World", rng: Random) -> None:
    """server told to stop (SIGTERM)"""
    back_end = rng.choice(world.back_ends)
    await asyncio.to_thread(back_end.stop)
    await restart(back_end)


async def connections_cut(world: "World", rng: Random) -> None:
    """connections cut in the middle of a message"""
    await world.proxy.cut(within=1)


async def answers_dropped(world: "World", rng: Random) -> None:
    """answers dropped after the commit"""
    before = world.proxy.answers_dropped
    count = world.proxy.drop_answers = rng.randint(1, 10)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(3):
            while world.proxy.answers_dropped < before + count:
                await asyncio.sleep(0.02)
    world.proxy.drop_answers = 0


async def network_silent(world: "World", rng: Random) -> None:
    """network silent, connections open"""
    async with silence(world):
        await asyncio.sleep(rng.uniform(0.5, 7))


async def old_batches_replayed(world: "World", rng: Random) -> None:
    """old batches sent again"""
    for presser in world.pressers:
        presser.replay()


async def database_locked(world: "World", rng: Random) -> None:
    """database locked by another process"""
    async with locked(world):
        await asyncio.sleep(rng.uniform(0.5, 6))


async def killed_while_the_database_is_locked(world: "World", rng: Random) -> None:
    """server killed -9, and started on a locked database"""
    back_end = rng.choice(world.back_ends)
    async with locked(world):
        back_end.kill()
        starting = asyncio.create_task(restart(back_end))
        await asyncio.wait({starting}, timeout=rng.uniform(0.5, 3))
    with contextlib.suppress(AssertionError):  # it may have exited; a supervisor would restart it
        await starting
        return
    await restart(back_end)


async def tab_reloaded(world: "World", rng: Random) -> None:
    """tab reloaded"""
    async with unsaved_in_a_browser(world, rng) as profile:
        await rng.choice(profile.tabs).reload(wait_until="domcontentloaded")


async def tab_left_and_back(world: "World", rng: Random) -> None:
    """tab sent elsewhere and back"""
    async with unsaved_in_a_browser(world, rng) as profile:
        page = rng.choice(profile.tabs)
        await page.goto("about:blank")
        await profile.go(page)


async def tab_closed(world: "World", rng: Random) -> None:
    """tab closed, another opened"""
    async with unsaved_in_a_browser(world, rng) as profile:
        await rng.choice(profile.tabs).close()
        await profile.open_tab(rng.choice(["/", "/c/counter"]))


async def tabs_killed(world: "World", rng: Random) -> None:
    """page processes of a browser killed -9"""
    async with unsaved_in_a_browser(world, rng) as profile:
        old = profile.tabs
        profile.kill_tabs()
        for page in old:
            with contextlib.suppress(Error):
                await page.close()
            await profile.open_tab()


async def browser_killed(world: "World", rng: Random) -> None:
    """browser killed -9"""
    async with unsaved_in_a_browser(world, rng) as profile:
        await profile.kill()
        await profile.open()


FAULTS: list[Fault] = [
    killed,
    killed_while_starting,
    killed_after_an_answer_was_dropped,
    stopped_and_continued,
    told_to_stop,
    connections_cut,
    answers_dropped,
    network_silent,
    old_batches_replayed,
    database_locked,
    killed_while_the_database_is_locked,
    tab_reloaded,
    tab_left_and_back,
    tab_closed,
    tabs_killed,
    browser_killed,
]


async def redis_killed(world: "World", rng: Random) -> None:
    """Redis killed -9"""
    redis = world.servers.redis
    redis.kill()
    await asyncio.sleep(rng.uniform(0.2, 4))
    await asyncio.to_thread(redis.start)


async def redis_silent(world: "World", rng: Random) -> None:
    """Redis stopped and continued"""
    redis = world.servers.redis
    redis.freeze()
    await asyncio.sleep(rng.uniform(0.5, 6))
    redis.thaw()


async def postgresql_killed(world: "World", rng: Random) -> None:
    """PostgreSQL killed -9"""
    postgres = world.servers.postgres
    await asyncio.to_thread(postgres.kill)
    await asyncio.sleep(rng.uniform(0, 2))
    await asyncio.to_thread(postgres.start)


async def postgresql_restarted(world: "World", rng: Random) -> None:
    """PostgreSQL restarted"""
    postgres = world.servers.postgres
    await asyncio.to_thread(postgres.stop, "fast")
    await asyncio.to_thread(postgres.start)


CLUSTER_FAULTS: list[Fault] = [*FAULTS, redis_killed, redis_silent, postgresql_killed, postgresql_restarted]


@contextlib.asynccontextmanager
async def silence(world: "World") -> AsyncIterator[None]:
    """Let nothing through the network, with connections left open."""
    world.proxy.flowing.clear()
    try:
        yield
    finally:
        world.proxy.flowing.set()


@contextlib.asynccontextmanager
async def unsaved_in_a_browser(world: "World", rng: Random) -> AsyncIterator["Profile"]:
    """A browser that has stopped pressing, with unsaved clicks on its disk; the network is silent for the block."""
    profile = rng.choice(world.profiles)
    async with profile.pressing, silence(world):
        with contextlib.suppress(Error):
            await world.browser_budget.report(0, await profile.press(rng.choice(profile.tabs), rng.randint(3, 20)))
        world.unsaved_when_hit += await profile.all_stored()
        yield profile


@contextlib.asynccontextmanager
async def locked(world: "World") -> AsyncIterator[None]:
    """Hold the lock that every click needs."""
    url = world.servers.db_url
    if url.startswith("sqlite"):
        path = url.removeprefix("sqlite:///")
        other, lock = sqlite3.connect(path, isolation_level=None, timeout=60, check_same_thread=False), "BEGIN IMMEDIATE"
    else:
        other, lock = psycopg.connect(url.replace("+psycopg", "")), "SELECT id FROM counter FOR UPDATE"
    with contextlib.closing(other):
        await asyncio.to_thread(other.execute, lock)
        yield
