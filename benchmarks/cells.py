"""What is measured: so many tabs, so many presses a second."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.servers import ROOT, Server

LOOK = 0.5  # seconds, to see whether the machine is busy
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


def others() -> float:
    """Cores that others use: nobody of ours does anything now."""

    def used() -> float:
        fields = [int(n) for n in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
        return (sum(fields) - fields[3] - fields[4]) / os.sysconf("SC_CLK_TCK")

    if not Path("/proc/stat").exists():  # not Linux
        return 0.0
    began = used()
    time.sleep(LOOK)
    return round((used() - began) / LOOK, 2)


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
    busy = others()
    try:
        done = subprocess.run([str(c) for c in command], cwd=ROOT, capture_output=True, text=True, timeout=LIMIT, check=True)
    except subprocess.CalledProcessError as error:
        return {"failed": error.stderr.strip().splitlines()[-1], "others": busy}
    except subprocess.TimeoutExpired:
        return {"failed": f"not done within {LIMIT:g} s", "others": busy}
    return json.loads(done.stdout.splitlines()[-1]) | {"others": busy}
