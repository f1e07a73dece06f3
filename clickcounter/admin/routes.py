"""The addresses of `/admin/`: pages are GETs, changes are POSTs of a form."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from clickcounter.admin import actions, files
from clickcounter.admin.gate import Change, Page, Visit, change_endpoint, page_endpoint
from clickcounter.admin.pages import accounts, counters, devices, invitations, keys, ledger, sessions, taking_back
from clickcounter.errors import Refused
from clickcounter.services import administration
from clickcounter.web.markup import Markup

PAGES: dict[str, Page] = {
    "/": counters.all_counters,
    "/counters/{slug}": counters.counter,
    "/counters/{slug}/take-back": taking_back.take_back,
    "/accounts": accounts.all_accounts,
    "/accounts/{id}": accounts.account,
    "/devices": devices.all_devices,
    "/devices/{id}": devices.device,
    "/sessions": sessions.all_sessions,
    "/invitations": invitations.all_invitations,
    "/invitations/{key}": invitations.invitation,
    "/keys": keys.all_keys,
    "/ledger": ledger.ledger,
}
CHANGES: dict[str, Change] = {
    "/counters/{slug}/rename": actions.rename_counter,
    "/counters/{slug}/access": actions.set_access,
    "/counters/{slug}/archive": actions.archive,
    "/counters/{slug}/restore": actions.restore,
    "/counters/{slug}/reset": actions.reset,
    "/counters/{slug}/correct": actions.correct,
    "/counters/{slug}/take-back": actions.take_back,
    "/counters/{slug}/own": actions.give_to_owner,
    "/counters/{slug}/delete": actions.delete_counter,
    "/accounts/{id}/rename": actions.rename_account,
    "/accounts/{id}/make-superuser": actions.of_account(administration.make_superuser),
    "/accounts/{id}/unmake-superuser": actions.of_account(administration.unmake_superuser),
    "/accounts/{id}/block": actions.of_account(administration.block_account),
    "/accounts/{id}/unblock": actions.of_account(administration.unblock_account),
    "/accounts/{id}/sign-out": actions.of_account(administration.sign_out_account),
    "/accounts/{id}/delete": actions.delete_account,
    "/devices/{id}/label": actions.label_device,
    "/sessions/{id}/end": actions.end_session,
    "/invitations/make": actions.make_invitation,
    "/invitations/{id}/revoke": actions.revoke_invitation,
    "/keys/{id}/revoke": actions.revoke_key,
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
        Route("/second-factor", change_endpoint("/second-factor", actions.give_code, coded=False), methods=["POST"]),
        Route("/{rest:path}", page_endpoint(_not_found), methods=["GET", "POST"]),
    ]
    return [Route("/admin", _slash), Mount("/admin", routes=inside)]
