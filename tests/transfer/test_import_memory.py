"""What a file to import costs in memory, whatever it holds."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.server import ROOT
from tests.transfer.test_import_slices import table

AT = "2026-03-01T09:00:00Z"
FEW, MANY = 15_000, 45_000  # lines
BEGIN = '{"type": "export", "format": 1}\n'
COUNTER = (
    '{"type": "counter", "slug": "%s", "name": "", "description": "", "colour": "", "step": 1, "lower": null, '
    f'"warn_at": [], "created_at": "{AT}"}}\n'
)
ROUND = f'{{"type": "round", "counter": "%s", "id": %d, "number": %d, "started_at": "{AT}", "ended_at": %s}}\n'
DEVICE = f'{{"type": "device", "number": %d, "label": "North door", "created_at": "{AT}"}}\n'


def write(path: Path, kind: str, lines: int) -> None:
    if kind == "clicks":
        table(path, lines)
        return
    with path.open("w") as file:
        file.write(BEGIN + COUNTER % "one" + ROUND % ("one", 1, 1, "null"))
        for n in range(2, lines):
            if kind == "devices":
                file.write(DEVICE % n)
            elif kind == "rounds":
                file.write(ROUND % ("one", n, n, f'"{AT}"'))
            elif n % 2:
                file.write(COUNTER % n + ROUND % (n, n, 1, "null"))
        file.write('{"type": "end", "clicks": 0}\n')


READ = """
import sys
from clickcounter.transfer import import_process
import_process._main("import", "counter", "UTC", "{}")
print(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")), file=sys.stderr)
"""


def peak(path: Path) -> float:
    """Megabytes of the process that checks this file and hands it out, at most."""
    with path.open("rb") as file:
        done = subprocess.run([sys.executable, "-c", READ], cwd=ROOT, stdin=file, capture_output=True, check=True)
    assert b'"bad"' not in done.stdout[-1_000:], done.stdout[-1_000:]
    return int(done.stderr.split()[1]) / 1_000


@pytest.mark.parametrize("kind", ["clicks", "devices", "rounds", "counters"])
def test_a_file_three_times_as_large_takes_no_more_memory(tmp_path: Path, kind: str):
    sizes = []
    for lines in (FEW, MANY):
        write(tmp_path / kind, kind, lines)
        sizes.append(peak(tmp_path / kind))
    few, many = sizes
    assert many < 50
    assert many - few < 5
