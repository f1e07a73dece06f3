"""The pages of `/admin/` to look at: counters, people, devices, sessions, the ledger."""

import secrets
from typing import Any

from clickcounter.admin import queries
from clickcounter.admin.gate import Visit
from clickcounter.admin.layout import (
    Column,
    choice,
    facts,
    field,
    form,
    hidden,
    listing,
    moment,
    name_of,
    number,
    page,
    said,
    searching,
    t,
)
from clickcounter.admin.markup import Child, Markup, el, joined
from clickcounter.admin.queries import AdminQuery
from clickcounter.domain.clicks import now_ms
from clickcounter.domain.rights import PRESSES, VISIBILITIES
from clickcounter.errors import Refused
from clickcounter.history.ledger_pages import LedgerEntry
from clickcounter.live.pipeline import DEFAULT_COUNTER, running

LATE = 1000  # ms after which it is told when a click was pressed, besides when it was saved


def _listed(visit: Visit) -> AdminQuery:
    return AdminQuery(visit.query("search"), visit.query("after"))


def _done(visit: Visit) -> bool:
    return visit.query("done") == "1"


def id_of(visit: Visit, code: str) -> int:
    """The id that the address names. Raises Refused with this code where it is none."""
    found = queries.parse_id(visit.part("id"))
    if found is None:
        raise Refused(code)
    return found


def _link(place: str, of: Any, words: Child) -> Markup:
    return el("a", words, href=f"/admin/{place}/{of}")


def _account(account_id: int | None, name: str | None) -> Markup | None:
    return _link("accounts", account_id, name_of(name)) if account_id and name else None


async def counters(visit: Visit) -> Markup:
    """All counters, and what each shows."""
    listed = _listed(visit)
    found = await running().read(lambda engine: queries.counters(engine, listed))
    rows: list[list[Column]] = [
        [
            ("name", _link("counters", row.slug, name_of(row.name or row.slug))),
            ("slug", row.slug),
            ("value", number(row.value)),
            ("round", number(row.number)),
            ("visibility", t(f"visibility_{row.visibility}")),
            ("press", t(f"press_{row.press}")),
            ("state", t("archived") if row.archived_at else None),
        ]
        for row in found.rows
    ]
    table = listing("counters", found, rows, first=not listed.after, search=listed.search)
    return page("counters", t("counters"), searching("counters", listed.search), table, done=_done(visit))


async def counter(visit: Visit) -> Markup:
    """One counter, and what can be done with it."""
    row, owners = await running().read(lambda engine: queries.counter(engine, visit.part("slug").replace("\0", "")))
    at, name = f"/admin/counters/{row.slug}", row.name or row.slug
    known = facts(
        ("value", el("span", number(row.value), data_testid="value")),
        ("round", joined(number(row.number), " · ", moment(row.started_at))),
        ("slug", row.slug),
        ("owners", [joined(_account(o.id, o.name), " ") for o in owners] or _browser(row.owner_device)),
        ("visibility", t(f"visibility_{row.visibility}")),
        ("press", t(f"press_{row.press}")),
        *([("state", joined(t("archived"), " · ", moment(row.archived_at)))] if row.archived_at else []),
    )
    key = f"{now_ms():012x}{secrets.token_hex(10)}"  # made with the form: sent twice, it counts once
    ledger = el("a", t("ledger"), href=f"/admin/ledger?counter={row.slug}", class_="btn edge")
    opened = el("a", t("open"), href=f"/c/{row.slug}", class_="btn edge")
    changes = [
        form("rename", f"{at}/rename", field("name", "name", row.name, maxlength=100), submit="save"),
        form(
            "access",
            f"{at}/access",
            choice("visibility", row.visibility, VISIBILITIES),
            choice("press", row.press, PRESSES),
            submit="save",
        ),
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
            said("reset_said", number=number(row.number), value=number(row.value)),
            hidden(round=row.round_id),
            danger=True,
        ),
        form("restore", f"{at}/restore") if row.archived_at else form("archive", f"{at}/archive", said("archive_said")),
        _deleting(f"{at}/delete", "delete_said", name) if row.slug != DEFAULT_COUNTER else None,
    ]
    return page("counters", name_of(name), known, el("p", opened, ledger, class_="row-x"), changes, done=_done(visit))


def _browser(device: int | None) -> Markup:
    """Whose a counter is that no account owns: the browser's that made it, until somebody claims it."""
    return joined(t("browsers"), " ", _link("devices", device, f"#{device}")) if device else t("nobodys")


def _deleting(at: str, words: str, name: str) -> Markup:
    return form("delete", at, said(words, name=name_of(name)), field("name", "name", maxlength=200), danger=True)


async def accounts(visit: Visit) -> Markup:
    """Everybody who has an account."""
    listed = _listed(visit)
    found = await running().read(lambda engine: queries.accounts(engine, listed))
    rows: list[list[Column]] = [
        [
            ("name", _account(row.id, row.name)),
            ("number", row.id),
            ("state", _state(row)),
            ("made", moment(row.created_at)),
        ]
        for row in found.rows
    ]
    table = listing("accounts", found, rows, first=not listed.after, search=listed.search)
    return page("accounts", t("accounts"), searching("accounts", listed.search), table, done=_done(visit))


def _belonging(row: Any) -> Markup:
    return el("div", _link("counters", row.slug, name_of(row.name or row.slug)), " · ", t(f"role_{row.role}"))


