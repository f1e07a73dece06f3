"""The load generator: open tabs, press on schedule, and measure from each press to every tab.

    python -m benchmarks.load SYSTEM PORT TABS RATE SECONDS [PRESSES]

RATE is presses per second by all tabs together, PRESSES how many one event carries. The schedule does not wait for the
server (an open loop). The n-th press should raise the number to base + n; its latency at a tab is the time from sending it
until that tab first shows that number or a higher one. A server may thus combine presses in one frame, but every tab counts.
Prints one line of JSON; times are in ms.
"""

import asyncio
import gc
import json
import sys
import time
from typing import Any

import numpy as np
import uvloop

from benchmarks.recorder import Sending, record
from benchmarks.tabs import SYSTEMS, Tab

JOINING = 20  # at the same time
SETTLE = 1.0  # seconds between the last join and the first press, at least
SETTLE_WITHIN = 30.0  # seconds; a system that links tabs to each other may take this long


async def open_tabs(system: str, port: int, count: int) -> list[Tab]:
    """Open the tabs, a few at a time."""
    tabs: list[Tab] = []
    while len(tabs) < count:
        some = min(JOINING, count - len(tabs))
        tabs += await asyncio.gather(*(SYSTEMS[system]().join(f"ws://127.0.0.1:{port}") for _ in range(some)))
    return tabs


async def settled(tabs: list[Tab]) -> None:
    """Wait until the tabs receive nothing but heartbeats."""
    end = time.perf_counter() + SETTLE_WITHIN
    while time.perf_counter() < end:
        heard = sum(tab.frames for tab in tabs)
        await asyncio.sleep(SETTLE)
        if sum(tab.frames for tab in tabs) - heard <= len(tabs):
            return


def latencies(tabs: list[Tab], sending: Sending, base: int) -> Any:
    """The latency in ms of each press at each tab, where it arrived."""
    sent = np.frombuffer(sending.at)
    wanted = np.arange(base + 1, base + len(sent) + 1)
    found = []
    for tab in tabs:
        rose_to, rose_at = np.frombuffer(tab.rose_to, dtype=np.int64), np.frombuffer(tab.rose_at)
        index = np.searchsorted(rose_to, wanted)
        there = index < len(rose_to)
        found.append((rose_at[index[there]] - sent[there]) * 1000)
    return np.concatenate(found)


def report(tabs: list[Tab], sending: Sending, base: int, cpu: float) -> dict[str, Any]:
    """The result that is printed."""
    clicks = len(sending.at)
    ms = latencies(tabs, sending, base)
    of = {
        name: round(float(np.percentile(ms, part)), 2) if len(ms) else None
        for name, part in (("p50", 50), ("p99", 99), ("max", 100))
    }
    frames = sum(tab.frames for tab in tabs)
    last = max((tab.rose_at[-1] for tab in tabs if tab.rose_at), default=sending.started)
    return of | {
        "clicks": clicks,
        "delivered": round(len(ms) / (clicks * len(tabs)), 4),
        "lost": base + clicks - max(tab.highest for tab in tabs),
        "all_right": {tab.shown for tab in tabs} == {base + clicks},
        "unanswered": sum(tab.unanswered for tab in tabs),
        "refused": sum(getattr(tab, "refused", 0) for tab in tabs),
        "steps_back": sum(tab.steps_back for tab in tabs),
        "closed": sum(not tab.is_open for tab in tabs),
        "done_s": round(last - sending.started, 2),
        "frames": frames,
        "bytes_a_frame": round(sum(tab.bytes for tab in tabs) / max(1, frames)),
        "late": round(sending.late * 1000, 1),
        "cpu": round(cpu, 2),
    }


async def load(system: str, port: int, count: int, rate: float, seconds: float, presses: int) -> dict[str, Any]:
    """Run one cell: open the tabs, press, wait, close."""
    tabs = await open_tabs(system, port, count)
    await settled(tabs)
    base = max(tab.shown for tab in tabs)
    gc.collect()
    gc.freeze()
    gc.disable()  # a pause here would count against the server
    for tab in tabs:
        tab.reset()
    used, began = time.process_time(), time.perf_counter()
    sending = record(tabs, rate, seconds, presses)
    cpu = (time.process_time() - used - sending.reading) / (time.perf_counter() - began - sending.reading)
    result = report(tabs, sending, base, cpu)
    for tab in tabs:
        tab.leave()
    return result


if __name__ == "__main__":
    name, port, tabs, rate, seconds, *presses = sys.argv[1:]
    print(json.dumps(uvloop.run(load(name, int(port), int(tabs), float(rate), float(seconds), int((presses or ["1"])[0])))))
