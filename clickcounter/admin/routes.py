"""The addresses of `/admin/`: pages are GETs, changes are POSTs of a form."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from clickcounter.admin import changes, files
from clickcounter.admin.gate import Change, Page, Visit, change_endpoint, page_endpoint
from clickcounter.admin.markup import Markup
from clickcounter.admin.pages import accounts, counters, devices, ledger, sessions
from clickcounter.errors import Refused
from clickcounter.services import administration

PAGES: dict[str, Page] = {
    "/": counters.all_counters,
    "/counters/{slug}": counters.counter,
    "/accounts": accounts.all_accounts,
    "/accounts/{id}": accounts.account,
    "/devices": devices.all_devices,
    "/devices/{id}": devices.device,
    "/sessions": sessions.all_sessions,
    "/ledger": ledger.ledger,
}
CHANGES: dict[str, Change] = {
    "/counters/{slug}/rename": changes.rename_counter,
    "/counters/{slug}/access": changes.set_access,
    "/counters/{slug}/archive": changes.archive,
    "/counters/{slug}/restore": changes.restore,
    "/counters/{slug}/reset": changes.reset,
    "/counters/{slug}/correct": changes.correct,
    "/counters/{slug}/delete": changes.delete_counter,
    "/accounts/{id}/rename": changes.rename_account,
    "/accounts/{id}/make-superuser": changes.of_account(administration.make_superuser),
    "/accounts/{id}/unmake-superuser": changes.of_account(administration.unmake_superuser),
    "/accounts/{id}/block": changes.of_account(administration.block_account),
    "/accounts/{id}/unblock": changes.of_account(administration.unblock_account),
    "/accounts/{id}/sign-out": changes.of_account(administration.sign_out_account),
    "/accounts/{id}/delete": changes.delete_account,
    "/devices/{id}/label": changes.label_device,
    "/sessions/{id}/end": changes.end_session,
}


async def _slash(request: Request) -> Response:
    return RedirectResponse("/admin/", 307)


async def _not_found(visit: Visit) -> Markup:
    raise Refused("no_page")


def routes() -> list[BaseRoute]:
    """All of them. Only superusers learn that an address does not exist."""
    inside = [
        Route("/files/{edition}/{name}", files.serve),
        *(Route(path, page_endpoint(page), methods=["GET"]) for path, page in PAGES.items()),
        *(Route(path, change_endpoint(path, change), methods=["POST"]) for path, change in CHANGES.items()),
        Route("/{rest:path}", page_endpoint(_not_found), methods=["GET", "POST"]),
    ]
    return [Route("/admin", _slash), Mount("/admin", routes=inside)]
