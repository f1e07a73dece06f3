"""Signing in with an account elsewhere: `/account/oidc/…`.

A page asks where to go (POST start) and leaves; the provider sends the browser back to `callback`, which leads on to the
account page with what came of it.
"""

import logging
from collections.abc import Awaitable, Callable
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from clickcounter.access import cookies
from clickcounter.access.authentication import Browser
from clickcounter.access.oidc import attempt
from clickcounter.access.oidc.attempt import ORIGIN, Attempt
from clickcounter.access.oidc.settings import OidcSettings
from clickcounter.api.account import answered, read_fields, refused
from clickcounter.api.caller import address_of
from clickcounter.domain.clicks import now_ms
from clickcounter.errors import ClickCounterError, Refused
from clickcounter.services.sign_in.oidc import Answer, SignIn
from clickcounter.web import client_address, origins, public_origin

log = logging.getLogger(__name__)

CALLBACK = "/account/oidc/callback"
ACCOUNT_PAGE = "/account"


Answering = Callable[[SignIn, Request], Awaitable[Response]]


def routes(settings: OidcSettings | None, registration: str) -> list[Route]:
    """The addresses; without settings they say that there is no provider."""
    sign_in = SignIn(settings, registration)

    def route(path: str, answering: Answering, method: str) -> Route:
        async def answer(request: Request) -> Response:
            try:
                return await answering(sign_in, request)
            except ClickCounterError as error:
                return refused(request, error)

        return Route(path, answer, methods=[method])

    return [
        route("/account/oidc/me", _me, "GET"),
        route("/account/oidc/start", _start, "POST"),
        route(CALLBACK, _come_back, "GET"),
        route("/account/oidc/unlink", _unlink, "POST"),
    ]


async def _me(sign_in: SignIn, request: Request) -> Response:
    """How to sign in, and how the person who is signed in may."""
    ways = await sign_in.ways(_browser(request))
    linked = [{"id": one.id, "name": one.name, "issuer": one.issuer} for one in ways.linked]
    return answered(request, None, {"name": ways.name, "linked": linked, "password": ways.password})


async def _unlink(sign_in: SignIn, request: Request) -> Response:
    _require_own_page(request)
    await sign_in.unlink(_browser(request), (await read_fields(request)).get("id"))
    return answered(request, None, {})


async def _start(sign_in: SignIn, request: Request) -> Response:
    _require_own_page(request)
    fields = await read_fields(request)
    redirect_uri = sign_in.callback or public_origin.address(request.scope, CALLBACK)
    page = request.headers.get("origin", public_origin.of(request.scope) or "").lower()
    if redirect_uri is None or not ORIGIN.fullmatch(page):
        raise Refused("oidc_again")
    linking, password = fields.get("link") is True, fields.get("password")
    begun = attempt.start(now_ms(), redirect_uri, page, fields.get("back"), linking=linking)
    answer = answered(request, None, {"location": await sign_in.start(_browser(request), begun, password)})
    answer.headers.append("Set-Cookie", _cookie(request, begun.value))
    return answer


async def _come_back(sign_in: SignIn, request: Request) -> Response:
    begun, asked = attempt.read(request.scope, now_ms()), request.query_params
    answer = Answer(asked.get("code"), asked.get("state"), asked.get("error"), asked.get("iss"))
    ours = begun is not None and begun.matches(answer.state, cookies.session_hash(request.scope))
    try:
        token = await sign_in.finish(_browser(request), begun, answer)
        outcome = "in" if token else "linked"
    except ClickCounterError as error:
        log.info("refused: %s %s", error.code, CALLBACK)
        token, outcome = None, error.code
    response = RedirectResponse(_account_page(begun, outcome, request), 303, headers={"Cache-Control": "no-store"})
    if ours:  # otherwise the sign-in that the cookie is for may still go on
        response.headers.append("Set-Cookie", _cookie(request, ""))
    if token:
        response.headers.append("Set-Cookie", cookies.set_cookie(token, secure=client_address.is_https(request.scope)))
    return response


def _account_page(begun: Attempt | None, outcome: str, request: Request) -> str:
    """The account page, which tells what came of it, and leads on to the page that the person came from."""
    asked = {"from": begun.back if begun else "/", "elsewhere": outcome}
    path = f"{ACCOUNT_PAGE}?{urlencode(asked, quote_via=quote)}"
    is_elsewhere = begun is not None and begun.origin != public_origin.of(request.scope)
    return f"{begun.origin}{path}" if begun and is_elsewhere and _is_allowed(begun.origin, request) else path


def _require_own_page(request: Request) -> None:
    if request.headers.get("sec-fetch-site") == "cross-site":  # the browser would not send its cookie next time
        raise Refused("cross_site")


def _is_allowed(origin: str, request: Request) -> bool:
    """Whether a page of this origin is one of ours: a cookie may say anything."""
    headers = [(name, value) for name, value in request.scope["headers"] if name != b"origin"]
    return origins.is_allowed({**request.scope, "headers": [*headers, (b"origin", origin.encode("latin-1", "replace"))]})


def _browser(request: Request) -> Browser:
    session = cookies.session_hash(request.scope)
    return Browser(session, request.headers.get("user-agent", ""), address_of(request.scope))


def _cookie(request: Request, value: str) -> str:
    return attempt.set_cookie(value, secure=client_address.is_https(request.scope))
