"""Devices: every browser that ever counted, and its label."""

from clickcounter.admin import queries
from clickcounter.admin.gate import Visit
from clickcounter.admin.layout import Column, details, field, form, moment, name_of, page, search_form, t, table
from clickcounter.admin.pages.links import link
from clickcounter.live.pipeline import running
from clickcounter.web.markup import Markup


async def all_devices(visit: Visit) -> Markup:
    """All browsers that ever counted."""
    listed = visit.listed
    found = await running().read(lambda engine: queries.devices(engine, listed))
    rows: list[list[Column]] = [
        [
            ("number", link("devices", row.id, f"#{row.id}")),
            ("label", name_of(row.label) if row.label else None),
            ("made", moment(row.created_at)),
        ]
        for row in found.rows
    ]
    shown = table("devices", found, rows, first=not listed.after, search=listed.search)
    return page("devices", t("devices"), search_form("devices", listed.search), shown, done=visit.is_done)


async def device(visit: Visit) -> Markup:
    """One browser, and its label."""
    device_id = visit.id_or("no_device")
    row = await running().read(lambda engine: queries.device(engine, device_id))
    typed = field("label", "label", row.label, maxlength=40, required=False)
    change = form("label", f"/admin/devices/{row.id}/label", typed, submit="save", folded=False)
    return page("devices", f"#{row.id}", details(("made", moment(row.created_at))), change, done=visit.is_done)
