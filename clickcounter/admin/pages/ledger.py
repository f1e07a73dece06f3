"""The ledger: every click, of one counter or of all, to read."""

from clickcounter.admin import group_queries, queries
from clickcounter.admin.gate import Visit
from clickcounter.admin.layout import Column, moment, name_of, number, page, t, table
from clickcounter.admin.pages.links import link
from clickcounter.history.ledger_pages import LedgerEntry
from clickcounter.live.pipeline import running
from clickcounter.web.markup import Markup, el, joined

LATE = 1000  # ms; a click that was saved later than this after its press shows both times


async def ledger(visit: Visit) -> Markup:
    """The clicks of one counter, of a group's counters, or of all."""
    slug, after = visit.query("counter", 64), visit.query("after", group_queries.LONGEST_CURSOR)
    if slug:
        read = group_queries.ledger_of_any
        found, of_several = await running().read(lambda engine: read(engine, slug, after, visit.caller))
    else:
        found, of_several = await running().read(lambda engine: queries.ledger(engine, after)), True
    rows = [_row(*row, with_counter=of_several) for row in found.rows]
    back = el("p", el("a", t("whole_ledger"), href="/admin/ledger", class_="btn edge")) if slug else None
    title = joined(t("ledger"), joined(" · ", name_of(slug)) if slug else None)
    return page("ledger", title, back, table("ledger", found, rows, first=not after, counter=slug))


def _row(entry: LedgerEntry, slug: str, name: str, *, with_counter: bool) -> list[Column]:
    label = joined(" ", name_of(entry.label)) if entry.label else None
    return [
        ("number", entry.id),
        ("saved", moment(entry.saved_at)),
        *([("counter", link("counters", slug, name_of(name or slug)))] if with_counter else []),
        ("round", number(entry.round)),
        ("kind", t(f"kind_{entry.kind}")),
        ("amount", joined("+" if entry.amount > 0 else "", number(entry.amount))),
        ("total", number(entry.total)),
        ("person", name_of(entry.person) if entry.person else None),
        ("device", joined(link("devices", entry.device, f"#{entry.device}"), label)),
        ("pressed_at", moment(entry.pressed_at) if entry.saved_at - entry.pressed_at >= LATE else None),
        ("reason", name_of(entry.reason) if entry.reason else None),
        ("by", _author(entry)),
    ]


def _author(entry: LedgerEntry) -> Markup | None:
    """Who took a press back; None in the terminal, or in an imported file."""
    if entry.by_person:
        return name_of(entry.by_person)
    if entry.by_device is None:
        return None
    return joined(link("devices", entry.by_device, f"#{entry.by_device}"), " ", name_of(entry.by_label))
