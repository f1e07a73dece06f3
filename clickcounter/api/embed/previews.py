"""What link previews show: a title with the number, a picture, and the way to oEmbed.

Pages are files without a number, and run scripts that programs do not run. So programs that make previews, known by their
User-Agent, get a page of their own at the same address; nobody else's request is touched. Search engines are not among them.
"""

import re
from html import escape
from urllib.parse import unquote, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from clickcounter.api.caller import address_of
from clickcounter.api.embed.answers import EVERY_SITE, problem
from clickcounter.api.embed.badge import grouped
from clickcounter.api.v1.answers import STATUS
from clickcounter.domain.clicks import Snapshot
from clickcounter.domain.slugs import DEFAULT_COUNTER
from clickcounter.errors import ClickCounterError, Later, Malformed, Refused, TooMany
from clickcounter.services.elsewhere import numbers
from clickcounter.settings import base_path
from clickcounter.web.client_address import is_https
from clickcounter.web.headers import NOTHING
from clickcounter.web.previews import LINK_PREVIEWS

PAGE = re.compile(r"/(?:c/([^/]+)(?:/(?:display|history))?/?)?")  # of a counter; `/` is the first one's
OWN = "Click Counter"
WIDTH, HEIGHT, LEAST = 480, 300, 100  # pixels of a frame


class Previews:
    """Answers programs that make previews in place of `app`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD") and _is_previewer(scope):
            page = PAGE.fullmatch(scope["path"])
            if page:
                await (await _preview(Request(scope), page[1] or DEFAULT_COUNTER))(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _is_previewer(scope: Scope) -> bool:
    return any(name == b"user-agent" and LINK_PREVIEWS.search(value.decode("latin-1")) for name, value in scope["headers"])


async def _preview(request: Request, counter: str) -> Response:
    try:
        snapshot = await numbers.for_everybody(counter, address_of(request.scope))
    except ClickCounterError as error:
        headers = {"Cache-Control": "no-store", "Content-Security-Policy": NOTHING}
        if isinstance(error, TooMany | Later):
            headers["Retry-After"] = str(error.seconds)
        return HTMLResponse(f"<!doctype html><title>{OWN}</title>", STATUS.get(error.code, 400), headers)
    page = f"{_site(request)}/c/{snapshot.counter}"
    title, about = _title(snapshot), snapshot.settings.description or OWN
    oembed = f"{_site(request)}/oembed?{urlencode({'url': page, 'format': 'json'})}"
    properties = {
        "og:type": "website",
        "og:site_name": OWN,
        "og:title": title,
        "og:description": about,
        "og:url": page,
        "og:image": f"{page}/picture.png?r={snapshot.revision}",
        "og:image:width": "1200",
        "og:image:height": "630",
        "og:image:alt": title,
        "twitter:card": "summary_large_image",
    }
    tags = "".join(f'<meta property="{name}" content="{escape(value)}">' for name, value in properties.items())
    html = (
        f'<!doctype html><html><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="description" content="{escape(about)}">{tags}<link rel="canonical" href="{escape(page)}">'
        f'<link rel="alternate" type="application/json+oembed" href="{escape(oembed)}" title="{escape(title)}"></head>'
        f'<body><h1>{escape(title)}</h1><p>{escape(about)}</p><a href="{escape(page)}">{escape(page)}</a></body></html>'
    )
    headers = {"Cache-Control": "no-cache", "Vary": "User-Agent", "Content-Security-Policy": NOTHING}
    return HTMLResponse(html, headers=headers)


async def oembed(request: Request) -> Response:
    """How another site shows a counter: its display in a frame. `url` is the address of a counter's page here."""
    wanted = request.query_params
    if wanted.get("format", "json") != "json":
        return Response("Only JSON.", 501)
    try:
        width, height = _size(wanted.get("maxwidth"), WIDTH), _size(wanted.get("maxheight"), HEIGHT)
        counter = _counter_at(wanted.get("url", ""), request)
        snapshot = await numbers.for_everybody(counter, address_of(request.scope))
    except ClickCounterError as error:
        return problem(request, error)
    page, title = f"{_site(request)}/c/{snapshot.counter}", _title(snapshot)
    frame = (
        f'<iframe src="{escape(page)}/display" width="{width}" height="{height}" title="{escape(title)}" style="border:0">'
        "</iframe>"
    )
    shown = {
        "version": "1.0",
        "type": "rich",
        "provider_name": OWN,
        "provider_url": _site(request),
        "title": title,
        "html": frame,
        "width": width,
        "height": height,
        "thumbnail_url": f"{page}/picture.png",
        "thumbnail_width": 1200,
        "thumbnail_height": 630,
        "cache_age": 60,
    }
    return JSONResponse(shown, headers={"Cache-Control": "no-cache"} | EVERY_SITE)


def _title(snapshot: Snapshot) -> str:
    return f"{grouped(snapshot.value, chr(0x202F))} \u00b7 {snapshot.settings.name or OWN}"


def _site(request: Request) -> str:
    """The address of this instance, without a slash at its end."""
    return f"{'https' if is_https(request.scope) else 'http'}://{_host(request)}{base_path()}"


def _host(request: Request) -> str:
    return request.headers.get("x-forwarded-host", request.headers.get("host", "")).split(",")[0].strip().lower()


def _counter_at(url: str, request: Request) -> str:
    """The counter whose page is at this address of ours. Raises Refused."""
    try:
        found = urlsplit(url)
        path = found.path or "/"
        page = PAGE.fullmatch(path.removeprefix(base_path())) if path.startswith(f"{base_path()}/") else None
    except ValueError:
        page = None
    if page is None or found.scheme not in ("http", "https") or found.netloc.lower() != _host(request):
        raise Refused("embed_address")
    return unquote(page[1] or DEFAULT_COUNTER)


def _size(most: str | None, usual: int) -> int:
    if most is None:
        return usual
    if not (most.isascii() and most.isdecimal() and len(most) < 7):
        raise Malformed("maxwidth and maxheight are numbers")
    return min(usual, max(LEAST, int(most)))


def routes() -> list[Route]:
    """The address of oEmbed; previews have no address of their own."""
    return [Route("/oembed", oembed)]
