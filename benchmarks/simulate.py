"""What would many machines do? `python -m benchmarks.simulate` checks the simulation and prints predictions.

The check repeats the cells that were measured on this machine, by `make bench` (docs/performance.md) and together with the
costs (costs.json, written by `python -m benchmarks.costs`); those come from other runs. No number is fitted to a cell.
"""

import json
import random
import re
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.model import IN, Cost, Costs, Disk, Pace, Worker, latencies, percentile
from benchmarks.stations import Clock, Machine, Station

FILE = Path(__file__).parent / "costs.json"
BENCHMARK = Path(__file__).parent.parent / "docs" / "performance.md"  # the table of three whole `make bench`
CORES = 2
CLOSE = 0.25  # how far a simulated median may be from the measured one
# Cells that the benchmark, in another hour, measured so much slower than the rounds that no simulation can repeat both.
SLOWER_IN_THE_BENCHMARK = ("1000 × 2,000/s", "100 × 10,000/s, 5 per event")
SAMPLED = 2_000  # presses whose latencies are looked at
AFTERWARDS = 8.0  # seconds in which the last presses may still arrive


@dataclass(frozen=True, slots=True)
class Result:
    """Latencies in ms, and what else a run tells."""

    p50: float
    p99: float
    shown: float  # part of the (press, tab) pairs that arrived
    worker: Worker
    machine_busy: dict[str, float]  # part of the time that each thread worked


@cache
def measured() -> dict[str, Any]:
    """The file that `benchmarks.costs` wrote."""
    found: dict[str, Any] = json.loads(FILE.read_text())
    return found


@cache
def benchmark() -> dict[tuple[int, int, int], tuple[float, float]]:
    """Our own p50 and p99 in that table, in ms, by tabs, presses a second and presses per event."""
    row = re.compile(r"^\| (\d+) tabs × (\d+)/s(?:, (\d+) per event)? \| ([\d.]+) / ([\d.]+) \|", re.M)
    found = row.findall(BENCHMARK.read_text())
    return {(int(tabs), int(rate), int(each or 1)): (float(p50), float(p99)) for tabs, rate, each, p50, p99 in found}


@cache
def costs() -> Costs:
    """The measured costs."""
    known = measured()["costs"]
    pairs = {name: Cost(*value) for name, value in known.items() if isinstance(value, list) and name != "disk"}
    fixed = {name: value for name, value in known.items() if isinstance(value, float)}
    return Costs(**pairs, **fixed, disk=tuple(known["disk"]))


def run(
    costs: Costs, tabs: int, rate: float, seconds: float, presses: int = 1, *, seed: int = 1, cores: float = CORES
) -> Result:
    """One cell on one machine, with the load generator beside the server, as `make bench` measures it."""
    clock, rng = Clock(), random.Random(seed)
    machine = Machine(clock, cores)
    client, pace = Station(machine, costs.wake), Pace(clock)
    worker = Worker(clock, machine, costs, tabs, Disk(clock, costs, rng), client=client)

    def press() -> None:
        work = (pace.of("press_client", costs.press_client) + (presses - 1) * costs.more_client) * IN
        client.do(work, lambda: worker.arrive(presses, clock.now))  # a press is composed before it counts as made

    events = max(1, round(rate * seconds / presses))
    for number in range(events):
        clock.at(number * presses / rate, press)
    clock.run(seconds)
    threads = {"loop": worker.loop, "writer": worker.writer, "client": client}
    busy = {name: station.worked / seconds for name, station in threads.items()}
    clock.run(seconds + AFTERWARDS)
    skip = max(1, events * presses // SAMPLED)
    found = latencies(worker.saved, worker.groups, skip)
    pairs = len(range(0, events * presses, skip)) * len(worker.groups)
    return Result(percentile(found, 0.5) * 1000, percentile(found, 0.99) * 1000, len(found) / pairs, worker, busy)


def check() -> list[dict[str, Any]]:
    """Each measured cell with what the benchmark and the simulation say."""
    rows = []
    for cell in measured()["cells"]:
        result = run(costs(), cell["tabs"], cell["rate"], cell["seconds"], cell["presses"])
        p50, p99 = benchmark()[cell["tabs"], cell["rate"], cell["presses"]]
        rows.append(cell | {"bench_p50": p50, "bench_p99": p99, "simulated_p50": result.p50, "simulated_p99": result.p99})
    return rows


def name_of(cell: dict[str, Any]) -> str:
    """A cell as the tables call it."""
    return f"{cell['tabs']} × {cell['rate']:,g}/s" + (f", {cell['presses']} per event" if cell["presses"] > 1 else "")


def print_check() -> None:
    """Print the check as a table."""
    print("| tabs × presses | benchmark | with the costs | simulated | to the benchmark | to that with the costs |")
    print("| --- | --- | --- | --- | --- | --- |")
    for row in check():
        times = [f"{row[kind + 'p50']:.1f} / {row[kind + 'p99']:.1f}" for kind in ("bench_", "", "simulated_")]
        ratios = [f"{row['simulated_p50'] / row[kind + 'p50']:.2f}" for kind in ("bench_", "")]
        print(f"| {' | '.join([name_of(row), *times, *ratios])} |")


def main() -> None:
    """Print the check, then the predictions."""
    print_check()
    if "check" not in sys.argv[1:]:
        from benchmarks import many_machines

        many_machines.print_predictions()


if __name__ == "__main__":
    main()
