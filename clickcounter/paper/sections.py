"""The parts of a report's page: what it comes to, the limits, and the tables."""

from collections.abc import Sequence
from datetime import timedelta

from clickcounter.domain import calendar
from clickcounter.history.report.facts import Change, Door, Mark, Report, Row
from clickcounter.history.slices import Sums
from clickcounter.paper.words import NO_BREAK, Words
from clickcounter.web.markup import Child, Markup, el, joined

MOST_TIMES = 8  # that are listed
STEPS = {calendar.MINUTE: "step_minute", calendar.QUARTER_HOUR: "step_quarter", calendar.FOUR_HOURS: "step_hours"}

Cells = Sequence[Child]


def summary(report: Report, words: Words) -> Markup:
    """What the report comes to, in a few numbers."""
    sums, peak = report.sums, report.peak
    facts: list[tuple[str, str, Child]] = [("highest", words.number(peak.value), words.moment(peak.at))]
    facts += [("added", words.signed(sums.up), None), ("subtracted", words.signed(sums.down), None)]
    facts += [("corrected", words.signed(sums.corrected), None)] if sums.corrected else []
    facts += [("change", words.signed(sums.amount), None), ("presses", words.number(sums.clicks), None)]
    facts += [("at_start", words.number(report.at_start), None)]
    facts += [("at_end" if report.until <= report.made_at else "now", words.number(report.at_end), None)]
    aims = (("limit", report.upper), ("goal", report.goal))
    facts += [(name, words.number(value), None) for name, value in aims if value is not None]
    return el(
        "dl",
        [
            el(
                "div",
                el("dt", words.say(name)),
                el("dd", el("b", value), el("small", more) if more else None),
                data_fact=name,
            )
            for name, value, more in facts
        ],
    )


def limits(report: Report, words: Words) -> Markup | None:
    """When the number was at its limit, its goal or a warning."""
    lines = [_mark(mark, report, words) for mark in report.marks]
    if report.upper is not None and not any(mark.kind == "limit" for mark in report.marks):
        lines.insert(0, el("li", words.say("limit_kept", n=words.number(report.upper)), data_mark="kept"))
    if not lines:
        return None
    return el("section", el("h2", words.say("limits")), el("ul", lines), class_="limits")


