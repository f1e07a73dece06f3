"""What a PDF of Chromium says: the size and the text of each page. Enough of the format for what Chromium writes."""

import re
import zlib
from typing import NamedTuple

OBJECT = re.compile(rb"(\d+) 0 obj\b(.*?)\bendobj", re.S)
STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.S)
SHOWN = re.compile(rb"/(\w+) [\d.]+ Tf|<([0-9A-Fa-f]+)> ?Tj|\[([^\]]*)\] ?TJ")


class PdfPage(NamedTuple):
    width: int  # points
    height: int
    text: str  # without spaces: where they stand depends on the font


def pdf_pages(pdf: bytes) -> list[PdfPage]:
    objects = {int(number): body for number, body in OBJECT.findall(pdf)}
    found = []
    for body in objects.values():
        if not re.search(rb"/Type\s*/Page\b", body):
            continue
        width, height = re.search(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", body).groups()  # type: ignore[union-attr]
        contents = re.search(rb"/Contents (\d+) 0 R", body)
        assert contents, "a page without content"
        text = _text(_stream(objects[int(contents[1])]), _fonts(body, objects))
        found.append(PdfPage(round(float(width)), round(float(height)), "".join(text.split()).replace("\u00a0", "")))
    return found


def _stream(body: bytes) -> bytes:
    raw = STREAM.search(body)
    assert raw
    return zlib.decompress(raw[1]) if b"/FlateDecode" in body else raw[1]


def _fonts(page: bytes, objects: dict[int, bytes]) -> dict[bytes, dict[int, str]]:
    """What each glyph of each font of a page stands for."""
    fonts = {}
    for name, number in re.findall(rb"/(F\d+) (\d+) 0 R", page):
        if unicode := re.search(rb"/ToUnicode (\d+) 0 R", objects[int(number)]):
            fonts[name] = _glyphs(_stream(objects[int(unicode[1])]).decode())
    return fonts


def _glyphs(cmap: str) -> dict[int, str]:
    found: dict[int, str] = {}
    for lines in re.findall(r"beginbfchar(.*?)endbfchar", cmap, re.S):
        for glyph, text in re.findall(r"<(\w+)> <(\w+)>", lines):
            found[int(glyph, 16)] = bytes.fromhex(text).decode("utf-16-be")
    for lines in re.findall(r"beginbfrange(.*?)endbfrange", cmap, re.S):
        for first, last, text in re.findall(r"<(\w+)> <(\w+)> <(\w+)>", lines):
            for n in range(int(first, 16), int(last, 16) + 1):
                found[n] = chr(int(text, 16) + n - int(first, 16))
    return found


def _text(content: bytes, fonts: dict[bytes, dict[int, str]]) -> str:
    shown, glyphs = [], dict[int, str]()
    for font, single, several in SHOWN.findall(content):
        glyphs = fonts.get(font, {}) if font else glyphs
        for digits in [single, *re.findall(rb"<([0-9A-Fa-f]+)>", several)]:
            codes = [int(digits[n : n + 4], 16) for n in range(0, len(digits), 4)]
            shown += [glyphs.get(code, "") for code in codes]
    return "".join(shown)
