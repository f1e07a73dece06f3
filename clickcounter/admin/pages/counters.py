"""Counters: the list, and each with what can be done with it."""

import secrets

from clickcounter.admin import group_queries, queries
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
from clickcounter.history.group_parts import Part
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
            ("press", None if row.is_group else t(f"press_{row.press}")),
            ("state", _state(row)),
        ]
        for row in found.rows
    ]
    shown = table("counters", found, rows, first=not listed.after, search=listed.search)
    return page("counters", t("counters"), search_form("counters", listed.search), shown, done=visit.is_done)


async def counter(visit: Visit) -> Markup:
    """One counter, and what can be done with it."""
    slug, who = visit.path_param("slug").replace("\0", ""), visit.caller
    row, owners = await running().read(lambda engine: queries.counter(engine, slug))
    parts = await running().read(lambda engine: group_queries.parts(engine, slug, who)) if row.is_group else []
    known = details(
        ("value", el("span", number(row.value), data_testid="value")),
        ("round", joined(number(row.number), " · ", moment(row.started_at))),
        ("slug", row.slug),
        ("owners", [joined(account_link(one.id, one.name), " ") for one in owners] or _unclaimed(row.owner_device)),
        ("visibility", t(f"visibility_{row.visibility}")),
        ("parts", [_part(one) for one in parts] or t("nothing")) if row.is_group else ("press", t(f"press_{row.press}")),
        *([("state", joined(t("archived"), " · ", moment(row.archived_at)))] if row.archived_at else []),
    )
    ledger = el("a", t("ledger"), href=f"/admin/ledger?counter={row.slug}", class_="btn edge")
    opened = el("a", t("open"), href=f"/c/{row.slug}", class_="btn edge")
    back = el(
        "a", t("take_back"), href=f"/admin/counters/{row.slug}/take-back", class_="btn edge", data_testid="to-take-back"
    )
    links = el("p", opened, ledger, None if row.is_group else back, class_="row-x")
    forms = [*_settings_forms(row), *([] if row.is_group else [_correct_form(row)]), _reset_form(row), *_end_forms(row)]
    return page("counters", name_of(row.name or row.slug), known, links, forms, done=visit.is_done)


def _part(part: Part) -> Markup:
    """A counter of a group."""
    words = [name for name, holds in (("part_minus", part.sign < 0), ("part_archived", part.archived)) if holds]
    said = [joined(" · ", t(name)) for name in words]
    return el("div", link("counters", part.slug, name_of(part.name or part.slug)), " · ", number(part.value), said)


def _state(row: CounterRow) -> Markup | None:
    words = [name for name, holds in (("group_name", row.is_group), ("archived", row.archived_at)) if holds]
    return joined(" · ").join(map(t, words)) or None


def _settings_forms(row: CounterRow) -> list[Markup]:
    at = f"/admin/counters/{row.slug}"
    return [
        form("rename", f"{at}/rename", field("name", "counter_name", row.name, maxlength=100), submit="save"),
        form(
            "access",
            f"{at}/access",
            choice("visibility", row.visibility, VISIBILITIES),
            None if row.is_group else choice("press", row.press, PRESS_POLICIES),
            submit="save",
        ),
        form("own", f"{at}/own", explanation("own_said"), field("name", "name", maxlength=40), submit="save"),
    ]


def _correct_form(row: CounterRow) -> Markup:
    key = f"{now_ms():012x}{secrets.token_hex(10)}"  # made with the form, so that sent twice it counts once
    return form(
        "correct",
        f"/admin/counters/{row.slug}/correct",
        field("value", "value", row.value, inputmode="numeric", maxlength=20),
        field("reason", "reason", maxlength=200),
        hidden(key=key, round=row.round_id),
        submit="save",
    )


def _reset_form(row: CounterRow) -> Markup:
    return form(
        "reset",
        f"/admin/counters/{row.slug}/reset",
        explanation("reset_said", number=number(row.number), value=number(row.value)),
        explanation("reset_group") if row.is_group else None,
        hidden(round=row.round_id),
        danger=True,
    )


def _end_forms(row: CounterRow) -> list[Markup]:
    at = f"/admin/counters/{row.slug}"
    archived = bool(row.archived_at)
    said = explanation("archive_group_said" if row.is_group else "archive_said")
    archive = form("restore", f"{at}/restore") if archived else form("archive", f"{at}/archive", said)
    if row.slug == DEFAULT_COUNTER:
        return [archive]
    return [archive, delete_form(f"{at}/delete", "delete_said", "counter_name", row.name or row.slug)]


def _unclaimed(device: int | None) -> Markup:
    """Whose a counter is that no account owns: the browser's that created it, until somebody claims it."""
    return joined(t("browsers"), " ", link("devices", device, f"#{device}")) if device else t("nobodys")
