"""Which characters of a text can be seen, and which names look the same.

Rules come from Python's Unicode database; only the table of letters that look alike is our own, and it is small: letters of
an alphabet that are drawn exactly like those of another.
"""

import re
import unicodedata

JOINERS = "\u200c\u200d\ufe0e\ufe0f"  # shape the letters and emoji around them, so words need them
_FLAG = re.compile("\U0001f3f4[\U000e0030-\U000e007a]{2,6}\U000e007f")  # of England, say: its letters are invisible
_BLANK = "\u2800"  # Braille's space
# Parts of the names of characters that nobody sees, although the database has them as letters or marks.
_UNSEEN = ("FILLER", "VARIATION SELECTOR", "GRAPHEME JOINER", "VOWEL INHERENT", "PATTERN BLANK")
_ALPHABETS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC")  # with letters that look alike
_LETTERS = str.maketrans(
    "АВЕКМНОРСТУХЅЈІӀЁаеорсухѕіјёїԁһԛԝӏΑΒΕΖΗΙΚΜΝΟΡΤΥΧαονρI1|0",
    "ABEKMHOPCTYXSJllËaeopcyxsijëïdhqwlABEZHlKMNOPTYXaovplllO",
)
_ALIKE: dict[int, int | None] = {**_LETTERS, **dict.fromkeys(map(ord, JOINERS))}
_EASILY_OVERLOOKED = " .,:;'`´·-_!()"  # at the ends of a name


def is_invisible(char: str) -> bool:
    """Whether the character takes no ink: a control, a format character, a filler, a blank that is no space."""
    return unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp") or any(
        part in unicodedata.name(char, "") for part in _UNSEEN
    )


def without_invisible(text: str) -> str:
    """The text without invisible characters but line breaks, joiners and flags; "" if there is nothing to see in it."""
    kept, end = [], 0
    for flag in _FLAG.finditer(text):
        kept += [_seen(text[end : flag.start()]), flag[0]]
        end = flag.end()
    seen = "".join([*kept, _seen(text[end:])])
    return "" if all(char in JOINERS or char.isspace() for char in seen) else seen


def _seen(text: str) -> str:
    return "".join(c for c in text.replace(_BLANK, " ") if c in JOINERS or c.isspace() or not is_invisible(c))


def mixes_alphabets(text: str) -> bool:
    """Whether a word has letters of two alphabets, some of which look alike."""
    bare = unicodedata.normalize("NFKC", text).translate(dict.fromkeys(map(ord, JOINERS)))
    words = re.findall(r"[^\W\d_]+", bare)
    return any(len({_alphabet(char) for char in word} - {""}) > 1 for word in words)


def _alphabet(char: str) -> str:
    first = unicodedata.name(char, "").partition(" ")[0]
    return first if first in _ALPHABETS else ""


def appearance(name: str) -> str:
    """The same for names that look the same. Case is kept: a small letter looks like another one than a capital."""
    return unicodedata.normalize("NFKC", name).translate(_ALIKE).strip(_EASILY_OVERLOOKED)
