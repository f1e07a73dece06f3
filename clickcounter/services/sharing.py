"""A counter's link, also as a QR code: the data of one SVG path, which a page can draw in any colour and size."""

import re
from typing import TypedDict

import segno
from sqlalchemy import Engine

from clickcounter.access import authorization
from clickcounter.domain.clicks import Caller
from clickcounter.errors import Malformed
from clickcounter.live.pipeline import running
from clickcounter.services.validation import slug_of

LONGEST_ORIGIN = 300
# What a browser calls location.origin, and the path below which the app is; names in other alphabets are in punycode there.
_SITE = re.compile(
    r"https?://(?:[a-z0-9](?:[a-z0-9_.-]*[a-z0-9])?|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?(?:/[A-Za-z0-9_-]+)*", re.ASCII
)


class ShareAnswer(TypedDict):
    """A link, and its QR code: an SVG path and the width of its viewBox."""

    link: str
    path: str
    size: int


async def share(who: Caller, counter: object, origin: object) -> ShareAnswer:
    """The link to a counter that `who` may see, and its QR code. Raises CounterNotFound, Refused, Malformed, Later."""
    slug = slug_of(counter)
    link = link_to(origin, slug)

    def read(engine: Engine) -> tuple[str, int]:
        authorization.require_view(engine, slug, who)
        return qr_path(link)  # here, because it takes up to 15 ms, for which the event loop has no time

    path, size = await running().read(read)
    return {"link": link, "path": path, "size": size}


def link_to(origin: object, slug: str) -> str:
    """The address of a counter at this origin, or below a path there. Raises Malformed where no browser could be there."""
    if not isinstance(origin, str) or len(origin) > LONGEST_ORIGIN or not _SITE.fullmatch(origin):
        raise Malformed("origin must be like https://example.com or http://192.168.0.7:3000")
    return f"{origin}/c/{slug}"


def qr_path(text: str) -> tuple[str, int]:
    """The dark modules as SVG path data, one unit each, and the width of the whole in units.

    The page leaves the quiet zone around it. Medium error correction: a finger on the screen may hide a corner.
    """
    rows = segno.make_qr(text, error="m").matrix
    return "".join(_runs(y, row) for y, row in enumerate(rows)), len(rows)


def _runs(y: int, row: bytes | bytearray) -> str:
    dark = "".join("1" if module & 1 else "0" for module in row)
    return "".join(f"M{run.start()} {y}h{len(run[0])}v1h-{len(run[0])}z" for run in re.finditer("1+", dark))
