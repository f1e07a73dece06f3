"""Registering, signing in and out, and what people do with their own account: `/account/…`.

Plain HTTP, because only its answers can set a cookie that no script can read. All but `/account/me` are POSTs of JSON, which
another site's form cannot send; whose pages may ask at all is decided before (the settings' origins). An answer is
{"account": …}, or {"error": a code, "sentences": it in words}.
"""

import contextlib
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from reflex.config import get_config
from sqlalchemy import Connection, Engine
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from clickcounter.access import authentication, cookies, rate_limits
from clickcounter.access.authentication import Browser, Database
from clickcounter.access.sessions import User
from clickcounter.access.validation import LONGEST_TYPED, fold
from clickcounter.database.engines import read_only
from clickcounter.domain.clicks import now_ms
from clickcounter.errors import ClickCounterError, Later, Malformed, Refused, TooMany, in_words
from clickcounter.live.pipeline import running
from clickcounter.socket import rooms
from clickcounter.web import client_address
from clickcounter.web.body import read_body

log = logging.getLogger(__name__)

T = TypeVar("T")
Fields = dict[str, Any]
Doing = Callable[[Browser, Fields], Awaitable[tuple[str | None, User | None]]]  # → a token for the cookie, and who it is

LONGEST = 64 * 1024  # bytes of a body
STATUS = {
    "later": 503,
    "too_many": 429,
    "sign_in": 401,
    "signed_out": 401,
    "registration": 403,
    "cross_site": 403,
    "account_blocked": 403,
}


async def _read(work: Callable[[Connection], T]) -> T:
    def look(engine: Engine) -> T:
        with read_only(engine).begin() as connection:
            return work(connection)

    return await running().read(look)


async def _write(work: Callable[[Connection], T]) -> T:
    return await running().perform(lambda ledger: ledger.perform(work))


DB = Database(_read, _write)


def _proving(name: str, browser: Browser) -> contextlib.AbstractContextManager[None]:
    """A password is tried, for a name or within a session. Raises TooMany before it is looked at."""
    return rate_limits.current().trying(name, browser.token_sha256 or "", browser.address)


def _typed(name: Any) -> str:
    return fold(name[:LONGEST_TYPED]) if isinstance(name, str) else ""


async def _sign_in(browser: Browser, fields: Fields) -> tuple[str | None, User | None]:
    with _proving(_typed(fields.get("name")), browser):
        token, who = await authentication.sign_in(DB, browser, fields.get("name"), fields.get("password"), now_ms())
    _part(browser)
    return token, who


async def _register(browser: Browser, fields: Fields) -> tuple[str | None, User | None]:
    rate_limits.current().new_account(browser.address)
    token, who = await authentication.register(DB, browser, fields.get("name"), fields.get("password"), now_ms())
    _part(browser)
    return token, who


async def _closed(browser: Browser, fields: Fields) -> tuple[str | None, User | None]:
    raise Refused("registration")


async def _sign_out(browser: Browser, fields: Fields) -> tuple[str | None, User | None]:
    rooms.current().sign_out(await authentication.sign_out(DB, browser, now_ms()))
    return "", None


async def _sign_out_everywhere(browser: Browser, fields: Fields) -> tuple[str | None, User | None]:
    rooms.current().sign_out(await authentication.sign_out(DB, browser, now_ms(), everywhere=True))
    return "", None


async def _password(browser: Browser, fields: Fields) -> tuple[str | None, User | None]:
    with _proving(browser.token_sha256 or "", browser):
        token, who, ended = await authentication.change_password(DB, browser, fields.get("old"), fields.get("new"), now_ms())
    rooms.current().sign_out(ended)
    return token, who


async def _name(browser: Browser, fields: Fields) -> tuple[str | None, User | None]:
    return None, await authentication.change_name(DB, browser, fields.get("name"), now_ms())


async def _delete(browser: Browser, fields: Fields) -> tuple[str | None, User | None]:
    with _proving(browser.token_sha256 or "", browser):
        ended = await authentication.delete(DB, browser, fields.get("password"), now_ms())
    rooms.current().sign_out(ended)
    return "", None


def _part(browser: Browser) -> None:
    """Whoever was signed in here before is not any more."""
    rooms.current().sign_out([browser.token_sha256] if browser.token_sha256 else [])


def routes(registration: str) -> list[Route]:
    """The addresses, with registration "open" or "closed"."""
    doing: dict[str, Doing] = {
        "register": _register if registration == "open" else _closed,
        "sign-in": _sign_in,
        "sign-out": _sign_out,
        "sign-out-everywhere": _sign_out_everywhere,
        "password": _password,
        "name": _name,
        "delete": _delete,
    }

    async def me(request: Request) -> Response:
        """Who is signed in here, and whether anybody may register."""
        try:
            who, prolonged = await authentication.current_user(DB, _browser(request), now_ms())
        except ClickCounterError as error:
            return _refused(request, error)
        token = request.cookies.get(cookies.NAME) if prolonged else None
        return _answered(request, token, {"account": _told(who), "registration": registration})

    posts = [Route(f"/account/{what}", _posted(do), methods=["POST"]) for what, do in doing.items()]
    return [Route("/account/me", me, methods=["GET"]), *posts]


def _posted(do: Doing) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        try:
            if request.headers.get("sec-fetch-site") == "cross-site":  # its cookie would not come along next time
                raise Refused("cross_site")
            token, who = await do(_browser(request), await _fields(request))
        except ClickCounterError as error:
            return _refused(request, error)
        return _answered(request, token, {"account": _told(who)})

    return answer


async def _fields(request: Request) -> Fields:
    """The body. Raises Malformed."""
    body = await read_body(request, "application/json", LONGEST)
    try:
        found = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        raise Malformed("the body is not JSON") from None
    if not isinstance(found, dict):
        raise Malformed("the body is not an object")
    return found


def _browser(request: Request) -> Browser:
    address = client_address.address(request.scope, get_config().trusted_proxy_hops)
    return Browser(cookies.session_hash(request.scope), request.headers.get("user-agent", ""), address)


def _told(who: User | None) -> Fields | None:
    return {"name": who.name, "superuser": who.superuser} if who else None


def _answered(request: Request, token: str | None, content: Fields, status: int = 200) -> Response:
    """With a token the cookie is set, with an empty one it is taken away, with None it is left alone."""
    answer = JSONResponse(content, status, headers={"Cache-Control": "no-store"})
    if token is not None:
        secure = "https" in (request.url.scheme, request.headers.get("x-forwarded-proto"))
        answer.headers.append("Set-Cookie", cookies.set_cookie(token, secure=secure))
    return answer


def _refused(request: Request, error: ClickCounterError) -> Response:
    log.info("refused: %s %s", error.code, request.url.path)
    words = in_words(Refused("not_now") if isinstance(error, Later) else error)
    answer = _answered(request, None, {"error": error.code, "sentences": words}, STATUS.get(error.code, 400))
    if isinstance(error, TooMany):
        answer.headers["Retry-After"] = str(error.seconds)
    return answer
