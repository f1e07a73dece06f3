"""`GET /p/KEY`: one press for whatever can only open an address, with a key whose owner allows that; `/p/KEY/NAME` for an
account's key.

Each request is one press. What only looks at an address never counts: HEAD, prefetches, previews and search engines are told
the number. The key stands in the address, so nothing may keep it: no cache, no log of ours, no referrer.
"""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from clickcounter.access import program_limits
from clickcounter.access.keys import caller_with
from clickcounter.api.caller import address_of
from clickcounter.api.v1.answers import STATUS, language_of
from clickcounter.errors import ClickCounterError, Later, TooMany
from clickcounter.i18n.errors import sentences_of
from clickcounter.services.elsewhere import address_presses
from clickcounter.web.previews import is_preview

KEPT_BY_NOBODY = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}


async def press(request: Request) -> Response:
    """The number after the press."""
    key, counter = request.path_params["key"], request.path_params.get("counter")
    address = address_of(request.scope)
    try:
        program_limits.current().take(caller_with(key), address, 1)
        if is_preview(request):
            value = await address_presses.look(key, counter)
        else:
            value = await address_presses.press(key, counter, address)
    except ClickCounterError as error:
        said = sentences_of(error).as_dict()[language_of(request)]
        wait = {"Retry-After": str(error.seconds)} if isinstance(error, TooMany | Later) else {}
        return PlainTextResponse(f"{said}\n", STATUS.get(error.code, 409), KEPT_BY_NOBODY | wait)
    return PlainTextResponse(f"{value}\n", headers=KEPT_BY_NOBODY)


def routes() -> list[Route]:
    """The addresses."""
    return [Route("/p/{key}", press), Route("/p/{key}/{counter}", press)]
