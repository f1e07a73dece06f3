"""What would many machines do? `python -m benchmarks.simulate` checks the simulation and prints predictions.

The check repeats the cells that were measured on this machine, from costs that were measured in other runs (costs.json,
written by `python -m benchmarks.costs`). One number is not measured but solved for: how long a sleeping thread takes to
wake, so that a lone press takes as long as it did.
"""

import json
import random
import sys
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.model import Clock, Cost, Costs, Disk, Machine, Pace, Station, Worker, latencies, percentile

FILE = Path(__file__).parent / "costs.json"
CLOSE = 0.25  # how far a simulated median may be from the measured one
SAMPLED = 2_000  # presses whose latencies are looked at
AFTERWARDS = 8.0  # seconds in which the last presses may still arrive
LONGEST_WAKE = 0.002  # seconds


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
def costs() -> Costs:
    """The measured costs, with the wake that explains the lone press."""
    known = measured()["costs"]
    pairs = {name: Cost(*value) for name, value in known.items() if isinstance(value, list) and name != "disk"}
    fixed = {name: known[name] for name in ("commit_event", "commit_press", "checkpoint")}
    found = Costs(**pairs, **fixed, disk=tuple(known["disk"]), wake=0.0)
    lone, low, high = known["lone_press"], 0.0, LONGEST_WAKE
    for _ in range(12):
        wake = (low + high) / 2
        result = run(replace(found, wake=wake), lone["tabs"], lone["rate"], lone["seconds"])
        low, high = (wake, high) if result.p50 < lone["p50"] * 1000 else (low, wake)
    return replace(found, wake=low)


def run(
    costs: Costs, tabs: int, rate: float, seconds: float, presses: int = 1, *, seed: int = 1, cores: float = 2
) -> Result:
    """One cell on one machine, with the load generator beside the server, as `make bench` measures it."""
    clock, rng = Clock(), random.Random(seed)
    machine = Machine(clock, cores)
    client, pace = Station(machine, costs.wake), Pace(clock)
    worker = Worker(clock, machine, costs, tabs, Disk(clock, costs, rng), client=client)

    def press() -> None:
        work = pace.of("press_client", costs.press_client)

        client.do(work, lambda: worker.arrive(presses, clock.now - work))

    events = max(1, round(rate * seconds / presses))
    for number in range(events):
        clock.at(number * presses / rate, press)
    clock.run(seconds)
    threads = {"loop": worker.loop, "writer": worker.writer, "wire": worker.wire, "client": client}
    busy = {name: station.worked / seconds for name, station in threads.items()}
    clock.run(seconds + AFTERWARDS)
    skip = max(1, events * presses // SAMPLED)
    found = latencies(worker.saved, worker.groups, skip)
    pairs = len(range(0, events * presses, skip)) * len(worker.groups)
    return Result(percentile(found, 0.5) * 1000, percentile(found, 0.99) * 1000, len(found) / pairs, worker, busy)


def check() -> list[dict[str, Any]]:
    """Each measured cell with what the simulation says."""
    rows = []
    for cell in measured()["cells"]:
        result = run(costs(), cell["tabs"], cell["rate"], cell["seconds"], cell["presses"])
        rows.append(cell | {"simulated_p50": result.p50, "simulated_p99": result.p99})
    return rows


def name_of(cell: dict[str, Any]) -> str:
    """A cell as the tables call it."""
    return f"{cell['tabs']} × {cell['rate']:,g}/s" + (f", {cell['presses']} per event" if cell["presses"] > 1 else "")


def print_check() -> None:
    """Print the check as a table."""
    print(f"wake {costs().wake * 1e6:.0f} µs\n")
    print("| tabs × presses | p50 measured | simulated | ratio | p99 measured | simulated | ratio |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for row in check():
        columns = []
        for part in ("p50", "p99"):
            was, said = row[part], row[f"simulated_{part}"]
            columns += [f"{was:.1f}", f"{said:.1f}", f"{said / was:.2f}"]
        print(f"| {name_of(row)} | {' | '.join(columns)} |")


def main() -> None:
    """Print the check, then the predictions."""
    print_check()
    if "check" not in sys.argv[1:]:
        from benchmarks import many_machines

        many_machines.print_predictions()


if __name__ == "__main__":
    main()
