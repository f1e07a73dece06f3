"""Sessions: the browsers in which people are signed in."""

from collections.abc import Sequence

from clickcounter.admin import queries
from clickcounter.admin.gate import Visit
from clickcounter.admin.layout import Column, moment, name_of, page, t, table
from clickcounter.admin.pages.links import account_link
from clickcounter.admin.rows import SessionRow
from clickcounter.live.pipeline import running
from clickcounter.web.markup import Markup, el, joined


async def all_sessions(visit: Visit) -> Markup:
    """Where people are signed in."""
    listed = visit.listed
    found = await running().read(lambda engine: queries.sessions(engine, listed, visit.session))
    shown = table("sessions", found, session_rows(found.rows), first=not listed.after)
    return page("sessions", t("sessions"), shown, done=visit.is_done)


def session_rows(rows: Sequence[SessionRow], *, with_name: bool = True) -> list[list[Column]]:
    """The rows of a table of sessions, each with a button that ends it."""
    return [
        [
            *([("name", account_link(row.account_id, row.name))] if with_name else []),
            ("browser", [name_of(row.about), joined(" (", t("this_one"), ")") if row.mine else None]),
            ("made", moment(row.created_at)),
            ("seen", moment(row.seen_at)),
            ("expires", moment(row.expires_at)),
            ("end", _end_form(row.id)),
        ]
        for row in rows
    ]


def _end_form(session_id: int) -> Markup:
    button = el("button", t("end"), class_="btn edge")
    return el("form", button, method="post", action=f"/admin/sessions/{session_id}/end", data_testid="end")
