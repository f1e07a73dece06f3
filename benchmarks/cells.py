"""What is measured: so many tabs, so many presses a second."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from benchmarks.servers import ROOT, Server

LIMIT = 60.0  # seconds; a cell that takes longer than this has failed


@dataclass(frozen=True, slots=True)
class Cell:
    """Tabs, presses a second of all together, seconds, presses an event."""

    tabs: int
    rate: float
    seconds: float
    presses: int = 1

    def __str__(self) -> str:
        by = f", {self.presses} an event" if self.presses > 1 else ""
        return f"{self.tabs} tabs × {self.rate:g}/s{by}"


def measure(system: str, server: Server, cell: Cell) -> dict[str, Any]:
    """Let the loader, a process of its own, run one cell."""
    command = [
        sys.executable,
        "-m",
        "benchmarks.load",
        system,
        server.port,
        cell.tabs,
        cell.rate,
        cell.seconds,
        cell.presses,
    ]
    before = os.getloadavg()[0]
    try:
        done = subprocess.run([str(c) for c in command], cwd=ROOT, capture_output=True, text=True, timeout=LIMIT, check=True)
    except subprocess.CalledProcessError as error:
        return {"failed": error.stderr.strip().splitlines()[-1], "load_before": before}
    except subprocess.TimeoutExpired:
        return {"failed": f"not done within {LIMIT:g} s", "load_before": before}
    return json.loads(done.stdout.splitlines()[-1]) | {"load_before": before}
