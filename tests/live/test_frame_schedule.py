"""When a counter's room gets a frame."""

import asyncio
import itertools
from types import SimpleNamespace

import pytest

from clickcounter.domain.clicks import Snapshot
from clickcounter.live.frame_schedule import AHEAD, FrameSchedule
from clickcounter.live.scoreboard import Scoreboard
from tests.server import PATIENCE


def stopped_clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The event loop's clock, which only a test moves: `now`."""
    loop = asyncio.get_running_loop()
    clock = SimpleNamespace(now=loop.time())
    monkeypatch.setattr(loop, "time", lambda: clock.now)
    return clock


async def test_quiet_counters_are_announced_at_once_busy_ones_newest_only(monkeypatch: pytest.MonkeyPatch):
    sent: list[int] = []
    value = 0

    again = asyncio.Event()

    def send(_counter: str) -> float:
        if sent:
            again.set()
        sent.append(value)
        return 0.0

    schedule = FrameSchedule(send, lambda: ["a"], gap=0.05, share=0.5)
    with monkeypatch.context() as patched:
        stopped_clock(patched)
        schedule.announce("a")
        assert sent == [0]
        for value in range(1, 100):  # noqa: B007  send reads it
            schedule.announce("a")
        assert sent == [0]
    async with asyncio.timeout(PATIENCE):
        await again.wait()
    assert sent == [0, 99]


async def test_frames_take_at_most_their_share_of_the_loop_on_average(monkeypatch: pytest.MonkeyPatch):
    clock, at = stopped_clock(monkeypatch), []

    def send(_counter: str) -> float:
        at.append(clock.now)
        return 0.03  # what it says that it cost

    schedule = FrameSchedule(send, lambda: ["a"], gap=0.001, share=0.5)
    while len(at) < 6:
        schedule.announce("a")
        await asyncio.sleep(0)
        clock.now += 0.001
    for first, last in itertools.combinations(range(6), 2):
        assert at[last] - at[first] >= (last - first) * 0.06 - AHEAD - 0.001


async def test_changes_that_come_close_together_need_not_wait(monkeypatch: pytest.MonkeyPatch):
    stopped_clock(monkeypatch)
    sent: list[str] = []

    def send(counter: str) -> float:
        sent.append(counter)
        return 0.005

    schedule = FrameSchedule(send, lambda: ["a"], gap=0.016, share=0.5)
    for _ in range(3):
        schedule.announce("a")
    assert sent == ["a"] * 3


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
