"""Names written from right to left, where no element can set them apart: in a title, on the edge of a page, in a picture."""

import unicodedata

_RIGHT_TO_LEFT = ("R", "AL")
_STRONG = ("L", *_RIGHT_TO_LEFT)


def begins_right_to_left(text: str) -> bool:
    """Whether the first letter that has a direction is one of Hebrew, Arabic and the like."""
    found = (direction for char in text if (direction := unicodedata.bidirectional(char)) in _STRONG)
    return next(found, "L") in _RIGHT_TO_LEFT


def isolated(name: str) -> str:
    """The name, with marks around it if its letters from right to left would change places with what stands beside it."""
    turned = any(unicodedata.bidirectional(char) in _RIGHT_TO_LEFT for char in name)
    return f"\u2068{name}\u2069" if turned else name
