"""Accounts: the list, and each with what can be done with it."""

from clickcounter.admin import queries
from clickcounter.admin.gate import Visit
from clickcounter.admin.layout import Column, details, explanation, field, form, moment, name_of, page, search_form, t, table
from clickcounter.admin.pages.links import account_link, delete_form, link
from clickcounter.admin.pages.sessions import session_rows
from clickcounter.admin.queries import AdminQuery
from clickcounter.admin.rows import AccountRow, Membership, Page
from clickcounter.live.pipeline import running
from clickcounter.web.markup import Markup, el, joined


async def all_accounts(visit: Visit) -> Markup:
    """Everybody who has an account."""
    listed = visit.listed
    found = await running().read(lambda engine: queries.accounts(engine, listed))
    rows: list[list[Column]] = [
        [
            ("name", account_link(row.id, row.name)),
            ("number", row.id),
            ("state", _state(row)),
            ("made", moment(row.created_at)),
        ]
        for row in found.rows
    ]
    shown = table("accounts", found, rows, first=not listed.after, search=listed.search)
    return page("accounts", t("accounts"), search_form("accounts", listed.search), shown, done=visit.is_done)


async def account(visit: Visit) -> Markup:
    """One account, what can be done with it, and where it is signed in."""
    account_id = visit.id_or("no_account")
    row, memberships = await running().read(lambda engine: queries.account(engine, account_id))
    found = await running().read(lambda engine: queries.sessions(engine, AdminQuery(), visit.session, account_id))
    state = _state(row)
    known = details(
        ("number", row.id),
        *([("state", state)] if state else []),
        ("made", moment(row.created_at)),
        *([("belongs", [_membership(one) for one in memberships])] if memberships else []),
    )
    sessions = [
        el("h2", t("sessions")),
        table("sessions", Page(found.rows, None), session_rows(found.rows, with_name=False)),
    ]
    forms = _forms(row, own=account_id == visit.user.account_id)
    return page("accounts", name_of(row.name), known, forms, sessions, done=visit.is_done)


def _forms(row: AccountRow, *, own: bool) -> list[Markup]:
    at = f"/admin/accounts/{row.id}"
    power, block = ("unmake" if row.superuser else "make"), ("unblock" if row.blocked_at else "block")
    always = [
        form("rename", f"{at}/rename", field("name", "name", row.name, maxlength=40), submit="save"),
        form("sign_out", f"{at}/sign-out", explanation("sign_out_said")),
    ]
    if own:  # nobody takes these from themselves, so one superuser always remains
        return always
    return [
        *always,
        form(f"{power}_superuser", f"{at}/{power}-superuser", explanation(f"{power}_said"), danger=not row.superuser),
        form(block, f"{at}/{block}", explanation(f"{block}_said"), danger=not row.blocked_at),
        delete_form(f"{at}/delete", "delete_account_said", "name", row.name),
    ]


def _membership(row: Membership) -> Markup:
    return el("div", link("counters", row.slug, name_of(row.name or row.slug)), " · ", t(f"role_{row.role}"))


def _state(row: AccountRow) -> Markup:
    words = [t("superuser") if row.superuser else None, t("blocked") if row.blocked_at else None]
    return joined([joined(" · " if i else "", word) for i, word in enumerate(word for word in words if word)])
