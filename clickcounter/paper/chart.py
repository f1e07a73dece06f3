"""The chart of a report, as an SVG that is readable in black and white: the number with its limit, and under it the bars."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from clickcounter.history.report.facts import Report
from clickcounter.paper.words import Words
from clickcounter.web.markup import Markup, el

WIDTH, HEIGHT = 720, 316
LEFT, RIGHT = 56, 712  # LEFT is moved for numbers that need more room
DIGIT, GAP = 13, 14  # how wide a digit is on a phone, where the letters are largest, and what stands beside the numbers
TOP, MIDDLE, BARS, BOTTOM = 28, 190, 218, 290  # the number is drawn between the first two, the bars between the others
MOST_LABELS = {"hour": 12, "day": 9, "week": 9}
LABEL = 58  # how wide one is
LINE = 26  # how high a line of text is on a phone
FAR = 4  # a limit that is so many times the highest number would flatten the line, and is not drawn
LABELLED = (1, 2, 3, 4, 6, 8, 12, 24, 48)  # rows from one label to the next


class _Scale(NamedTuple):
    """Where values between `low` and `high` are drawn."""

    low: int
    high: int
    top: float
    bottom: float

    def y(self, value: float) -> float:
        return round(self.bottom - (value - self.low) * (self.bottom - self.top) / max(self.high - self.low, 1), 1)


def chart(report: Report, words: Words) -> Markup:
    """The whole chart."""
    end = report.rows[-1].end
    lines = _lines(report)
    values = [value for _, value in report.curve] + [value for _, value in lines]
    scale = _Scale(min(0, *values), _round_up(max(1, *values)), TOP, MIDDLE)
    bars = _Scale(
        min(0, *(row.sums.down for row in report.rows)),
        _round_up(max(1, *(row.sums.up for row in report.rows))),
        BARS,
        BOTTOM,
    )
    x = _X(report.since, end, _left(words, scale, bars))
    return el(
        "svg",
        _grid(scale, words, x.left),
        _grid(bars, words, x.left, few=True),
        [_bar(row.start, row.end, row.sums.up, bars, x, "up") for row in report.rows if row.sums.up],
        [_bar(row.start, row.end, row.sums.down, bars, x, "down") for row in report.rows if row.sums.down],
        _limits(lines, scale, words, x.left),
        el("path", d="".join(_path(report, scale, x, end)), class_="line"),
        el("g", _times(report, words, x), class_="times"),
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        role="img",
        aria_label=str(words.say("chart")),
    )


class _X(NamedTuple):
    """Where a moment is drawn."""

    since: int
    end: int
    left: int

    def __call__(self, moment: int) -> float:
        return round(self.left + (moment - self.since) * (RIGHT - self.left) / (self.end - self.since), 1)


def _left(words: Words, *scales: _Scale) -> int:
    """Where the chart begins: behind its longest number."""
    longest = max(len(words.number(value)) for scale in scales for value in _ticks(scale, 4))
    return max(LEFT, GAP + DIGIT * longest)


def _lines(report: Report) -> list[tuple[str, int]]:
    """The limit and the goal, if the chart has room for them."""
    highest = max(report.peak.value, 1)
    named = (("limit", report.upper), ("goal", report.goal))
    return [(kind, value) for kind, value in named if value is not None and 0 <= value <= FAR * highest]


def _round_up(value: int) -> int:
    """The next larger number with one or two digits other than zero, that can be halved or quartered."""
    size = 1
    while value > 20 * size:
        size *= 10
    steps = next(step for step in (1, 2, 4, 6, 8, 10, 12, 16, 20) if step * size >= value)
    return steps * size


def _ticks(scale: _Scale, parts: int) -> list[int]:
    step = max(1, scale.high // parts)
    below = [-value for value in range(step, -scale.low + 1, step)]
    return [*below[:parts], *range(0, scale.high + 1, step)]


def _grid(scale: _Scale, words: Words, left: int, *, few: bool = False) -> list[Markup]:
    found: list[Markup] = []
    for value in _ticks(scale, 1 if few else 4):
        y = scale.y(value)
        found.append(el("line", x1=left, x2=RIGHT, y1=str(y), y2=str(y), class_="zero" if value == 0 else "grid"))
        found.append(el("text", words.number(value), x=left - 8, y=str(y + 4), text_anchor="end"))
    return found


def _bar(start: int, end: int, amount: int, scale: _Scale, x: _X, kind: str) -> Markup:
    gap = min(3.0, (x(end) - x(start)) / 5)
    top, bottom = sorted((scale.y(amount), scale.y(0)))
    place = {"x": x(start) + gap, "y": top, "width": max(x(end) - x(start) - 2 * gap, 0.5), "height": bottom - top}
    return el("rect", class_=kind, **{name: f"{value:.1f}" for name, value in place.items()})


def _limits(lines: Sequence[tuple[str, int]], scale: _Scale, words: Words, left: int) -> list[Markup]:
    """Each with its name above it; under the lower one of two that leave no room for it between them."""
    found = []
    highest_first = sorted(lines, key=lambda line: -line[1])
    for above, (kind, value) in zip((None, *highest_first), highest_first, strict=False):
        y = scale.y(value)
        under = above is not None and y - scale.y(above[1]) < LINE
        place = {"y": str(y + 5), "dominant_baseline": "hanging"} if under else {"y": str(y - 4)}
        said = el("text", words.say(kind), " ", words.number(value), x=RIGHT, text_anchor="end", class_="said", **place)
        found.append(el("g", el("line", x1=left, x2=RIGHT, y1=str(y), y2=str(y), class_=kind), said))
    return found


def _path(report: Report, scale: _Scale, x: _X, end: int) -> Iterator[str]:
    """A step at each change; where many fall on one place, the lowest and the highest number there."""
    yield f"M{x.left} {scale.y(report.at_start)}"
    last = min(max(report.made_at, report.curve[-1][0]), end)
    for place, values in _by_place(report.curve, x):
        yield f"H{place}"
        yield from (f"V{scale.y(value)}" for value in values)
    yield f"H{x(last)}"


def _by_place(curve: Sequence[tuple[int, int]], x: _X) -> Iterator[tuple[float, list[int]]]:
    place, values = float(x.left), [curve[0][1]]
    for moment, value in curve[1:]:
        if round(x(moment)) != round(place):
            yield place, _few(values)
            place, values = x(moment), []
        values.append(value)
    yield place, _few(values)


def _few(values: Sequence[int]) -> list[int]:
    return [min(values), max(values), values[-1]] if len(values) > 2 else list(values)


def _times(report: Report, words: Words, x: _X) -> list[Markup]:
    """The time at the start of some rows; the first one may be too short for it."""
    every = next((n for n in LABELLED if len(report.rows) <= n * MOST_LABELS[report.width]), LABELLED[-1])
    labelled = report.rows[::every]
    found = []
    for row, following in zip(labelled, (*labelled[1:], None), strict=True):
        if following is not None and x(following.start) - x(row.start) < LABEL and row is labelled[0]:
            continue
        said = words.clock(row.start) if report.width == "hour" else words.brief_date(row.start)
        found.append(el("line", x1=str(x(row.start)), x2=str(x(row.start)), y1=BOTTOM, y2=BOTTOM + 4, class_="zero"))
        found.append(el("text", said, x=str(x(row.start)), y=BOTTOM + 21, text_anchor="middle"))
    return found
