"""Who gets into `/admin/`, read from the database at every request; and what everybody else is answered.

One cookie holds the session, as everywhere. Only pages of `/admin/` itself may send requests here: what pages on other ports
of this host and of configured origins may do elsewhere (web/origins.py), they may not do here.
"""

import hashlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

import reflex as rx
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from clickcounter.access.cookies import session_hash
from clickcounter.access.sessions import User
from clickcounter.admin import layout
from clickcounter.admin.queries import AdminQuery, parse_id
from clickcounter.domain.clicks import Caller
from clickcounter.errors import ClickCounterError, Malformed, Refused
from clickcounter.i18n.languages import accepted_language
from clickcounter.logs import ALWAYS
from clickcounter.services import administration
from clickcounter.settings import base_path, from_environment
from clickcounter.socket.reflex_internals import is_development
from clickcounter.web.body import read_body
from clickcounter.web.markup import Markup

log = logging.getLogger(__name__)

LONGEST = 16 * 1024  # bytes of a form
NOT_FOUND = frozenset({"no_page", "no_account", "no_device", "no_counter"})
FORBIDDEN = frozenset({"superusers_only", "origin", "own_account", "not_owner"})


@dataclass(frozen=True, slots=True)
class Visit:
    """A superuser's request, and the form that was sent, if any."""

    user: User
    session: str
    request: Request
    form: dict[str, str]

    @property
    def caller(self) -> Caller:
        """As the ledger knows superusers here: each is a device of its own, with a hash that no browser's secret has."""
        name = f"/admin/ of account {self.user.account_id}"  # a hashed value, so it must stay as it is
        return Caller(self.session, hashlib.sha256(name.encode()).hexdigest())

    @property
    def listed(self) -> AdminQuery:
        """Which rows of a list the address asks for."""
        return AdminQuery(self.query("search"), self.query("after"))

    @property
    def is_done(self) -> bool:
        """Whether a change was made just now, which the page confirms."""
        return self.query("done") == "1"

    def path_param(self, name: str) -> str:
        """A part of the address."""
        return str(self.request.path_params.get(name, ""))

    def id_or(self, code: str) -> int:
        """The id in the address. Raises Refused with this code where it is none."""
        found = parse_id(self.path_param("id"))
        if found is None:
            raise Refused(code)
        return found

    def query(self, name: str, longest: int = 200) -> str:
        """A query parameter, without NUL, which no database holds."""
        return self.request.query_params.get(name, "")[:longest].replace("\0", "")


Page = Callable[[Visit], Awaitable[Markup]]
Change = Callable[[Visit], Awaitable[str]]  # → the address of a page that shows it
Endpoint = Callable[[Request], Awaitable[Response]]


def page_endpoint(page: Page) -> Endpoint:
    """A page for superusers."""

    async def answer(request: Request) -> Response:
        try:
            return _html(request, await page(await _enter(request)))
        except ClickCounterError as error:
            return _refused(request, error)

    return answer


def change_endpoint(path: str, change: Change) -> Endpoint:
    """A change by superusers, logged; the browser goes on to a page that shows it."""

    async def answer(request: Request) -> Response:
        visit = None
        try:
            visit = await _enter(request)
            shown_at = await change(visit)
        except ClickCounterError as error:
            return _refused(request, error, inside=visit is not None)
        user = visit.user
        log.info("admin: %r (account %d): %s %s", user.name, user.account_id, path, request.path_params, extra=ALWAYS)
        return RedirectResponse(f"{shown_at}?done=1", 303, headers={"Cache-Control": "no-store"})

    return answer


async def _enter(request: Request) -> Visit:
    if not _is_same_origin(request):
        raise Refused("origin")
    session = session_hash(request.scope)
    user = await administration.require_superuser(session)
    return Visit(user, str(session), request, await _form(request) if request.method == "POST" else {})


def _is_same_origin(request: Request) -> bool:
    """Whether no other page sent the request. Browsers say so with each POST; following a link sends no origin."""
    headers = request.headers
    names = (headers.get("host", ""), headers.get("x-forwarded-host", "").split(",")[0])
    ours = {f"{scheme}://{name.strip().lower()}" for name in names if name for scheme in ("http", "https")}
    if any(origin.lower() not in ours for origin in headers.getlist("origin")):
        return False
    return request.method != "POST" or headers.get("sec-fetch-site", "same-origin") == "same-origin"


async def _form(request: Request) -> dict[str, str]:
    """The form's fields. Raises Malformed."""
    body = await read_body(request, "application/x-www-form-urlencoded", LONGEST)
    try:
        return dict(parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=20))
    except ValueError:
        raise Malformed("the form cannot be read") from None


def _html(request: Request, body: Markup, status: int = 200) -> Response:
    page = layout.document(body, accepted_language(request.headers.get("accept-language", "")))
    return HTMLResponse(page, status, headers={"Cache-Control": "no-store"})


def _refused(request: Request, error: ClickCounterError, *, inside: bool = False) -> Response:
    log.info("refused: %s %s %s", error.code, request.method, request.url.path)
    status = 404 if error.code in NOT_FOUND else 403 if error.code in FORBIDDEN else 503 if error.code == "later" else 400
    outside = error.code in ("superusers_only", "origin")
    return _html(request, layout.refusal(error, inside=inside, account=_account_page(request) if outside else None), status)


def _account_page(request: Request) -> str:
    """Where to sign in; it leads back here where it is on the same host and port."""
    at, config = "", rx.config.get_config()
    origins = from_environment().origins
    if is_development():
        at = f"http://{request.url.hostname}:{config.frontend_port}"
    elif origins and request.url.netloc not in {urlsplit(origin).netloc for origin in origins}:
        at = origins[0]  # the front end is served from elsewhere
    return f"{at}{base_path()}/account" if at else "/account?from=/admin/"
