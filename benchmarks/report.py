"""Report the results: a line for each, a table, and reasons to distrust them."""

from collections.abc import Iterable
from statistics import median
from typing import Any

NAMES = {
    "ours": "Click Counter",
    "socketio": "Socket.IO on Node",
    "channels": "Django Channels",
    "sharedstate": "rx.SharedState",
}
TOO_LATE = 1000.0  # ms; a system with a higher p99 does not keep up, even if everything arrives in the end
BUSY_LOADER = 0.9  # of a core; the load generator is at its limit
LATE = 50.0  # ms behind its own schedule
BUSY_MACHINE = 0.2  # of a core, before the load generator starts

Result = dict[str, Any]


def is_clean(result: Result) -> bool:
    """Whether everything reached every tab within a second and no tab stepped back."""
    if "failed" in result:
        return False
    whole = result["all_right"] and result["delivered"] == 1.0 and result["unanswered"] <= 0 and result["refused"] == 0
    return bool(
        whole and not result["lost"] and not result["steps_back"] and not result["closed"] and result["p99"] < TOO_LATE
    )


def row(result: Result) -> str:
    """One measurement, on one line."""
    start = f"{result['cell']:32} {NAMES[result['system']]:18}"
    if "failed" in result:
        return f"{start} failed: {result['failed']}"
    shown = f"{result['p50']:7} / {result['p99']:7}" if result["p50"] is not None else "nothing arrived"
    return f"{start} {shown}  {'clean' if is_clean(result) else trouble(result)}"


def trouble(result: Result) -> str:
    """What went wrong."""
    if "failed" in result:
        return str(result["failed"])
    words = [
        f"{result[name]} {name.replace('_', ' ')}"
        for name in ("lost", "steps_back", "closed", "unanswered", "refused")
        if result[name] > 0
    ]
    if result["delivered"] < 1:
        words.append(f"{1 - result['delivered']:.1%} not shown in time")
    if result["p99"] is not None and result["p99"] >= TOO_LATE:
        words.append("did not keep up")
    return ", ".join(words) or "not all tabs right"


def medians(results: Iterable[Result]) -> dict[tuple[str, str], tuple[float | None, float | None, bool]]:
    """(cell, system) → median p50, median p99, whether every run was clean."""
    runs: dict[tuple[str, str], list[Result]] = {}
    for result in results:
        runs.setdefault((result["cell"], result["system"]), []).append(result)
    return {key: (_median(of, "p50"), _median(of, "p99"), all(map(is_clean, of))) for key, of in runs.items()}


def _median(results: list[Result], name: str) -> float | None:
    known = [r[name] for r in results if r.get(name) is not None]
    return round(median(known), 1) if known else None


def table(results: list[Result]) -> str:
    """A Markdown table of medians with a row per cell and a column per system."""
    found = medians(results)
    lines = ["| | " + " | ".join(NAMES.values()) + " |", "| --- |" + " --- |" * len(NAMES)]
    for cell in dict.fromkeys(result["cell"] for result in results):
        lines.append(f"| {cell} | " + " | ".join(_in_words(found.get((cell, system))) for system in NAMES) + " |")
    return "\n".join(lines)


def _in_words(of: tuple[float | None, float | None, bool] | None) -> str:
    if of is None:
        return ""
    p50, p99, clean = of
    shown = "–" if p50 is None else f"{p50:g} / {p99:g}"
    return shown if clean else f"{shown} ✗"


def doubts(results: list[Result]) -> list[str]:
    """Which results cannot be trusted, and why."""
    reasons = []
    for result in results:
        which = f"{NAMES[result['system']]} at {result['cell']}: "
        if result.get("cpu", 0) > BUSY_LOADER:
            reasons.append(
                which + f"the load generator itself was busy ({result['cpu']:.0%} of a core); the server may be faster"
            )
        if result.get("late", 0) > LATE:
            reasons.append(which + f"the load generator fell {result['late']:.0f} ms behind its schedule")
        if result["others"] > BUSY_MACHINE:
            reasons.append(which + f"the machine was already busy ({result['others']:.0%} of a core)")
    return reasons
