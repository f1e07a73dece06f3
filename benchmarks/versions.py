"""Compare this version with another: `python -m benchmarks.versions FOLDER [TIMES]`; FOLDER is a checkout of the other.

Each cell runs TIMES times (five by default) with both versions in turn, so that a drifting machine affects both. Both run on
this Python and its packages. Prints the medians of both and the ratio of this version to the other.
"""

import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks import servers
from benchmarks.cells import Cell, measure

CELLS = (
    Cell(100, 1, 8),
    Cell(1000, 5, 5),
    Cell(1000, 50, 4),
    Cell(100, 4000, 5),
    Cell(1000, 2000, 5),
    Cell(100, 10_000, 5, 5),
)
OURS, OTHER = "ours", "other version"


def main() -> None:
    """Run all cells and print a line for each."""
    other, times = Path(sys.argv[1]).resolve(), int(sys.argv[2]) if len(sys.argv) > 2 else 5
    servers.STARTS[OTHER] = lambda folder, port: servers.start_reflex(folder, port, other)
    print("medians in ms: this version, the other, their ratio; number of runs with a lost press or a wrong tab", flush=True)
    with tempfile.TemporaryDirectory() as scratch:
        for number, cell in enumerate(CELLS):
            print(_compare(cell, times, Path(scratch) / str(number)), flush=True)


def _compare(cell: Cell, times: int, folder: Path) -> str:
    found: dict[str, list[dict[str, float]]] = {OURS: [], OTHER: []}
    for turn in range(times):
        for version in (OURS, OTHER) if turn % 2 else (OTHER, OURS):
            with servers.running(version, folder / f"{version}-{turn}") as server:
                found[version].append(measure(OURS, server, cell))
    columns = []
    for name in ("p50", "p99"):
        ours, others = (median(run[name] for run in found[version]) for version in (OURS, OTHER))
        columns.append(f"{name} {ours:.2f} {others:.2f} {ours / others:.3f}")
    bad = sum(bool(run["lost"]) or not run["all_right"] for runs in found.values() for run in runs)
    return f"{cell!s:32} {'   '.join(columns)}   {bad}"


if __name__ == "__main__":
    main()