def _mark(mark: Mark, report: Report, words: Words) -> Markup:
    said = words.say(f"{mark.kind}_reached", n=words.number(mark.value), percent=mark.percent)
    (since, _), until = mark.times[0], mark.times[-1][1]
    if mark.kind == "warning":
        when = words.say("first_at", time=words.moment(since))
    elif len(mark.times) <= MOST_TIMES:
        when = joined("; ").join(_time(*time, words) for time in mark.times)
    else:
        lasted = sum((end or min(report.until, report.made_at)) - start for start, end in mark.times)
        to = words.say("to_the_end") if until is None else words.moment(until)
        many = {"n": words.number(len(mark.times)), "minutes": words.number(-(-lasted // calendar.MINUTE))}
        when = words.say("many_times", since=words.moment(since), until=to, **many)
    return el("li", el("b", said), ": ", when, data_mark=mark.kind)


def _time(since: int, until: int | None, words: Words) -> Markup:
    return joined(words.moment(since), " – ", words.say("to_the_end")) if until is None else joined(words.span(since, until))


def rows(report: Report, words: Words) -> Markup:
    """Hour by hour, day by day or week by week, and in total."""
    shown = with_presses(report.rows)
    with_numbers = report.rows[0].highest is not None
    corrected = any(row.sums.corrected for row in report.rows)
    heads = [NAME_OF_ROWS[report.width], *_heads(corrected), *(("highest", "at_end") if with_numbers else ())]
    lines = row_lines(report, words, shown, len(heads), [_numbers(row, words, corrected=corrected) for row in shown])
    most = words.number(report.peak.value), words.number(report.at_end)
    total = line(
        words.say("total"),
        (*_sums(report.sums, words, corrected=corrected), *(most if with_numbers else ())),
        class_="total",
    )
    left_out = [words.say("rows_left_out")] if len(shown) < len(report.rows) else []
    return section(words.say(f"per_{report.width}"), words, heads, [*lines, total], "rows", left_out)


def _numbers(row: Row, words: Words, *, corrected: bool) -> Cells:
    known = row.highest is not None and row.at_end is not None
    more = (words.number(row.highest or 0), words.number(row.at_end or 0)) if known else ()
    return (*_sums(row.sums, words, corrected=corrected), *more)


def row_lines(report: Report, words: Words, shown: Sequence[Row], width: int, cells: Sequence[Cells]) -> list[Markup]:
    """These rows with the cells of each, in a table of so many columns. Each date stands above its hours."""
    offsets = {words.offset(row.start) for row in report.rows}
    lines: list[Markup] = []
    for before, row, of_row in zip((None, *shown), shown, cells, strict=False):
        if report.width == "hour" and not words.one_date and _is_new_date(before, row, words):
            date = words.date(row.start, weekday=True)
            lines.append(el("tr", el("th", date, colspan=width, scope="rowgroup"), class_="date"))
        offset = el("small", " ", words.offset(row.start)) if len(offsets) > 1 else None
        lines.append(line((_row_name(report.width, row, words), offset), of_row, data_start=row.start))
    return lines


def with_presses(rows: Sequence[Row]) -> Sequence[Row]:
    """From the first row with presses to the last; all, if none has any."""
    counted = [n for n, row in enumerate(rows) if row.sums.clicks]
    return rows[counted[0] : counted[-1] + 1] if counted else rows


def _is_new_date(before: Row | None, row: Row, words: Words) -> bool:
    return before is None or words.at(before.start).date() != words.at(row.start).date()


def _row_name(width: str, row: Row, words: Words) -> str:
    if width == "hour":  # by the clock with which it began: where the clocks are changed, an hour comes twice
        end = words.at(row.start).replace(tzinfo=None) + timedelta(milliseconds=row.end - row.start)
        return f"{words.clock(row.start)}–{end:%H:%M}"
    if width == "day":
        return words.date(row.start, weekday=True, short=words.one_year)
    return f"{words.date(row.start)} – {words.date(row.end - 1)}"


def doors(report: Report, words: Words) -> Markup | None:
    """What each counter of a group did to it."""
    if not report.group:
        return None
    corrected = bool(report.sums.corrected or any(door.sums.corrected for door in report.doors))
    lines = [
        line(_door(door, words), _sums(door.sums, words, corrected=corrected), data_door=door.slug) for door in report.doors
    ]
    if report.hidden:
        lines.append(
            line(words.say("hidden", n=report.hidden), _sums(report.of_hidden, words, corrected=corrected), data_door="")
        )
    total = line(words.say("total"), _sums(report.sums, words, corrected=corrected), class_="total")
    return section(words.say("doors"), words, ["door", *_heads(corrected)], [*lines, total], "doors")


def _door(door: Door, words: Words) -> Markup:
    more = [words.say(name) for name, is_so in (("minus", door.sign < 0), ("archived", door.archived)) if is_so]
    return joined(el("bdi", door.name or door.slug), el("small", " (", joined(", ").join(more), ")") if more else None)


def people(report: Report, words: Words) -> Markup:
    """Who counted, with what each added and subtracted."""
    found = report.people.listed
    notes = [words.say("people_signs")] if any(door.sign < 0 for door in report.doors) else []
    if found is None:
        return el("section", el("h2", words.say("who")), el("p", words.say("people_later"), role="status"))
    if report.people.more:
        notes.append(words.say("more_people"))
    lines = [
        line(
            words.participant(one.person, one.label, one.number),
            (words.number(one.clicks), words.signed(one.up), words.signed(one.down)),
            data_who="",
        )
        for one in found
    ]
    if not lines:
        return el("section", el("h2", words.say("who")), el("p", words.say("nothing")))
    return section(words.say("who"), words, ["name", "presses", "added", "subtracted"], lines, "people", notes)


def changes(report: Report, words: Words) -> Markup:
    """What was corrected, undone and taken back, and why."""
    found = report.changes
    notes = [words.say("changes_more", n=words.number(found.more))] if found.more else []
    notes += [] if found.complete else [words.say("changes_some")]
    if not found.listed:
        said = notes or [words.say("changes_none")]
        return el("section", el("h2", words.say("changes")), [el("p", note) for note in said])
    heads = ["time", "kind", *(["door"] if report.group else []), "name", "reason", "change"]
    lines = [_change(change, report, words) for change in found.listed]
    return section(words.say("changes"), words, heads, lines, "changes", notes)


def _change(change: Change, report: Report, words: Words) -> Markup:
    what: Child = [words.kind(change.kind), f" ×{NO_BREAK}{words.number(change.count)}" if change.count > 1 else None]
    if change.kind == "take_back" and (change.by_person or change.by_device is not None):
        by = words.participant(change.by_person, change.by_label, change.by_device)
        what = [what, ", ", words.say("taken_back_by", who=by)]
    who = words.participant(change.person, change.label, change.device)
    door = [el("td", el("bdi", change.door), class_="words")] if report.group else []
    return el(
        "tr",
        el("th", words.span(change.first_at, change.last_at), scope="row"),
        el("td", what, class_="words"),
        door,
        el("td", who, class_="words"),
        el("td", el("bdi", change.reason), class_="words"),
        el("td", words.signed(change.amount) if change.amount else None),
        data_kind=change.kind,
    )


def notes(report: Report, words: Words) -> Markup:
    """What a reader has to know of the numbers."""
    said = [words.say("note_steps", step=words.say(STEPS[report.step]))] if report.step else []
    said += [words.say("note_presses")] if report.changes.listed or report.sums.corrected else []
    said.append(words.say("note_late"))
    if report.upper is not None or report.goal is not None:
        said.append(words.say("note_limits"))
    return el("footer", [el("p", note) for note in said])


def section(
    title: Markup, words: Words, heads: Sequence[str], lines: Sequence[Markup], name: str, notes: Cells = ()
) -> Markup:
    """A table with its title, and what there is to say about it."""
    head = el(
        "thead", el("tr", [el("th", words.say(one), scope="col", class_="words" if one in WORDS else None) for one in heads])
    )
    table = wide(el("table", head, el("tbody", lines), data_testid=name, class_=name), title)
    return el("section", el("h2", title), table, [el("p", note, class_="quiet") for note in notes])


def wide(child: Markup, title: Markup) -> Markup:
    """What may be wider than a screen: it scrolls, with the keyboard too."""
    return el("div", child, class_="wide", role="region", tabindex=0, aria_label=title)


NAME_OF_ROWS = {"hour": "time", "day": "day", "week": "week"}
WORDS = (*NAME_OF_ROWS.values(), "door", "name", "kind", "reason")  # columns of words; the others are numbers


def _heads(corrected: bool) -> list[str]:
    return ["presses", "added", "subtracted", *(["corrected"] if corrected else []), "change"]


def _sums(sums: Sums, words: Words, *, corrected: bool) -> Cells:
    more = [words.signed(sums.corrected)] if corrected else []
    return (words.number(sums.clicks), words.signed(sums.up), words.signed(sums.down), *more, words.signed(sums.amount))


def line(name: Child, cells: Cells, **attributes: str | int) -> Markup:
    """A row of a table: its name, and its numbers."""
    return el("tr", el("th", name, scope="row"), [el("td", cell) for cell in cells], **attributes)
