"""The second factor of one's own account: `/account/second-factor…`, as the account page sends it (api/account.py)."""

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from clickcounter.access.authentication import Browser
from clickcounter.api.account import Fields, answered, browser_of, read_fields, refused
from clickcounter.errors import ClickCounterError, Refused
from clickcounter.services.entry import second_factors

Action = Callable[[Browser, Fields], Awaitable[Mapping[str, object] | None]]


async def _state(browser: Browser, fields: Fields) -> Mapping[str, object]:
    return await second_factors.state(browser)


async def _begin(browser: Browser, fields: Fields) -> Mapping[str, object]:
    return await second_factors.begin(browser, fields.get("password"))


async def _set_up(browser: Browser, fields: Fields) -> Mapping[str, object]:
    named = (fields.get(name) for name in ("password", "secret", "code", "key"))
    return await second_factors.set_up(browser, *named)


async def _renew_codes(browser: Browser, fields: Fields) -> Mapping[str, object]:
    return await second_factors.renew_codes(browser, *(fields.get(name) for name in ("password", "code", "key")))


async def _remove(browser: Browser, fields: Fields) -> None:
    await second_factors.remove(browser, fields.get("password"), fields.get("code"))


ACTIONS: dict[str, Action] = {
    "state": _state,
    "begin": _begin,
    "set-up": _set_up,
    "renew-codes": _renew_codes,
    "remove": _remove,
}


def routes() -> list[Route]:
    """The addresses."""
    return [Route(f"/account/second-factor/{name}", posted(action), methods=["POST"]) for name, action in ACTIONS.items()]


def posted(action: Action) -> Callable[[Request], Awaitable[Response]]:
    """What answers a POST of the account page that changes no session of its own."""

    async def answer(request: Request) -> Response:
        try:
            if request.headers.get("sec-fetch-site") == "cross-site":  # the browser does not send its cookie
                raise Refused("cross_site")
            found = await action(browser_of(request), await read_fields(request))
        except ClickCounterError as error:
            return refused(request, error)
        return answered(request, None, found or {})

    return answer
