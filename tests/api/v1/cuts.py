"""Programs press while connections are cut, presses are repeated, and the server is killed: all presses count once.

`python -m tests.api.v1.cuts [PROGRAMS [PRESSES [KILLS]]]`; the test runs a shorter one.
"""

import asyncio
import json
import os
import random
import sys
import tempfile
from pathlib import Path

from tests.raw import new_key
from tests.server import BackEnd, free_port

CUT, REPEAT = 0.05, 0.05  # of the presses
Answer = tuple[int, dict[str, object]]


async def press(port: int, device: str, body: dict[str, object], *, cut: bool) -> Answer | None:
    """Send one press; None where no answer came."""
    sent = json.dumps(body).encode()
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return None
    try:
        writer.write(
            b"POST /api/v1/counters/counter/presses HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            b"Click-Counter-Device: %b\r\nContent-Length: %d\r\n\r\n%b" % (device.encode(), len(sent), sent)
        )
        await writer.drain()
        if cut:
            return None
        head, _, text = (await asyncio.wait_for(reader.read(), 30)).partition(b"\r\n\r\n")
        return int(head.split()[1]), json.loads(text)
    except (OSError, ValueError, IndexError, TimeoutError):
        return None
    finally:
        writer.close()


async def program(port: int, number: int, presses: int, chance: random.Random, done: list[int]) -> None:
    """Press so many times, each until it is answered as saved."""
    device = os.urandom(16).hex()
    for count in range(presses):
        key = new_key() if number % 2 else f"press {count}"  # names of its own, or keys as a tab makes them
        body: dict[str, object] = {"key": key}
        while True:
            answer = await press(port, device, body, cut=chance.random() < CUT)
            if answer and answer[0] == 200:
                break
            assert answer is None or answer[0] in (409, 429, 503), answer
            await asyncio.sleep(chance.random() / 20)
        if chance.random() < REPEAT:
            await press(port, device, body, cut=chance.random() < 0.5)
        done.append(number)


async def kill_now_and_then(back_end: BackEnd, kills: int, wanted: int, done: list[int]) -> None:
    """kill -9, each time another part of the presses is done."""
    for turn in range(kills):
        while len(done) < wanted * (turn + 1) / (kills + 1):
            await asyncio.sleep(0.01)
        await asyncio.to_thread(back_end.kill)
        await asyncio.to_thread(back_end.start)


async def run(back_end: BackEnd, programs: int, presses: int, kills: int, seed: int) -> int:
    """What the ledger holds in the end."""
    done: list[int] = []
    wanted = programs * presses
    pressing = [program(back_end.port, n, presses, random.Random(seed + n), done) for n in range(programs)]
    await asyncio.gather(kill_now_and_then(back_end, kills, wanted, done), *pressing)
    [(value, rows)] = back_end.query("SELECT value, (SELECT count(*) FROM click) FROM counter WHERE slug = 'counter'")
    assert value == rows, "each counts as one"
    return int(value)


def main(programs: int = 50, presses: int = 200, kills: int = 5) -> None:
    """The full run."""
    seed = random.randrange(10**6)
    print(f"seed {seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        back_end = BackEnd(free_port(), Path(folder))
        back_end.start()
        try:
            value = asyncio.run(run(back_end, programs, presses, kills, seed))
        finally:
            back_end.kill()
    print(f"{programs} programs × {presses} presses, {kills} kills: {value} counted")
    sys.exit(value != programs * presses)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
