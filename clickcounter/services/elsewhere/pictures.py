"""A counter's number as a picture for link previews: 1200 × 630, what Open Graph and Twitter's cards ask for.

A preview is fetched once for each place where a link is posted, so a picture may be as old as KEPT.
"""

import asyncio
import io
import time
from collections import OrderedDict
from functools import lru_cache
from typing import TYPE_CHECKING

from clickcounter.access import program_limits
from clickcounter.domain.clicks import Snapshot
from clickcounter.places import ROOT
from clickcounter.pools import PICTURES

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

SIZE = (1200, 630)
KEPT, MOST_KEPT = 5.0, 50  # seconds, pictures
SKY = ((0xE4, 0xEC, 0xFE), (0xF8, 0xF1, 0xF7), (0xFF, 0xE4, 0xD4), (0xFF, 0xCB, 0xA9))  # from above; assets/clickcounter.css
INK, QUIET = (0x22, 0x17, 0x34), (0x56, 0x49, 0x66)
SUN = {
    "": (0xF9, 0x53, 0x6A),
    "amber": (0xE0, 0x8A, 0x00),
    "rose": (0xE1, 0x1D, 0x48),
    "violet": (0x7C, 0x3A, 0xED),
    "blue": (0x25, 0x63, 0xEB),
    "teal": (0x0D, 0x94, 0x88),
    "green": (0x16, 0xA3, 0x4A),
}
FONTS = ("latin", "accents", "cyrillic")
MARGIN, NUMBER, NAME, LINE, LEAST = 90, 230, 64, 34, 30  # pixels; all but the first are sizes of type
ALPHABETS = ((0x20, 0x7F, "latin"), (0xA0, 0x100, "accents"), (0x400, 0x492, "cyrillic"))
IN_LATIN = set(
    "\u00a0\u00a9\u00ab\u00b7\u00bb\u2010\u2011\u2012\u2013\u2014\u2015\u2018\u2019\u201c\u201d\u201e\u2022\u2026\u2212"
)

_made: "OrderedDict[str, tuple[float, int, asyncio.Future[bytes]]]" = OrderedDict()


async def picture_of(snapshot: Snapshot, address: str) -> bytes:
    """A picture with the number, as a PNG, for somebody at this address. Raises TooMany, Later."""
    now = time.monotonic()
    if known := _made.get(snapshot.counter):
        made_at, revision, made = known
        failed = made.done() and made.exception() is not None
        if not failed and (now - made_at < KEPT or revision == snapshot.revision):
            return await asyncio.shield(made)
    program_limits.current().draw(address)
    made = asyncio.ensure_future(PICTURES.run(draw, snapshot))
    made.add_done_callback(asyncio.Future.exception)  # retrieved, or asyncio complains where everybody who asked has left
    _made[snapshot.counter] = now, snapshot.revision, made
    _made.move_to_end(snapshot.counter)
    if len(_made) > MOST_KEPT:
        _made.popitem(last=False)
    return await asyncio.shield(made)


def draw(snapshot: Snapshot) -> bytes:
    """Draw the picture."""
    from PIL import Image, ImageDraw  # only here: many servers never draw one

    picture = Image.new("RGB", SIZE)
    painter = ImageDraw.Draw(picture)
    for y in range(SIZE[1]):
        painter.line(((0, y), (SIZE[0], y)), _sky(y / SIZE[1]))
    sun = SUN.get(snapshot.settings.colour, SUN[""])
    painter.ellipse((SIZE[0] - 400, SIZE[1] - 190, SIZE[0] + 60, SIZE[1] + 270), sun)
    name = _known(snapshot.settings.name) or snapshot.counter
    number = f"{snapshot.value:,}".replace("-", "\u2212").replace(",", "\u00a0")
    _write(painter, name, MARGIN, 150, NAME, 500, INK)
    _write(painter, number, MARGIN, 390, NUMBER, 600, INK)
    _write(painter, "Click Counter", MARGIN, 560, LINE, 400, QUIET)
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def _sky(part: float) -> tuple[int, ...]:
    band = min(int(part * 3), 2)
    share = part * 3 - band
    return tuple(round(a + (b - a) * share) for a, b in zip(SKY[band], SKY[band + 1], strict=True))


def _known(text: str) -> str:
    """The text if the fonts have all of its letters."""
    return text if all(_alphabet(letter) for letter in text) else ""


def _alphabet(letter: str) -> str | None:
    if letter in IN_LATIN:
        return "latin"
    return next((name for first, after, name in ALPHABETS if first <= ord(letter) < after), None)


def _write(
    painter: "ImageDraw", text: str, x: float, baseline: int, size: int, weight: int, colour: tuple[int, ...]
) -> None:
    """Write one line, smaller or cut where it would not fit."""
    room = SIZE[0] - 2 * MARGIN
    size = max(min(size, int(size * room / _width(text, size, weight))), LEAST)
    while _width(text, size, weight) > room:
        text = text.rstrip("\u2026")[:-1] + "\u2026"
    for letter in text:
        font = _font(_alphabet(letter) or "latin", size, weight)
        painter.text((x, baseline), letter, colour, font, anchor="ls")
        x += font.getlength(letter)


def _width(text: str, size: int, weight: int) -> float:
    return sum(_font(_alphabet(letter) or "latin", size, weight).getlength(letter) for letter in text)


@lru_cache(maxsize=60)
def _font(alphabet: str, size: int, weight: int) -> "FreeTypeFont":
    from PIL import ImageFont

    font = ImageFont.truetype(ROOT / "assets" / "fonts" / f"geologica-{alphabet}.woff2", size)
    font.set_variation_by_axes([weight])
    return font
