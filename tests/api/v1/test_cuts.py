"""Whatever happens to a program's connection or to the server, each press counts once."""

import random
from pathlib import Path

from tests.api.v1.cuts import run
from tests.server import BackEnd, free_port

PROGRAMS, PRESSES, KILLS = 50, 30, 2


async def test_presses_by_key_count_once_through_cuts_repeats_and_kills(tmp_path: Path):
    back_end = BackEnd(free_port(), tmp_path)
    back_end.start()
    try:
        assert await run(back_end, PROGRAMS, PRESSES, KILLS, random.randrange(10**6)) == PROGRAMS * PRESSES
    finally:
        back_end.kill()
