"""Draw the medians of several runs as an SVG chart: `python -m benchmarks.picture FILE.svg RESULTS.json...`."""

import json
import math
import sys
from collections.abc import Iterable
from pathlib import Path

from benchmarks.report import NAMES, medians, table

COLOURS = {"ours": "#2f6fde", "socketio": "#8a8f98", "channels": "#b9bec7", "sharedstate": "#d8dbe0"}
LEFT, WIDTH, BAR, GAP = 240, 430, 15, 16
FROM, UP_TO = 1.0, 10_000.0  # ms, on a logarithmic scale


def _x(ms: float) -> float:
    part = math.log(min(max(ms, FROM), UP_TO) / FROM) / math.log(UP_TO / FROM)
    return LEFT + WIDTH * part


def _text(x: float, y: float, words: str, more: str = "") -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" {more}>{words}</text>'


def draw(results: list[dict[str, object]]) -> str:
    """An SVG chart with one bar per cell and system, for its p99."""
    found = medians(results)
    parts: list[str] = []
    y = 58.0
    for cell in dict.fromkeys(str(result["cell"]) for result in results):
        here = [(system, found[cell, system]) for system in NAMES if (cell, system) in found]
        parts.append(_text(LEFT - 10, y + len(here) * BAR / 2 + 4, cell, 'text-anchor="end"'))
        for system, (_, p99, clean) in here:
            parts.append(_bar(y, system, p99, clean))
            y += BAR
        y += GAP
    return _frame(y, [*_axis(y), *parts])


def _bar(y: float, system: str, p99: float | None, clean: bool) -> str:
    end = _x(UP_TO if p99 is None else p99)
    faded = "" if clean else ' fill-opacity=".35"'
    label = f"{p99:.0f} ms" if clean and p99 is not None else "did not keep up"
    size = f'y="{y:.0f}" width="{max(1.0, end - LEFT):.1f}" height="{BAR - 3}"'
    return f'<rect x="{LEFT}" {size} fill="{COLOURS[system]}"{faded}/>' + _text(
        end + 5, y + BAR - 5, label, 'font-size="11"'
    )


def _axis(bottom: float) -> Iterable[str]:
    for ms, words in ((1, "1 ms"), (10, "10 ms"), (100, "100 ms"), (1000, "1 s"), (10_000, "10 s")):
        yield f'<line x1="{_x(ms):.0f}" x2="{_x(ms):.0f}" y1="50" y2="{bottom:.0f}" stroke="#8884"/>'
        yield _text(_x(ms), 45, words, 'text-anchor="middle" font-size="11"')
    x = LEFT
    for system, name in NAMES.items():
        yield f'<rect x="{x}" y="12" width="11" height="11" fill="{COLOURS[system]}"/>' + _text(x + 16, 22, name)
        x += 34 + 7 * len(name)


def _frame(height: float, parts: list[str]) -> str:
    # A white background keeps it readable in a dark README.
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 {height:.0f}" font-family="sans-serif" font-size="13" '
        f'fill="#1b1f24"><rect width="800" height="{height:.0f}" fill="#fff"/>' + "\n".join(parts) + "</svg>\n"
    )


if __name__ == "__main__":
    target, *files = sys.argv[1:]
    measured = [result for file in files for result in json.loads(Path(file).read_text())]
    Path(target).write_text(draw(measured))
    print(table(measured))
