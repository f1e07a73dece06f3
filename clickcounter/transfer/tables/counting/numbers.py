"""Reads amounts."""

import re

from clickcounter.domain.numbers import MAX_VALUE

MOST_REMEMBERED = 100_000
LONGEST = 60  # characters
_SPACES = re.compile(r"[\s\u00a0\u2009\u202f'’]")
_FORMS = {  # of a number by its decimal sign
    ".": re.compile(r"([+-]?(?:\d+|\d{1,3}(?:,\d{3})+))(?:\.(\d*))?"),
    ",": re.compile(r"([+-]?(?:\d+|\d{1,3}(?:\.\d{3})+))(?:,(\d*))?"),
}
_DURATION = re.compile(r"-?\d+:\d\d(:\d\d)?")


class Fraction(ValueError):
    """Not a whole number."""


class Duration(ValueError):
    """A length of time."""


class TooLarge(ValueError):
    """No number here may be so large."""


class WholeNumbers(dict[str, int]):
    """Texts -> whole numbers. Those that were asked for are remembered. Raises ValueError or one of the above."""

    def __init__(self, decimal: str) -> None:
        super().__init__()
        self._decimal = decimal

    def __missing__(self, text: str) -> int:
        if len(self) >= MOST_REMEMBERED:
            self.clear()
        try:
            number = int(text)  # most of them
        except ValueError:
            number = whole_number(text, self._decimal)
        self[text] = number
        return number


def whole_number(text: str, decimal: str) -> int:
    """The number that a text says. Raises ValueError or one of the above."""
    plain = _plain(text)
    if found := _FORMS[decimal].fullmatch(plain):
        whole, fraction = found[1].replace("," if decimal == "." else ".", ""), found[2]
        if (fraction or "").strip("0"):
            raise Fraction(text)
        if len(whole) > 20 or abs(int(whole)) > 2 * MAX_VALUE:  # digits
            raise TooLarge(text)
        return int(whole)
    if _DURATION.fullmatch(plain):
        raise Duration(text)
    raise ValueError(text)


def decimal_signs(text: str) -> frozenset[str]:
    """The decimal signs with which a text is a whole number; if it is none, those with which it is a number."""
    plain = _plain(text)
    found = {sign: match[2] or "" for sign, form in _FORMS.items() if (match := form.fullmatch(plain))}
    return frozenset(sign for sign, fraction in found.items() if not fraction.strip("0")) or frozenset(found)


def _plain(text: str) -> str:
    if len(text) > LONGEST:
        return ""
    return _SPACES.sub("", text).replace("\u2212", "-")
