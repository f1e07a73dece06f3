"""Registering, signing in and out, and what people do with their own account: `/account/…`.

Plain HTTP, because only its answers can set a cookie that no script can read. All but `/account/me` are POSTs of JSON, which
another site's form cannot send; which pages may ask at all is decided before, in web/origins.py.
"""

import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NotRequired, TypedDict

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from clickcounter.access import cookies
from clickcounter.access.authentication import Browser
from clickcounter.access.sessions import User
from clickcounter.api.caller import address_of
from clickcounter.errors import ClickCounterError, Later, Malformed, Refused, TooMany
from clickcounter.i18n.errors import sentences_of
from clickcounter.services import accounts
from clickcounter.web import client_address
from clickcounter.web.body import read_body

log = logging.getLogger(__name__)

LONGEST = 64 * 1024  # bytes of a body
STATUS = {
    "later": 503,
    "too_many": 429,
    "sign_in": 401,
    "passkey_unknown": 401,
    "passkey_wrong": 401,
    "second_factor": 401,
    "second_factor_wrong": 401,
    "second_factor_used": 401,
    "signed_out": 401,
    "key_invalid": 401,
    "registration": 403,
    "registration_invited": 403,
    "cross_site": 403,
    "key_scope": 403,
    "account_blocked": 403,
    "members_only": 403,
    "not_owner": 403,
    "no_counter": 404,
    "no_key": 404,
}


class UserAnswer(TypedDict):
    """Who is signed in."""

    name: str
    superuser: bool


class AccountAnswer(TypedDict):
    """Who is signed in now, if anybody; `/account/me` also says whether registration is open, by invitation or closed."""

    account: UserAnswer | None
    registration: NotRequired[str]


class ErrorAnswer(TypedDict):
    """Why something was refused: a code, and its sentence by language."""

    error: str
    sentences: dict[str, str]


Fields = dict[str, Any]  # a body, as it came
Action = Callable[[Browser, Fields], Awaitable[tuple[str | None, User | None]]]  # → a token for the cookie, and who it is


async def _register(browser: Browser, fields: Fields) -> tuple[str, User]:
    return await accounts.register(browser, fields.get("name"), fields.get("password"), fields.get("key"))


async def _register_invited(browser: Browser, fields: Fields) -> tuple[str, User]:
    named = (fields.get(name) for name in ("name", "password", "key"))
    return await accounts.register(browser, *named, invited=True, invitation=fields.get("invitation"))


async def _refuse_registration(browser: Browser, fields: Fields) -> tuple[str, User]:
    raise Refused("registration")


async def _sign_in(browser: Browser, fields: Fields) -> tuple[str, User]:
    return await accounts.sign_in(browser, fields.get("name"), fields.get("password"), fields.get("code"))


async def _sign_out(browser: Browser, fields: Fields) -> tuple[str, None]:
    await accounts.sign_out(browser)
    return "", None


async def _sign_out_everywhere(browser: Browser, fields: Fields) -> tuple[str, None]:
    await accounts.sign_out(browser, everywhere=True)
    return "", None


async def _change_password(browser: Browser, fields: Fields) -> tuple[str, User]:
    return await accounts.change_password(browser, fields.get("old"), fields.get("new"), fields.get("key"))


async def _change_name(browser: Browser, fields: Fields) -> tuple[None, User]:
    return None, await accounts.change_name(browser, fields.get("name"))


async def _delete(browser: Browser, fields: Fields) -> tuple[str, None]:
    await accounts.delete_account(browser, fields.get("password"))
    return "", None


def routes(registration: str) -> list[Route]:
    """The addresses, with registration "open", by "invitation" or "closed"."""
    registering = {"open": _register, "invitation": _register_invited, "closed": _refuse_registration}
    actions: dict[str, Action] = {
        "register": registering[registration],
        "sign-in": _sign_in,
        "sign-out": _sign_out,
        "sign-out-everywhere": _sign_out_everywhere,
        "password": _change_password,
        "name": _change_name,
        "delete": _delete,
    }

    async def me(request: Request) -> Response:
        """Who is signed in here, and whether anybody may register.

        Although it is a GET, it writes: once a day it extends the caller's own session.
        """
        try:
            user, renewed = await accounts.current_user(browser_of(request))
        except ClickCounterError as error:
            return refused(request, error)
        token = request.cookies.get(cookies.NAME) if renewed else None
        return answered(request, token, {"account": user_answer(user), "registration": registration})

    posts = [Route(f"/account/{name}", _posted(action), methods=["POST"]) for name, action in actions.items()]
    return [Route("/account/me", me, methods=["GET"]), *posts]


def _posted(action: Action) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        try:
            if request.headers.get("sec-fetch-site") == "cross-site":  # the browser would not send its cookie next time
                raise Refused("cross_site")
            token, user = await action(browser_of(request), await read_fields(request))
        except ClickCounterError as error:
            return refused(request, error)
        return answered(request, token, {"account": user_answer(user)})

    return answer


async def read_fields(request: Request) -> Fields:
    """The body. Raises Malformed."""
    body = await read_body(request, "application/json", LONGEST)
    try:
        found = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        raise Malformed("the body is not JSON") from None
    if not isinstance(found, dict):
        raise Malformed("the body is not an object")
    return found


def browser_of(request: Request) -> Browser:
    """The browser that sent a request."""
    address = address_of(request.scope)
    return Browser(cookies.session_hash(request.scope), request.headers.get("user-agent", ""), address)


def user_answer(user: User | None) -> UserAnswer | None:
    """Who is signed in, for the page."""
    return {"name": user.name, "superuser": user.superuser} if user else None


def answered(request: Request, token: str | None, content: Mapping[str, object], status: int = 200) -> Response:
    """An answer that sets the cookie to the token, removes it with an empty one, and leaves it alone with None."""
    answer = JSONResponse(content, status, headers={"Cache-Control": "no-store"})
    if token is not None:
        answer.headers.append("Set-Cookie", cookies.set_cookie(token, secure=client_address.is_https(request.scope)))
    return answer


def refused(request: Request, error: ClickCounterError) -> Response:
    """An answer that says why, with a code and sentences."""
    log.info("refused: %s %s", error.code, request.url.path)
    words = sentences_of(error).as_dict()
    answer = answered(request, None, {"error": error.code, "sentences": words}, STATUS.get(error.code, 400))
    if isinstance(error, TooMany | Later):
        answer.headers["Retry-After"] = str(error.seconds)
    return answer
