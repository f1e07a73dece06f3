"""Invitations to register: who was invited, a form for a new one, and a button that revokes each."""

import secrets

from clickcounter.access.entry.invitations import PAGE, Listed
from clickcounter.admin.gate import Visit, front_end
from clickcounter.admin.layout import (
    Column,
    details,
    explanation,
    field,
    form,
    hidden,
    moment,
    name_of,
    number,
    page,
    t,
    table,
)
from clickcounter.admin.pages.links import account_link
from clickcounter.admin.rows import Page
from clickcounter.services.entry import invitations
from clickcounter.services.entry.invitations import MOST_DAYS, MOST_PEOPLE
from clickcounter.settings import from_environment
from clickcounter.web.markup import Markup, el, joined


async def all_invitations(visit: Visit) -> Markup:
    """All that were not revoked."""
    rows = await invitations.listed(visit.listed.before)
    found = Page(rows[:PAGE], str(rows[PAGE - 1].id) if len(rows) > PAGE else None)
    columns = [[*_known(row), ("revoke", _revoke_form(row.id))] for row in found.rows]
    registration = from_environment().registration
    said = None if registration == "invitation" else explanation(f"registration_{registration}")
    listed = table("invitations", found, columns, first=not visit.listed.after)
    return page("invitations", t("invitations"), said, _new(), listed, done=visit.is_done)


async def invitation(visit: Visit) -> Markup:
    """A new one with its link, for the session that made it."""
    token, found = await invitations.made(visit.session, visit.path_param("key"))
    link = invitations.link(front_end(visit.request), token)
    shown = el("input", value=link, readonly=True, size=60, data_testid="link", aria_label="URL")
    parts = [explanation("invitation_link_said"), el("p", el("span", shown, class_="input")), details(*_known(found))]
    return page("invitations", t("invitation_link"), parts, done=visit.is_done)


def _known(row: Listed) -> list[Column]:
    used = joined([number(row.used), " / ", number(row.most)])
    state = None if row.valid else joined([" · ", t("not_valid")])
    return [
        ("for_whom", name_of(row.note)),
        ("registered", [used, state]),
        ("made_by", account_link(row.account_id, row.maker)),
        ("made", moment(row.created_at)),
        ("expires", moment(row.expires_at)),
    ]


def _new() -> Markup:
    return form(
        "invite",
        "/admin/invitations/make",
        explanation("invite_said"),
        field("note", "for_whom", maxlength=40, required=False),
        field("most", "most_people", 1, type="number", min=1, max=MOST_PEOPLE),
        field("days", "valid_days", 7, type="number", min=1, max=MOST_DAYS),
        hidden(key=secrets.token_hex(16)),  # made with the form, so that sent twice it makes one
    )


def _revoke_form(invitation_id: int) -> Markup:
    button = el("button", t("revoke"), class_="btn edge")
    return el("form", button, method="post", action=f"/admin/invitations/{invitation_id}/revoke", data_testid="revoke")
