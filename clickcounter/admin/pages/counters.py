"""Counters: the list, and each with what can be done with it."""

import secrets

from clickcounter.admin import queries
from clickcounter.admin.gate import Visit
from clickcounter.admin.layout import (
    Column,
    choice,
    details,
    explanation,
    field,
    form,
    hidden,
    moment,
    name_of,
    number,
    page,
    search_form,
    t,
    table,
)
from clickcounter.admin.pages.links import account_link, delete_form, link
from clickcounter.admin.rows import CounterRow
from clickcounter.domain.clicks import now_ms
from clickcounter.domain.rights import PRESS_POLICIES, VISIBILITIES
from clickcounter.live.pipeline import DEFAULT_COUNTER, running
from clickcounter.web.markup import Markup, el, joined


async def all_counters(visit: Visit) -> Markup:
    """All counters, and what each shows."""
    listed = visit.listed
    found = await running().read(lambda engine: queries.counters(engine, listed))
    rows: list[list[Column]] = [
        [
            ("counter_name", link("counters", row.slug, name_of(row.name or row.slug))),
            ("slug", row.slug),
            ("value", number(row.value)),
            ("round", number(row.number)),
            ("visibility", t(f"visibility_{row.visibility}")),
            ("press", t(f"press_{row.press}")),
            ("state", t("archived") if row.archived_at else None),
        ]
        for row in found.rows
    ]
    shown = table("counters", found, rows, first=not listed.after, search=listed.search)
    return page("counters", t("counters"), search_form("counters", listed.search), shown, done=visit.is_done)


async def counter(visit: Visit) -> Markup:
    """One counter, and what can be done with it."""
    row, owners = await running().read(lambda engine: queries.counter(engine, visit.path_param("slug").replace("\0", "")))
    known = details(
        ("value", el("span", number(row.value), data_testid="value")),
        ("round", joined(number(row.number), " · ", moment(row.started_at))),
        ("slug", row.slug),
        ("owners", [joined(account_link(one.id, one.name), " ") for one in owners] or _unclaimed(row.owner_device)),
        ("visibility", t(f"visibility_{row.visibility}")),
        ("press", t(f"press_{row.press}")),
        *([("state", joined(t("archived"), " · ", moment(row.archived_at)))] if row.archived_at else []),
    )
    ledger = el("a", t("ledger"), href=f"/admin/ledger?counter={row.slug}", class_="btn edge")
    opened = el("a", t("open"), href=f"/c/{row.slug}", class_="btn edge")
    back = el(
        "a", t("take_back"), href=f"/admin/counters/{row.slug}/take-back", class_="btn edge", data_testid="to-take-back"
    )
    links = el("p", opened, ledger, back, class_="row-x")
    forms = [*_settings_forms(row), *_number_forms(row), *_end_forms(row)]
    return page("counters", name_of(row.name or row.slug), known, links, forms, done=visit.is_done)


def _settings_forms(row: CounterRow) -> list[Markup]:
    at = f"/admin/counters/{row.slug}"
    return [
        form("rename", f"{at}/rename", field("name", "counter_name", row.name, maxlength=100), submit="save"),
        form(
            "access",
            f"{at}/access",
            choice("visibility", row.visibility, VISIBILITIES),
            choice("press", row.press, PRESS_POLICIES),
            submit="save",
        ),
        form("own", f"{at}/own", explanation("own_said"), field("name", "name", maxlength=40), submit="save"),
    ]


def _number_forms(row: CounterRow) -> list[Markup]:
    at = f"/admin/counters/{row.slug}"
    key = f"{now_ms():012x}{secrets.token_hex(10)}"  # made with the form, so that sent twice it counts once
    return [
        form(
            "correct",
            f"{at}/correct",
            field("value", "value", row.value, inputmode="numeric", maxlength=20),
            field("reason", "reason", maxlength=200),
            hidden(key=key, round=row.round_id),
            submit="save",
        ),
        form(
            "reset",
            f"{at}/reset",
            explanation("reset_said", number=number(row.number), value=number(row.value)),
            hidden(round=row.round_id),
            danger=True,
        ),
    ]


def _end_forms(row: CounterRow) -> list[Markup]:
    at = f"/admin/counters/{row.slug}"
    archived = bool(row.archived_at)
    archive = form("restore", f"{at}/restore") if archived else form("archive", f"{at}/archive", explanation("archive_said"))
    if row.slug == DEFAULT_COUNTER:
        return [archive]
    return [archive, delete_form(f"{at}/delete", "delete_said", "counter_name", row.name or row.slug)]


def _unclaimed(device: int | None) -> Markup:
    """Whose a counter is that no account owns: the browser's that created it, until somebody claims it."""
    return joined(t("browsers"), " ", link("devices", device, f"#{device}")) if device else t("nobodys")
