"""Passkeys: `/account/passkeys/…`, POSTs of JSON, as the account page sends them (api/account.py)."""

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from clickcounter.access.authentication import Browser
from clickcounter.api.account import Fields, answered, browser_of, read_fields, refused, user_answer
from clickcounter.errors import ClickCounterError, Refused
from clickcounter.services.entry import passkeys

Action = Callable[[Browser, str, Fields], Awaitable[tuple[str | None, Mapping[str, object]]]]  # → a token for the cookie


async def _listed(browser: Browser, origin: str, fields: Fields) -> tuple[None, Mapping[str, object]]:
    return None, await passkeys.listed(browser)


async def _begin(browser: Browser, origin: str, fields: Fields) -> tuple[None, Mapping[str, object]]:
    return None, {"options": await passkeys.begin(browser, origin, fields.get("password"), fields.get("name"))}


async def _add(browser: Browser, origin: str, fields: Fields) -> tuple[None, Mapping[str, object]]:
    await passkeys.add(browser, origin, fields.get("name"), fields.get("credential"))
    return None, {}


async def _remove(browser: Browser, origin: str, fields: Fields) -> tuple[None, Mapping[str, object]]:
    await passkeys.remove(browser, fields.get("id"))
    return None, {}


async def _offer(browser: Browser, origin: str, fields: Fields) -> tuple[None, Mapping[str, object]]:
    return None, {"options": await passkeys.offer(browser, origin)}


async def _sign_in(browser: Browser, origin: str, fields: Fields) -> tuple[str, Mapping[str, object]]:
    token, user = await passkeys.sign_in(browser, origin, fields.get("credential"))
    return token, {"account": user_answer(user)}


ACTIONS: dict[str, Action] = {
    "list": _listed,
    "begin": _begin,
    "add": _add,
    "remove": _remove,
    "offer": _offer,
    "sign-in": _sign_in,
}


def routes() -> list[Route]:
    """The addresses."""
    return [Route(f"/account/passkeys/{name}", _posted(action), methods=["POST"]) for name, action in ACTIONS.items()]


def _posted(action: Action) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        try:
            if request.headers.get("sec-fetch-site") == "cross-site":  # the browser does not keep its cookie
                raise Refused("cross_site")
            fields = await read_fields(request)
            token, found = await action(browser_of(request), request.headers.get("origin", "")[:300].lower(), fields)
        except ClickCounterError as error:
            return refused(request, error)
        return answered(request, token, found)

    return answer
