"""What each counter of a group did to it in each hour, day or week: the table of a report with a column for each counter."""

from collections.abc import Sequence

from clickcounter.history.report.facts import Report
from clickcounter.history.slices import Sums
from clickcounter.paper.sections import NAME_OF_ROWS, line, row_lines, with_presses
from clickcounter.paper.sections import wide as scrolling
from clickcounter.paper.words import Words
from clickcounter.web.markup import Child, Markup, el

NARROW = 6  # columns from which their names stand in smaller letters


def by_door(report: Report, words: Words) -> Markup | None:
    """The table; None unless several counters have presses, in several rows."""
    columns = _columns(report, words)
    shown = with_presses(report.rows)
    if len(columns) < 2 or len(shown) < 2:
        return None
    first = report.rows.index(shown[0])
    cells = [[words.signed(of[first + n].amount) for _, of in columns] for n in range(len(shown))]
    lines = row_lines(
        report,
        words,
        shown,
        len(columns) + 2,
        [(*of_row, words.signed(row.sums.amount)) for row, of_row in zip(shown, cells, strict=True)],
    )
    totals = [words.signed(sum(one.amount for one in of)) for _, of in columns]
    lines.append(line(words.say("total"), (*totals, words.signed(report.sums.amount)), class_="total"))
    title = words.say(f"per_{report.width}_door")
    names: list[Child] = [words.say(NAME_OF_ROWS[report.width]), *(name for name, _ in columns), words.say("total")]
    head = el("thead", el("tr", [el("th", name, scope="col") for name in names]))
    kind = "by-door narrow" if len(columns) >= NARROW else "by-door"
    table = el("table", head, el("tbody", lines), data_testid="by-door", class_=kind)
    note = el("p", words.say("by_door_said"), class_="quiet")
    return el("section", el("h2", title), scrolling(table, title), note)


def _columns(report: Report, words: Words) -> list[tuple[Child, Sequence[Sums]]]:
    """The counters that did anything, by name, and all hidden ones together."""
    columns: list[tuple[Child, Sequence[Sums]]] = [
        (el("bdi", door.name or door.slug), door.rows) for door in report.doors if any(map(any, door.rows))
    ]
    if any(map(any, report.rows_of_hidden)):
        columns.append((words.say("hidden", n=report.hidden), report.rows_of_hidden))
    return columns
