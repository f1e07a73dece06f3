"""A number as a badge: an SVG image in the three styles that people know from shields.io, and the data for its own."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from clickcounter.api.embed.text_widths import width_of
from clickcounter.domain.clicks import Snapshot
from clickcounter.domain.direction import begins_right_to_left, isolated
from clickcounter.errors import Refused
from clickcounter.services.validation import is_clean_text

STYLES = ("flat", "flat-square", "for-the-badge")
GROUPINGS = {"comma": ",", "space": "\u202f", "point": ".", "apostrophe": "\u2019", "none": ""}
NAMED = {  # as shields.io calls them
    "brightgreen": "4c1",
    "green": "97ca00",
    "yellowgreen": "a4a61d",
    "yellow": "dfb317",
    "orange": "fe7d37",
    "red": "e05d44",
    "blue": "007ec6",
    "grey": "555",
    "lightgrey": "9f9f9f",
}
OF_COUNTER = {  # the colours of counters, dark enough for white text
    "": "c2410c",
    "amber": "a16207",
    "rose": "be123c",
    "violet": "7c3aed",
    "blue": "1d4ed8",
    "teal": "0f766e",
    "green": "15803d",
}
LABEL_COLOUR = "555"
LONGEST_LABEL = 40
_HEX = re.compile(r"#?((?:[0-9a-f]{3}){1,2})", re.I | re.A)
FONT = "Verdana,Geneva,DejaVu Sans,sans-serif"
BRIGHT = 0.6  # from here on dark text is easier to read


@dataclass(frozen=True, slots=True)
class Badge:
    """What a badge says, and how. Colours are hexadecimal, without the #; without a text colour, the one that reads best."""

    label: str
    message: str
    colour: str
    label_colour: str = LABEL_COLOUR
    style: str = STYLES[0]
    text_colour: str | None = None


def badge_of(snapshot: Snapshot, wanted: Mapping[str, str]) -> Badge:
    """The badge of a counter, with what an address asks for. Raises Refused."""
    settings = snapshot.settings
    label, style, grouping = wanted.get("label"), wanted.get("style", STYLES[0]), wanted.get("grouping", "comma")
    if label is None:
        label = _shortened(settings.name or snapshot.counter)
    if style not in STYLES or grouping not in GROUPINGS:
        raise Refused("badge")
    colour = wanted.get("color", wanted.get("colour"))
    return Badge(
        label_of(label),
        grouped(snapshot.value, GROUPINGS[grouping]),
        OF_COUNTER.get(settings.colour, OF_COUNTER[""]) if colour is None else colour_of(colour),
        colour_of(wanted.get("labelColor", wanted.get("labelColour", LABEL_COLOUR))),
        style,
    )


def grouped(value: int, separator: str) -> str:
    """The number with a separator between thousands and a real minus."""
    return f"{value:,}".replace("-", "\u2212").replace(",", separator)


def label_of(text: str) -> str:
    """A label as it can be written. Raises Refused."""
    if text != "" and not is_clean_text(text, LONGEST_LABEL):
        raise Refused("badge")
    return " ".join(_printable(text).split())


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_LABEL else text[: LONGEST_LABEL - 1] + "\u2026"


def _printable(text: str) -> str:
    """XML has no words for control characters."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def colour_of(text: str) -> str:
    """A colour by its digits or a name. Raises Refused."""
    found = _HEX.fullmatch(NAMED.get(text, text))
    if found is None:
        raise Refused("badge")
    return found[1].lower()


def svg(badge: Badge) -> str:
    """The badge as an SVG image, without styles or scripts, so that any policy shows it."""
    return _tall(badge) if badge.style == "for-the-badge" else _flat(badge)


def _flat(badge: Badge) -> str:
    left = 10 + width_of(badge.label, 11) if badge.label else 0
    right = 10 + width_of(badge.message, 11)
    whole, round_corners = left + right, badge.style == "flat"
    texts = _text(badge.label, left / 2, 14, 11, _ink(badge, badge.label_colour), left - 10)
    texts += _text(badge.message, left + right / 2, 14, 11, _ink(badge, badge.colour), right - 10)
    shade = (
        '<linearGradient id="s" x2="0" y2="100%"><stop offset="0" stop-color="#bbb" stop-opacity=".1"/>'
        '<stop offset="1" stop-opacity=".1"/></linearGradient>'
        f'<clipPath id="r"><rect width="{whole:.1f}" height="20" rx="3"/></clipPath>'
    )
    boxes = _boxes(badge, left, right, 20)
    if round_corners:
        boxes = f'{shade}<g clip-path="url(#r)">{boxes}<rect width="{whole:.1f}" height="20" fill="url(#s)"/></g>'
    return _image(badge, whole, 20, boxes + texts)


def _tall(badge: Badge) -> str:
    label, message = badge.label.upper(), badge.message.upper()
    left = 24 + width_of(label, 10, spacing=1.25) if label else 0
    right = 24 + width_of(message, 10, bold=True, spacing=1.25)
    texts = _text(label, left / 2, 17.5, 10, _ink(badge, badge.label_colour), left - 24, shadow=False)
    texts += _text(message, left + right / 2, 17.5, 10, _ink(badge, badge.colour), right - 24, shadow=False, bold=True)
    return _image(badge, left + right, 28, _boxes(badge, left, right, 28) + texts)


def _boxes(badge: Badge, left: float, right: float, height: int) -> str:
    label = f'<rect width="{left:.1f}" height="{height}" fill="#{badge.label_colour}"/>' if left else ""
    return f'{label}<rect x="{left:.1f}" width="{right:.1f}" height="{height}" fill="#{badge.colour}"/>'


def _text(
    text: str, middle: float, y: float, size: float, ink: str, length: float, *, shadow: bool = True, bold: bool = False
) -> str:
    if not text:
        return ""
    dark = _brightness(ink) < 1 - BRIGHT
    where = f'x="{middle:.1f}" textLength="{length:.1f}" font-size="{size}"' + (' font-weight="bold"' if bold else "")
    where += ' direction="rtl"' if begins_right_to_left(text) else ""
    words = f'fill="#{ink}" y="{y}">{escape(text)}</text>'
    below = (
        f'<text aria-hidden="true" {where} fill="{"#ccc" if dark else "#010101"}" fill-opacity=".3" y="{y + 1}">'
        f"{escape(text)}</text>"
    )
    return (below if shadow else "") + f"<text {where} {words}"


def _ink(badge: Badge, behind: str) -> str:
    return badge.text_colour or ("333" if _brightness(behind) > BRIGHT else "fff")


def _image(badge: Badge, width: float, height: int, inside: str) -> str:
    name = escape(f"{isolated(badge.label)}: {badge.message}" if badge.label else badge.message)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.1f}" height="{height}" role="img" aria-label="{name}">'
        f'<title>{name}</title><g text-anchor="middle" font-family="{FONT}" text-rendering="geometricPrecision">'
        f"{inside}</g></svg>"
    )


def _brightness(colour: str) -> float:
    digits = colour if len(colour) == 6 else "".join(digit * 2 for digit in colour)
    red, green, blue = (int(digits[n : n + 2], 16) for n in (0, 2, 4))
    return (red * 299 + green * 587 + blue * 114) / 255_000
