"""A rolling restart behind the sample nginx while 150 tabs press: `make siege` runs it after the attacks.

Three back ends on SQLite, restarted one after another. Prints how long presses took, and what nginx refused.
"""

import asyncio
import contextlib
import os
import shutil
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from tests.cluster import Cluster
from tests.raw import STATE, RawClient
from tests.server import empty_database, until
from tests.siege.honest import percentile

TABS = 150
PRESS_EVERY = 1.0  # seconds, each tab
ANSWER_WITHIN = 2.0  # seconds; then a page sends the press again
RECONNECT_AFTER = 0.05


@dataclass
class Presses:
    """What became of all presses."""

    pressed: set[str] = field(default_factory=set)
    waited: list[float] = field(default_factory=list)  # seconds until each was saved
    refused: list[int] = field(default_factory=list)  # statuses with which nginx refused a socket
    connected: int = 0


async def press(port: int, presses: Presses, stopping: asyncio.Event) -> None:
    """One person: reconnects whenever the socket closes, and sends what is not saved again."""
    device, unsaved, since = os.urandom(16).hex(), None, 0.0
    while not stopping.is_set():
        with contextlib.suppress(aiohttp.ClientConnectionError, ConnectionError, TimeoutError):
            tab = RawClient(port)
            tab.device = device
            try:
                await tab.__aenter__()
            except aiohttp.WSServerHandshakeError as error:
                presses.refused.append(error.status)
                await asyncio.sleep(RECONNECT_AFTER)
                continue
            presses.connected += 1
            try:
                while unsaved or not stopping.is_set():
                    if unsaved is None:
                        unsaved, since = tab.click(), time.monotonic()
                        presses.pressed.add(unsaved["key"])
                    await tab.event(f"{STATE}.record", tab.payload(unsaved))
                    if (await tab.answer(ANSWER_WITHIN))["codes"].get(unsaved["key"]) == "saved":
                        unsaved = None
                        presses.waited.append(time.monotonic() - since)
                        with contextlib.suppress(TimeoutError):
                            await asyncio.wait_for(stopping.wait(), PRESS_EVERY)
            finally:
                presses.connected -= 1
                await tab.__aexit__()
        await asyncio.sleep(RECONNECT_AFTER)


async def restart_one_by_one(cluster: Cluster, tabs: int) -> Presses:
    """Restart every back end in turn while all tabs press."""
    presses, stopping = Presses(), asyncio.Event()
    people = [asyncio.create_task(press(cluster.nginx.port, presses, stopping)) for _ in range(tabs)]
    for worker in (*cluster.workers, *cluster.workers):
        goal = len(presses.waited) + 3 * tabs
        await until(lambda goal=goal: len(presses.waited) > goal, within=60)
        await asyncio.to_thread(worker.stop)
        await asyncio.to_thread(worker.start)
        await until(lambda: presses.connected == tabs, within=60)
    stopping.set()
    await asyncio.gather(*people)
    return presses


def rolling_restart(folder: Path, tabs: int = TABS) -> tuple[Presses, list[str]]:
    """The presses, and the promises that were broken."""
    url = f"sqlite:///{folder / 'counter.db'}"
    shutil.copy(empty_database(), folder / "counter.db")
    cluster = Cluster(folder, url, ({}, {}, {}), with_redis=False)
    cluster.start()
    try:
        presses = asyncio.run(restart_one_by_one(cluster, tabs))
        keys = [key for (key,) in cluster.workers[0].query("SELECT key FROM click")]
    finally:
        cluster.stop()
    broken = [f"nginx refused {len(presses.refused)} sockets: {sorted(set(presses.refused))}"] if presses.refused else []
    if sorted(keys) != sorted(presses.pressed):
        broken.append(f"{len(presses.pressed)} presses, {len(keys)} rows of {len(set(keys))} keys")
    return presses, broken


def main() -> bool:
    """Run it and print the result. True if every promise was kept."""
    with tempfile.TemporaryDirectory(prefix="clickcounter-rolling-") as name:
        presses, broken = rolling_restart(Path(name))
    slowest = max(presses.waited)
    if slowest >= 1:
        broken.append(f"the slowest press took {slowest * 1000:.0f} ms")
    p50, p99 = (percentile(presses.waited, part) * 1000 for part in (50, 99))
    print(
        f"rolling restart, {TABS} tabs, {len(presses.waited)} presses: p50 {p50:.0f} p99 {p99:.0f} max {slowest * 1000:.0f}"
    )
    print("\n".join(f"BROKEN {promise}" for promise in broken) or "kept   no socket refused, nothing lost or doubled")
    return not broken


if __name__ == "__main__":
    raise SystemExit(not main())
