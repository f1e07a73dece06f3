"""A counter's number for other sites and programs, below its page's address: `value.txt`, `value.json`, `badge.svg`,
`badge.json` (for shields.io) and `picture.png`.

Only what everybody may see is shown, and nothing here changes a number. Whoever keeps an answer asks each time whether it is
still the newest, as the proxies that show images on other sites do; that costs 304.
"""

import hashlib
import json
from collections.abc import Awaitable, Callable
from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from clickcounter.api.caller import address_of
from clickcounter.api.embed import badge
from clickcounter.api.embed.answers import EVERY_SITE, problem
from clickcounter.domain.clicks import Snapshot
from clickcounter.errors import ClickCounterError
from clickcounter.services.elsewhere import numbers, pictures, sites

Render = Callable[[Request, Snapshot], Awaitable[tuple[str, bytes]]]
REVALIDATE = {"Cache-Control": "no-cache", "Vary": "Origin"} | EVERY_SITE


async def answer(render: Render, request: Request) -> Response:
    """What everybody may see of a counter; 304 for those who have it."""
    try:
        snapshot = await numbers.for_everybody(request.path_params["counter"], address_of(request.scope))
        media_type, body = await render(request, snapshot)
    except ClickCounterError as error:
        return problem(request, error)
    tag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
    headers = REVALIDATE | {"ETag": tag}
    if tag in [known.strip().removeprefix("W/") for known in request.headers.get("if-none-match", "").split(",")]:
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=media_type)


async def text(_request: Request, snapshot: Snapshot) -> tuple[str, bytes]:
    """The digits alone."""
    return "text/plain", f"{snapshot.value}\n".encode()


async def data(request: Request, snapshot: Snapshot) -> tuple[str, bytes]:
    """The number, and what it counts. A page of another site learns whether it may show the button."""
    shown: dict[str, object] = {
        "counter": snapshot.counter,
        "name": snapshot.settings.name,
        "value": snapshot.value,
        "revision": snapshot.revision,
        "round": snapshot.round,
        "archived": snapshot.settings.archived_at is not None,
    }
    if origin := request.headers.get("origin"):
        shown["press"] = await sites.may_press_from(snapshot.counter, origin, address_of(request.scope))
    return "application/json", _json(shown)


async def image(request: Request, snapshot: Snapshot) -> tuple[str, bytes]:
    """A badge."""
    return "image/svg+xml", badge.svg(badge.badge_of(snapshot, request.query_params)).encode()


async def endpoint(request: Request, snapshot: Snapshot) -> tuple[str, bytes]:
    """What https://shields.io/badges/endpoint-badge draws a badge from."""
    wanted = badge.badge_of(snapshot, request.query_params)
    shown = {
        "schemaVersion": 1,
        "label": wanted.label,
        "message": wanted.message,
        "color": f"#{wanted.colour}",
        "labelColor": f"#{wanted.label_colour}",
        "style": wanted.style,
    }
    return "application/json", _json(shown)


async def picture(request: Request, snapshot: Snapshot) -> tuple[str, bytes]:
    """A picture for previews of a link."""
    return "image/png", await pictures.picture_of(snapshot, address_of(request.scope))


def _json(shown: dict[str, object]) -> bytes:
    return json.dumps(shown, ensure_ascii=False).encode(errors="replace")


FILES: dict[str, Render] = {
    "value.txt": text,
    "value.json": data,
    "badge.svg": image,
    "badge.json": endpoint,
    "picture.png": picture,
}


def routes() -> list[Route]:
    """The addresses."""
    return [Route(f"/c/{{counter}}/{name}", partial(answer, render)) for name, render in FILES.items()]
