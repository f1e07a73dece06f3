"""A tab follows the counters of its board: each cell joins its room first, then reads, as a page of one counter does.

All that follows from joining a room holds for each cell by itself: rights are checked again while it watches, a counter that
goes away is told, and a tab that leaves takes all of its cells along.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import asdict
from typing import Any

from clickcounter.domain.clicks import now_ms
from clickcounter.errors import ClickCounterError, Malformed
from clickcounter.history.participants import OwnTotals
from clickcounter.live.pipeline import running
from clickcounter.services.validation import is_clean_text
from clickcounter.socket import rooms
from clickcounter.socket.admission import MOST_QUESTIONS
from clickcounter.socket.boards.cells import Cell
from clickcounter.socket.entry import enter
from clickcounter.socket.fanout import frame_error
from clickcounter.socket.intake import charge
from clickcounter.socket.protocol import ABOUT, FRAME, MINE
from clickcounter.socket.tab import Tab

MOST_COUNTERS = 12  # of one board

Variables = dict[str, Any]
OwnTotalsOf = Callable[[str], Awaitable[OwnTotals]]


def read_counters(counters: object) -> list[str]:
    """The names of a board's counters, each once. Raises Malformed."""
    if not isinstance(counters, list) or len(counters) > MOST_COUNTERS:
        raise Malformed(f"a board has a list of at most {MOST_COUNTERS} counters")
    if not all(is_clean_text(counter, 64) for counter in counters):
        raise Malformed("a counter's name is a text")
    return [*dict.fromkeys(counters)]


async def follow(tab: Tab, counters: list[str], own_totals: OwnTotalsOf) -> Variables:
    """Put the tab into the rooms of these counters, and out of all others of its board. Returns what each one shows.

    It costs the tab as many events as it has counters, two of which are read at the same time: as if its person had opened
    them one after the other. Raises Later.
    """
    charge(tab, max(1, len(counters)))
    cells = arrange(tab, counters)
    turns = asyncio.Semaphore(MOST_QUESTIONS)

    async def join(cell: Cell) -> Variables:
        async with turns:
            return await _join(cell, own_totals)

    joined = await asyncio.gather(*map(join, cells.values()))
    variables: Variables = {}
    for cell, said in zip(cells.values(), joined, strict=True):
        if not cell.closed:
            variables |= said | _newest(cell)
    return variables


def arrange(tab: Tab, counters: Iterable[str]) -> dict[str, Cell]:
    """The cells of a tab's board, which now has these counters; those of others leave their rooms."""
    here, before = rooms.current(), tab.cells or {}
    cells = {counter: before.get(counter) or Cell(tab, counter) for counter in counters}
    tab.cells = cells or None
    for counter in before.keys() - cells.keys():
        here.leave(before[counter])
    return cells


async def _join(cell: Cell, own_totals: OwnTotalsOf) -> Variables:
    """Why the counter is not shown, if so; what the tab's device and person added to it, and may do."""
    _, frame = await enter(cell, cell.of)
    said: Variables = {cell.named(FRAME): frame} if "error" in frame else {}
    try:
        mine = await own_totals(cell.of)
    except ClickCounterError:  # the frame says why, or the next time does
        return said
    rooms.current().set_label(cell, mine.label)
    return said | {cell.named(MINE): {"counter": cell.of, "at": now_ms(), **asdict(mine)}}


def _newest(cell: Cell) -> Variables:
    """What the room would send now: what was read while others were still read may be old by now."""
    if cell.kept_out is not None:
        return {cell.named(FRAME): frame_error(cell.of, rooms.MEMBERS_ONLY)}
    snapshot = running().newest(cell.of) if cell.counter else None
    if snapshot is None:
        return {}
    about, frame = rooms.current().shown(snapshot)
    return {cell.named(ABOUT): about, cell.named(FRAME): frame}
