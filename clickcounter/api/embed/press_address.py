"""`GET /p/KEY`: one press for whatever can only open an address, with a key whose owner allows that; `/p/KEY/NAME` for an
account's key.

Each request is one press. What only looks at an address never counts: HEAD, prefetches, previews and search engines are told
the number. The key stands in the address, so nothing may keep it: no cache, no log of ours, no referrer.
"""

import re

import reflex as rx
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from clickcounter.api.embed.answers import STATUS
from clickcounter.api.embed.previews import PREVIEWERS
from clickcounter.errors import ClickCounterError, Later, TooMany
from clickcounter.i18n.errors import sentences_of
from clickcounter.services.elsewhere import address_presses
from clickcounter.web import client_address

# A program that goes from page to page says so, and where its owner can be reached; bots of chats do not.
CRAWLERS = re.compile(
    rb"\+https?://|compatible;[^)]*(?:bot|spider|crawl)|crawler|spider|applebot|duckduckbot|github-camo|googleimageproxy|prerender",
    re.I,
)
LOOKS_AHEAD = re.compile(rb"prefetch|prerender|preview", re.I)
PURPOSES = (b"sec-purpose", b"purpose", b"x-purpose", b"x-moz")
KEPT_BY_NOBODY = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}


async def press(request: Request) -> Response:
    """The number after the press."""
    key, counter = request.path_params["key"], request.path_params.get("counter")
    address = client_address.address(request.scope, rx.config.get_config().trusted_proxy_hops)
    try:
        if _only_looks(request):
            value = await address_presses.look(key, counter)
        else:
            value = await address_presses.press(key, counter, address)
    except ClickCounterError as error:
        wait = {"Retry-After": str(error.seconds)} if isinstance(error, TooMany | Later) else {}
        status = 429 if isinstance(error, TooMany) else STATUS.get(error.code, 409)
        return PlainTextResponse(sentences_of(error).en + "\n", status, KEPT_BY_NOBODY | wait)
    return PlainTextResponse(f"{value}\n", headers=KEPT_BY_NOBODY)


def _only_looks(request: Request) -> bool:
    return request.method == "HEAD" or any(
        (name in PURPOSES and LOOKS_AHEAD.search(value))
        or (name == b"user-agent" and (PREVIEWERS.search(value) or CRAWLERS.search(value)))
        for name, value in request.scope["headers"]
    )


def routes() -> list[Route]:
    """The addresses."""
    return [Route("/p/{key}", press), Route("/p/{key}/{counter}", press)]
