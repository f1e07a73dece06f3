"""Do presses stay as quick at the counters of a group? `python -m benchmarks.groups [TIMES] [SECONDS] [RATE]`.

100 tabs press together 4000 times a second: at one counter, at ten of their own, at the ten counters of one group, and there
while ten of the tabs look at the group. All that TIMES times (five by default) in turn, each with a new server and database.
Prints every run, then the medians in ms and their ratio to those of ten counters of their own. The time is from a press to
each tab that shows its counter; at the group's own page every press has to be shown.
"""

import asyncio
import gc
import json
import subprocess
import sys
import tempfile
import time
from array import array
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import uvloop

from benchmarks.cells import busy_cores
from benchmarks.load import JOINING, latencies, settled
from benchmarks.recorder import Sending, events, record
from benchmarks.servers import ROOT, Server, running
from benchmarks.tabs import ClickCounter, Tab
from clickcounter.ledger import counters, groups, rounds
from clickcounter.ledger.ledger import Ledger

TABS = 100
PARTS = 10
WATCHERS = 10  # tabs on the group's page
ONE, OWN, MEMBERS, WATCHED = "one counter", "ten counters", "ten of a group", "ten of a group that is watched"
LIMIT = 120.0  # seconds; a run that takes longer has failed


def prepare(url: str, kind: str) -> tuple[list[str], str]:
    """Create the counters, and their group if they have one. Returns their slugs, and the group's if tabs look at it."""
    ledger = Ledger(url)

    def create(name: str, **more: bool) -> str:
        return ledger.transact(lambda c: counters.create(c, {"name": name} | more, rounds.new_round_id(), None))

    slugs = [create(f"Door {n}") for n in range(1 if kind == ONE else PARTS)]
    house = ""
    if kind in (MEMBERS, WATCHED):
        house = create("House", group=True)
        ledger.transact(lambda c: groups.change_parts(c, house, dict.fromkeys(slugs, 1), None))
    ledger.close()
    return slugs, house if kind == WATCHED else ""


async def open_tabs(port: int, slugs: list[str]) -> list[Tab]:
    """Open a tab on each of these pages, a few at a time."""
    tabs: list[Tab] = []
    for first in range(0, len(slugs), JOINING):
        some = [ClickCounter(slug, f"/c/{slug}") for slug in slugs[first : first + JOINING]]
        tabs += await asyncio.gather(*(tab.join(f"ws://127.0.0.1:{port}") for tab in some))
    return tabs


async def load(port: int, slugs: list[str], house: str, rate: float, seconds: float) -> dict[str, Any]:
    """Open the tabs, press in each in turn, wait, close."""
    pressing = await open_tabs(port, [slugs[n % len(slugs)] for n in range(TABS - (WATCHERS if house else 0))])
    watching = await open_tabs(port, [house] * WATCHERS) if house else []
    tabs = [*pressing, *watching]
    await settled(tabs)
    gc.collect()
    gc.freeze()
    gc.disable()  # a pause here would count against the server
    for tab in tabs:
        tab.reset()
    count, many = events(rate, seconds), len(slugs)
    targets = {tab: len(range(n % many, count, many)) for n, tab in enumerate(pressing)} | dict.fromkeys(watching, count)
    sending = record(pressing, rate, seconds, targets=targets)
    shown = [(pressing[n::many], of_counter(sending, n, many)) for n in range(many)]
    shown += [(watching, sending)] if watching else []
    result = report(shown, sending, pressing)
    for tab in tabs:
        tab.leave()
    return result


def of_counter(sending: Sending, n: int, many: int) -> Sending:
    """What was sent to the n-th of so many counters."""
    return Sending(array("d", sending.at[n::many]), sending.started)


def report(shown: list[tuple[list[Tab], Sending]], sending: Sending, pressing: list[Tab]) -> dict[str, Any]:
    """The result of a run."""
    ms = np.concatenate([latencies(tabs, sent, 0) for tabs, sent in shown])
    expected = sum(len(tabs) * len(sent.at) for tabs, sent in shown)
    return {
        "p50": round(float(np.percentile(ms, 50)), 2),
        "p99": round(float(np.percentile(ms, 99)), 2),
        "delivered": round(len(ms) / expected, 4),
        "all_right": all(tab.shown == len(sent.at) for tabs, sent in shown for tab in tabs),
        "unanswered": sum(tab.unanswered for tab in pressing),
        "refused": sum(getattr(tab, "refused", 0) for tab in pressing),
        "late": round(sending.late * 1000, 1),
    }


def measure(server: Server, kind: str, rate: float, seconds: float) -> dict[str, Any]:
    """One run, with the load generator in a process of its own."""
    slugs, house = prepare(f"sqlite:///{server.folder}/counter.db", kind)
    asked = json.dumps([server.port, slugs, house, rate, seconds])
    busy, command = busy_cores(), [sys.executable, "-m", "benchmarks.groups", "load", asked]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=LIMIT, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return json.loads(done.stdout.splitlines()[-1]) | {"others": busy}


def main(times: int = 5, seconds: float = 5, rate: float = 4000) -> None:
    """Run all kinds in turn, and print."""
    kinds = (ONE, OWN, MEMBERS, WATCHED)
    found: dict[str, list[dict[str, Any]]] = {kind: [] for kind in kinds}
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        for turn in range(times):
            for kind in kinds if turn % 2 == 0 else kinds[::-1]:
                with running("ours", Path(scratch) / f"{turn}-{kinds.index(kind)}") as server:
                    found[kind].append(measure(server, kind, rate, seconds))
                print(f"{kind:32} {found[kind][-1]}", flush=True)
    print(f"\n{TABS} tabs × {rate:g}/s, {seconds:g} s, medians of {times}: p50 / p99 in ms, × ten counters; bad runs")
    for kind in kinds:
        p50, p99 = (median(run[name] for run in found[kind]) for name in ("p50", "p99"))
        own50, own99 = (median(run[name] for run in found[OWN]) for name in ("p50", "p99"))
        bad = sum(not run["all_right"] or bool(run["unanswered"] or run["refused"]) for run in found[kind])
        print(f"{kind:32} {p50:.2f} / {p99:.2f}   {p50 / own50:.2f} / {p99 / own99:.2f}   {bad}")
    others, late = (max(run[name] for runs in found.values() for run in runs) for name in ("others", "late"))
    print(f"{time.monotonic() - began:.0f} s; others used up to {others:g} cores, the load was up to {late:g} ms late")


if __name__ == "__main__":
    if sys.argv[1:2] == ["load"]:
        print(json.dumps(uvloop.run(load(*json.loads(sys.argv[2])))))
    else:
        given = sys.argv[1:]
        main(*map(int, given[:1]), *map(float, given[1:]))
