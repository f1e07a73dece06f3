"""Who gets into `/admin/`, asked of the database at every request; and what becomes of whoever does not.

One cookie holds the session, as everywhere. Only these pages themselves may ask for anything: what pages of this host's
other ports and of named origins may do elsewhere (web/origins.py), they may not do here.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from reflex.config import get_config
from reflex.constants import Env
from reflex.environment import environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from clickcounter.access import administration
from clickcounter.access.cookies import session_hash
from clickcounter.access.sessions import User
from clickcounter.admin import layout
from clickcounter.admin.markup import Markup
from clickcounter.api.account import DB
from clickcounter.domain.clicks import now_ms
from clickcounter.errors import ClickCounterError, Malformed, Refused
from clickcounter.settings import from_environment
from clickcounter.web.body import read_body

log = logging.getLogger(__name__)

LONGEST = 16 * 1024  # bytes of a form
NOT_HERE = frozenset({"no_page", "no_account", "no_device", "no_counter"})
FORBIDDEN = frozenset({"superusers_only", "origin", "own_account", "not_owner"})


@dataclass(frozen=True, slots=True)
class Visit:
    """A superuser at one of the pages, and the form that was sent, if one was."""

    who: User
    session: str
    request: Request
    form: dict[str, str]

    def part(self, name: str) -> str:
        """What the address names."""
        return str(self.request.path_params.get(name, ""))

    def query(self, name: str, longest: int = 200) -> str:
        """What the address asks for; a database holds no NUL, so nothing is found by it."""
        return self.request.query_params.get(name, "")[:longest].replace("\0", "")


Showing = Callable[[Visit], Awaitable[Markup]]
Doing = Callable[[Visit], Awaitable[str]]  # → where to go on


def shows(page: Showing) -> Callable[[Request], Awaitable[Response]]:
    """A page for superusers."""

    async def answer(request: Request) -> Response:
        try:
            return _html(request, await page(await _enter(request)))
        except ClickCounterError as error:
            return _refused(request, error)

    return answer


def does(what: str, do: Doing) -> Callable[[Request], Awaitable[Response]]:
    """A change by superusers; the browser goes on to a page that shows it."""

    async def answer(request: Request) -> Response:
        visit = None
        try:
            visit = await _enter(request)
            to = await do(visit)
        except ClickCounterError as error:
            return _refused(request, error, inside=visit is not None)
        log.info("admin: %r (account %d): %s %s", visit.who.name, visit.who.account_id, what, request.path_params)
        return RedirectResponse(f"{to}?done=1", 303, headers={"Cache-Control": "no-store"})

    return answer


async def _enter(request: Request) -> Visit:
    if not _is_own(request):
        raise Refused("origin")
    session = session_hash(request.scope)
    who = await DB.read(lambda connection: administration.require_superuser(connection, session, now_ms()))
    return Visit(who, str(session), request, await _form(request) if request.method == "POST" else {})


def _is_own(request: Request) -> bool:
    """Whether no other page asks. Browsers say so with each POST; a page that a link leads to is asked for by nobody."""
    headers = request.headers
    names = (headers.get("host", ""), headers.get("x-forwarded-host", "").split(",")[0])
    ours = {f"{scheme}://{name.strip().lower()}" for name in names if name for scheme in ("http", "https")}
    if any(origin.lower() not in ours for origin in headers.getlist("origin")):
        return False
    return request.method != "POST" or headers.get("sec-fetch-site", "same-origin") == "same-origin"


async def _form(request: Request) -> dict[str, str]:
    """What was sent. Raises Malformed."""
    body = await read_body(request, "application/x-www-form-urlencoded", LONGEST)
    try:
        return dict(parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=20))
    except ValueError:
        raise Malformed("the form cannot be read") from None


def _html(request: Request, body: Markup, status: int = 200) -> Response:
    russian = request.headers.get("accept-language", "").lower().startswith("ru")
    page = layout.whole(body, "ru" if russian else "en")
    return HTMLResponse(page, status, headers={"Cache-Control": "no-store"})


def _refused(request: Request, error: ClickCounterError, *, inside: bool = False) -> Response:
    log.info("refused: %s %s %s", error.code, request.method, request.url.path)
    status = 404 if error.code in NOT_HERE else 403 if error.code in FORBIDDEN else 503 if error.code == "later" else 400
    outside = error.code in ("superusers_only", "origin")
    return _html(request, layout.refusal(error, inside=inside, account=_account_page(request) if outside else None), status)


def _account_page(request: Request) -> str:
    """Where one signs in, and comes back from where that is the same host and port."""
    at, config = "", get_config()
    origins = from_environment().origins
    if environment.REFLEX_ENV_MODE.get() is Env.DEV:
        at = f"http://{request.url.hostname}:{config.frontend_port}"
    elif origins and request.url.netloc not in {urlsplit(origin).netloc for origin in origins}:
        at = origins[0]  # the pages lie elsewhere
    return f"{at}/account" if at else "/account?from=/admin/"
