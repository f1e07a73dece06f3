"""A cell of the benchmark: a number of tabs and a rate of presses, measured in a separate process."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.servers import ROOT, Server

SAMPLE = 0.5  # seconds, for how busy the machine is
LIMIT = 60.0  # seconds; a cell that takes longer has failed


@dataclass(frozen=True, slots=True)
class Cell:
    """Tabs, presses per second by all tabs together, seconds, presses per event."""

    tabs: int
    rate: float
    seconds: float
    presses: int = 1

    def __str__(self) -> str:
        by = f", {self.presses} an event" if self.presses > 1 else ""
        return f"{self.tabs} tabs × {self.rate:g}/s{by}"


def busy_cores() -> float:
    """How many cores other programs use; ours are idle now."""

    def used() -> float:
        fields = [int(n) for n in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
        return (sum(fields) - fields[3] - fields[4]) / os.sysconf("SC_CLK_TCK")

    if not Path("/proc/stat").exists():  # not Linux
        return 0.0
    began = used()
    time.sleep(SAMPLE)
    return round((used() - began) / SAMPLE, 2)


def measure(system: str, server: Server, cell: Cell) -> dict[str, Any]:
    """Run one cell with the load generator in a process of its own."""
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
    busy = busy_cores()
    try:
        done = subprocess.run([str(c) for c in command], cwd=ROOT, capture_output=True, text=True, timeout=LIMIT, check=True)
    except subprocess.CalledProcessError as error:
        return {"failed": error.stderr.strip().splitlines()[-1], "others": busy}
    except subprocess.TimeoutExpired:
        return {"failed": f"not done within {LIMIT:g} s", "others": busy}
    return json.loads(done.stdout.splitlines()[-1]) | {"others": busy}
