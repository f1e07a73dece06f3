"""The addresses of `/admin/`. What is looked at is a GET, what is changed a POST of a form."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from clickcounter.access import administration
from clickcounter.admin import changes, files, pages
from clickcounter.admin.gate import Doing, Showing, Visit, does, shows
from clickcounter.admin.markup import Markup
from clickcounter.errors import Refused

PAGES: dict[str, Showing] = {
    "/": pages.counters,
    "/counters/{slug}": pages.counter,
    "/accounts": pages.accounts,
    "/accounts/{id}": pages.account,
    "/devices": pages.devices,
    "/devices/{id}": pages.device,
    "/sessions": pages.sessions,
    "/ledger": pages.ledger,
}
CHANGES: dict[str, Doing] = {
    "/counters/{slug}/rename": changes.rename_counter,
    "/counters/{slug}/access": changes.set_access,
    "/counters/{slug}/archive": changes.archive,
    "/counters/{slug}/restore": changes.restore,
    "/counters/{slug}/reset": changes.reset,
    "/counters/{slug}/correct": changes.correct,
    "/counters/{slug}/delete": changes.delete_counter,
    "/accounts/{id}/rename": changes.of_account(administration.rename),
    "/accounts/{id}/make-superuser": changes.of_account(administration.set_superuser, True),
    "/accounts/{id}/unmake-superuser": changes.of_account(administration.set_superuser, False),
    "/accounts/{id}/block": changes.of_account(administration.block, True),
    "/accounts/{id}/unblock": changes.of_account(administration.block, False),
    "/accounts/{id}/sign-out": changes.of_account(administration.sign_out),
    "/accounts/{id}/delete": changes.of_account(administration.delete_account),
    "/devices/{id}/label": changes.label_device,
    "/sessions/{id}/end": changes.end_session,
}


async def _slash(request: Request) -> Response:
    return RedirectResponse("/admin/", 307)


async def _nowhere(visit: Visit) -> Markup:
    raise Refused("no_page")


def routes() -> list[BaseRoute]:
    """All of them. An address that is none says so to superusers alone."""
    inside = [
        Route("/files/{edition}/{name}", files.serve),
        *(Route(path, shows(page), methods=["GET"]) for path, page in PAGES.items()),
        *(Route(path, does(path, do), methods=["POST"]) for path, do in CHANGES.items()),
        Route("/{rest:path}", shows(_nowhere), methods=["GET", "POST"]),
    ]
    return [Route("/admin", _slash), Mount("/admin", routes=inside)]
