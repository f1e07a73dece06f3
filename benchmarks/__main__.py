"""All systems side by side: `python -m benchmarks [quick]`.

One cell after the other, and within a cell one system after the other, so that a machine that drifts drifts for all. Each
starts anew with an empty database for each cell; only the one that is measured runs.
"""

import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.cells import Cell, measure
from benchmarks.report import doubts, row, table
from benchmarks.servers import MADE, running

ALL = ("ours", "socketio", "channels", "sharedstate")
TWICE = ("ours", "socketio", *ALL)  # these two are compared closely: their better half of two is no luck
FIXED = (Cell(100, 1, 8), Cell(1000, 5, 5), Cell(1000, 50, 4))
FULL: list[tuple[Cell, tuple[str, ...]]] = [
    *((cell, TWICE) for cell in FIXED),
    # How far each gets.
    (Cell(100, 4000, 5), ("ours",)),
    (Cell(1000, 2000, 5), ("ours",)),
    (Cell(100, 10_000, 5, 5), ("ours",)),
    (Cell(100, 1000, 4), ("socketio",)),
    (Cell(100, 1500, 4), ("socketio",)),
    (Cell(1000, 100, 4), ("socketio",)),
    (Cell(100, 50, 4), ("channels",)),
    (Cell(100, 5, 4), ("sharedstate",)),
]
QUICK: list[tuple[Cell, tuple[str, ...]]] = [
    (Cell(100, 1, 4), ("ours", "socketio")),
    (Cell(100, 1000, 3), ("ours", "socketio")),
    (Cell(100, 4000, 3), ("ours",)),
]


def main() -> None:
    """Run, print, and keep what was measured in .bench/results/."""
    plan = QUICK if sys.argv[1:] == ["quick"] else FULL
    began, results = time.monotonic(), []
    print(f"{os.cpu_count()} cores, the loader included; p50 / p99 in ms from a press to every tab\n", flush=True)
    kept = MADE / "results" / time.strftime("%Y%m%d-%H%M%S.json")
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        for cell, systems in plan:
            for turn, system in enumerate(systems):
                results.append(_one(system, cell, Path(scratch) / f"{len(results)}-{system}-{turn}"))
                print(row(results[-1]), flush=True)
                kept.write_text(json.dumps(results, indent=1))
    print("\n" + table(results))
    print("\n".join(f"Not to be trusted: {doubt}" for doubt in doubts(results)) or "Nothing speaks against these numbers.")
    print(f"{time.monotonic() - began:.0f} s; {kept.relative_to(MADE.parent)}")


def _one(system: str, cell: Cell, folder: Path) -> dict[str, Any]:
    with running(system, folder) as server:
        told = measure(system, server, cell)
    return {"system": system, "cell": str(cell)} | told


if __name__ == "__main__":
    main()
