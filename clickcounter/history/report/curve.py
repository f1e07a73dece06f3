"""The number over time, made from what was added when: pure arithmetic.

A counter shows the sum of its current round, so what a round has counted drops out of the number when it ends, and a press
that arrived for a round that had ended when it was made changes nothing. A group shows the sum of its counters.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from heapq import merge
from itertools import pairwise
from operator import itemgetter
from typing import NamedTuple

from clickcounter.history.report.facts import Mark, Peak

Curve = Sequence[tuple[int, int]]


class Open(NamedTuple):
    """A round that had not ended when the report's time began: how it counts, what it had counted, and its end.

    One that began later had counted nothing; what it opened with is in its number from its beginning on.
    """

    sign: int
    before: int
    ended_at: int | None
    opened_with: int = 0
    opened_at: int = 0


def curve_of(rounds: Mapping[int, Open], added: Iterable[tuple[int, int, int]], since: int, until: int) -> Curve:
    """The number at `since`, then after each moment at which it changed; `added` are (moment, round, amount) in order."""
    totals = {round_id: one.sign * one.before for round_id, one in rounds.items()}
    ends = sorted((one.ended_at, round_id) for round_id, one in rounds.items() if one.ended_at and one.ended_at < until)
    value = sum(totals.values())
    found, at_end = [(since, value)], 0

    def drop(until_then: int) -> None:
        nonlocal value, at_end
        while at_end < len(ends) and ends[at_end][0] <= until_then:
            moment, round_id = ends[at_end]
            value -= totals.pop(round_id)
            _put(found, moment, value)
            at_end += 1

    opened = [(one.opened_at, round_id, one.opened_with) for round_id, one in rounds.items() if one.opened_with]
    for moment, round_id, amount in merge(sorted(one for one in opened if one[0] < until), added, key=itemgetter(0)):
        drop(moment)
        if round_id in totals:
            change = rounds[round_id].sign * amount
            totals[round_id] += change
            value += change
            _put(found, moment, value)
    drop(until)
    return found


def _put(found: list[tuple[int, int]], moment: int, value: int) -> None:
    """All that happens at one moment is one change: a press that was taken back was never there."""
    if found[-1][0] == moment:
        found[-1] = (moment, value)
    else:
        found.append((moment, value))


def peak_of(curve: Curve) -> Peak:
    """The highest number, and when it was first reached."""
    moment, value = max(curve, key=lambda point: (point[1], -point[0]))
    return Peak(value, moment)


def by_row(curve: Curve, edges: Sequence[int]) -> list[tuple[int, int]]:
    """The last and the highest number between each two edges."""
    moments = [moment for moment, _ in curve]
    found = []
    for start, end in pairwise(edges):
        first, after = bisect_left(moments, start), bisect_left(moments, end)
        changed_at_once = first < len(curve) and moments[first] == start
        values = [value for _, value in curve[first if changed_at_once else first - 1 : after]]
        found.append((values[-1], max(values)))
    return found


def mark_of(curve: Curve, kind: str, value: int, percent: int = 100) -> Mark:
    """When the number was at a value or above it."""
    times: list[tuple[int, int | None]] = []
    began: int | None = None
    for moment, number in curve:
        if began is None and number >= value:
            began = moment
        elif began is not None and number < value:
            times.append((began, moment))
            began = None
    if began is not None:
        times.append((began, None))
    return Mark(kind, value, percent, tuple(times))
