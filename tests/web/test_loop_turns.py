"""Whatever comes in besides presses begins in turn."""

import asyncio
import itertools

import pytest

from clickcounter.web import loop_turns
from clickcounter.web.loop_turns import Turns
from tests.server import PATIENCE, until


async def test_one_begins_in_each_round_of_the_loop_in_order():
    turns, begun, rounds = Turns(lambda: False), [], []

    async def begin(name: int) -> None:
        await turns.take()
        begun.append(name)

    tasks = [asyncio.create_task(begin(n)) for n in range(5)]
    while len(begun) < 5:
        rounds.append(len(begun))
        await asyncio.sleep(0)
    assert begun == [0, 1, 2, 3, 4]
    assert all(after - before <= 1 for before, after in itertools.pairwise(rounds))
    await asyncio.gather(*tasks)


async def test_whoever_leaves_holds_up_nobody():
    turns = Turns(lambda: False)
    await turns.take()
    leaving, staying = asyncio.create_task(turns.take()), asyncio.create_task(turns.take())
    await asyncio.sleep(0)
    leaving.cancel()
    await asyncio.wait_for(staying, PATIENCE)


async def test_while_a_press_is_saved_the_next_waits_but_not_for_ever(monkeypatch: pytest.MonkeyPatch):
    saving, loop = True, asyncio.get_running_loop()
    now = loop.time()
    monkeypatch.setattr(loop, "time", lambda: now)  # the clock stands still until the test moves it
    turns = Turns(lambda: saving)
    tasks = [asyncio.create_task(turns.take()) for _ in range(3)]
    for moment in range(2):
        for _ in range(10):
            await asyncio.sleep(0)
        assert [task.done() for task in tasks] == [number <= moment for number in range(3)]
        now += loop_turns.LONGEST_WAIT  # the press takes long
    saving = False
    monkeypatch.undo()
    await until(tasks[2].done)
