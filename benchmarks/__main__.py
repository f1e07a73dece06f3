"""All systems side by side: `python -m benchmarks [quick]`.

Cells run one after another, and within a cell the systems take turns, so that a drifting machine affects all of them. Each
system starts with an empty database for each cell, and nothing else runs while it is measured.
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
from benchmarks.servers import INSTALLED, running

CLOSE = ("ours", "socketio") * 5  # these two are close, so they take turns; 200 presses each where few are made
FULL: list[tuple[Cell, tuple[str, ...]]] = [
    (Cell(100, 1, 40), CLOSE),
    (Cell(100, 1, 8), ("channels", "sharedstate")),
    (Cell(1000, 5, 8), CLOSE),
    (Cell(1000, 5, 5), ("channels", "sharedstate")),
    (Cell(1000, 50, 4), CLOSE),
    (Cell(1000, 50, 4), ("channels", "sharedstate")),
    # How far each system scales.
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
    """Run all cells, print the results and store them in .bench/results/."""
    plan = QUICK if sys.argv[1:] == ["quick"] else FULL
    began, results = time.monotonic(), []
    print(f"{os.cpu_count()} cores, including the load generator; p50 / p99 in ms from a press to every tab\n", flush=True)
    file = INSTALLED / "results" / time.strftime("%Y%m%d-%H%M%S.json")
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        for cell, systems in plan:
            for turn, system in enumerate(systems):
                results.append(_measure_one(system, cell, Path(scratch) / f"{len(results)}-{system}-{turn}"))
                print(row(results[-1]), flush=True)
                file.write_text(json.dumps(results, indent=1))
    print("\n" + table(results))
    print("\n".join(f"Do not trust: {doubt}" for doubt in doubts(results)) or "Nothing casts doubt on these numbers.")
    print(f"{time.monotonic() - began:.0f} s; {file.relative_to(INSTALLED.parent)}")


def _measure_one(system: str, cell: Cell, folder: Path) -> dict[str, Any]:
    with running(system, folder) as server:
        result = measure(system, server, cell)
    return {"system": system, "cell": str(cell)} | result


if __name__ == "__main__":
    main()