def _state(row: Any) -> Markup:
    words = [t("superuser") if row.superuser else None, t("blocked") if row.blocked_at else None]
    return joined([joined(" · " if i else "", word) for i, word in enumerate(word for word in words if word)])


async def account(visit: Visit) -> Markup:
    """One account, and what can be done with it."""
    account_id = id_of(visit, "no_account")
    row, belongs = await running().read(lambda engine: queries.account(engine, account_id))
    found = await running().read(lambda engine: queries.sessions(engine, AdminQuery(), visit.session, account_id))
    at = f"/admin/accounts/{account_id}"
    known = facts(
        ("number", row.id),
        *([("state", _state(row))] if _state(row) else []),
        ("made", moment(row.created_at)),
        *([("belongs", [_belonging(row) for row in belongs])] if belongs else []),
    )
    power, shut = ("unmake" if row.superuser else "make"), ("unblock" if row.blocked_at else "block")
    others = [  # nobody takes it from themselves
        form(f"{power}_superuser", f"{at}/{power}-superuser", said(f"{power}_said"), danger=not row.superuser),
        form(shut, f"{at}/{shut}", said(f"{shut}_said"), danger=not row.blocked_at),
        _deleting(f"{at}/delete", "delete_account_said", row.name),
    ]
    changes = [
        form("rename", f"{at}/rename", field("name", "name", row.name, maxlength=40), submit="save"),
        form("sign_out", f"{at}/sign-out", said("sign_out_said")),
        others if account_id != visit.who.account_id else None,
    ]
    sessions = [
        el("h2", t("sessions")),
        listing("sessions", queries.Page(found.rows, None), _sessions(found.rows, alone=True)),
    ]
    return page("accounts", name_of(row.name), known, changes, sessions, done=_done(visit))


async def devices(visit: Visit) -> Markup:
    """All browsers that ever counted."""
    listed = _listed(visit)
    found = await running().read(lambda engine: queries.devices(engine, listed))
    rows: list[list[Column]] = [
        [
            ("number", _link("devices", row.id, f"#{row.id}")),
            ("label", name_of(row.label) if row.label else None),
            ("made", moment(row.created_at)),
        ]
        for row in found.rows
    ]
    table = listing("devices", found, rows, first=not listed.after, search=listed.search)
    return page("devices", t("devices"), searching("devices", listed.search), table, done=_done(visit))


async def device(visit: Visit) -> Markup:
    """One browser, and its label."""
    device_id = id_of(visit, "no_device")
    row = await running().read(lambda engine: queries.device(engine, device_id))
    typed = field("label", "label", row.label, maxlength=40, required=False)
    change = form("label", f"/admin/devices/{row.id}/label", typed, submit="save", folded=False)
    return page("devices", f"#{row.id}", facts(("made", moment(row.created_at))), change, done=_done(visit))


async def sessions(visit: Visit) -> Markup:
    """Where people are signed in."""
    listed = _listed(visit)
    found = await running().read(lambda engine: queries.sessions(engine, listed, visit.session))
    table = listing("sessions", found, _sessions(found.rows), first=not listed.after)
    return page("sessions", t("sessions"), table, done=_done(visit))


def _sessions(rows: list[Any], *, alone: bool = False) -> list[list[Column]]:
    return [
        [
            *([] if alone else [("name", _account(row.account_id, row.name))]),
            ("browser", [name_of(row.about), joined(" (", t("this_one"), ")") if row.mine else None]),
            ("made", moment(row.created_at)),
            ("seen", moment(row.seen_at)),
            ("expires", moment(row.expires_at)),
            ("end", _ending(row.id)),
        ]
        for row in rows
    ]


def _ending(session_id: int) -> Markup:
    button = el("button", t("end"), class_="btn edge")
    return el("form", button, method="post", action=f"/admin/sessions/{session_id}/end", data_testid="end")


async def ledger(visit: Visit) -> Markup:
    """What was pressed, to read: of one counter or of all."""
    slug, after = visit.query("counter", 64), visit.query("after")
    read = (
        (lambda engine: queries.ledger_of(engine, slug, after)) if slug else (lambda engine: queries.ledger(engine, after))
    )
    found = await running().read(read)
    rows = [_click(*row, alone=bool(slug)) for row in found.rows]
    back = el("a", t("whole_ledger"), href="/admin/ledger", class_="btn edge") if slug else None
    title = joined(t("ledger"), joined(" · ", name_of(slug)) if slug else None)
    table = listing("ledger", found, rows, first=not after, counter=slug)
    return page("ledger", title, el("p", back) if back else None, table)


def _click(row: LedgerEntry, slug: str, name: str, *, alone: bool) -> list[Column]:
    of = [] if alone else [("counter", _link("counters", slug, name_of(name or slug)))]
    label = joined(" ", name_of(row.label)) if row.label else None
    return [
        ("number", row.id),
        ("saved", moment(row.saved_at)),
        *of,
        ("round", number(row.round)),
        ("kind", t(f"kind_{row.kind}")),
        ("amount", joined("+" if row.amount > 0 else "", number(row.amount))),
        ("total", number(row.total)),
        ("person", name_of(row.person) if row.person else None),
        ("device", joined(_link("devices", row.device, f"#{row.device}"), label)),
        ("pressed_at", moment(row.pressed_at) if row.saved_at - row.pressed_at >= LATE else None),
        ("reason", name_of(row.reason) if row.reason else None),
    ]
