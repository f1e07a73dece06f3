"""When a counter's room gets a frame."""

import asyncio
import itertools

from clickcounter.domain.clicks import Snapshot
from clickcounter.live.broadcaster import AHEAD, Broadcaster
from clickcounter.live.scoreboard import Scoreboard


async def test_quiet_counters_are_announced_at_once_busy_ones_newest_only():
    sent: list[int] = []
    value = 0

    again = asyncio.Event()

    def send(_counter: str) -> float:
        if sent:
            again.set()
        sent.append(value)
        return 0.0

    broadcaster = Broadcaster(send, lambda: ["a"], gap=0.05, share=0.5)
    broadcaster.announce("a")
    assert sent == [0]
    for value in range(1, 100):  # noqa: B007  send reads it
        broadcaster.announce("a")
    assert sent == [0]
    async with asyncio.timeout(1):
        await again.wait()
    assert sent == [0, 99]


async def test_frames_take_at_most_their_share_of_the_loop_on_average():
    loop, at = asyncio.get_running_loop(), []

    def send(_counter: str) -> float:
        at.append(loop.time())
        return 0.03  # what it says that it cost

    broadcaster = Broadcaster(send, lambda: ["a"], gap=0.001, share=0.5)
    async with asyncio.timeout(3):
        while len(at) < 6:
            broadcaster.announce("a")
            await asyncio.sleep(0)
    assert at[1] - at[0] < 0.06  # two that come close together
    assert at[5] - at[0] >= 5 * 0.06 - AHEAD - 0.001
    assert all(later - earlier >= 0.059 for earlier, later in itertools.pairwise(at[2:]))


def test_the_scoreboard_takes_only_newer_watched_snapshots():
    board = Scoreboard()
    old, new = Snapshot("a", 1, 10, 1), Snapshot("a", 2, 11, 1)
    assert not board.offer(new)
    board.show("a")
    assert board.offer(new)
    assert not board.offer(old)
    assert not board.offer(new)
    assert board.newest("a") == new
    board.drop("a")
    assert board.newest("a") is None
