"""API keys: which programs may count, for whom, and a button that revokes each."""

from clickcounter.admin import queries
from clickcounter.admin.gate import Visit
from clickcounter.admin.layout import Column, moment, name_of, page, search_form, t, table
from clickcounter.admin.pages.links import account_link, link
from clickcounter.admin.rows import KeyRow
from clickcounter.live.pipeline import running
from clickcounter.web.markup import Markup, el, joined


async def all_keys(visit: Visit) -> Markup:
    """All that are not revoked."""
    listed = visit.listed
    found = await running().read(lambda engine: queries.keys(engine, listed))
    rows: list[list[Column]] = [
        [
            ("counter_name", name_of(row.name)),
            ("scope", _scope(row)),
            ("key_for", link("counters", row.slug, name_of(row.counter or row.slug)) if row.slug else t("key_account")),
            ("person", account_link(row.account_id, row.maker)),
            ("made", moment(row.created_at)),
            ("used", moment(row.used_at)),
            ("expires", moment(row.expires_at)),
            ("revoke", _revoke_form(row.id)),
        ]
        for row in found.rows
    ]
    shown = table("keys", found, rows, first=not listed.after, search=listed.search)
    return page("keys", t("keys"), search_form("keys", listed.search), shown, done=visit.is_done)


def _scope(row: KeyRow) -> Markup:
    return joined([t(f"scope_{row.scope}"), joined(", ", t("in_address")) if row.in_address else None])


def _revoke_form(key_id: int) -> Markup:
    button = el("button", t("revoke"), class_="btn edge")
    return el("form", button, method="post", action=f"/admin/keys/{key_id}/revoke", data_testid="revoke")
