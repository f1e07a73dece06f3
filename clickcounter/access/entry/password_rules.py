"""Which new passwords are accepted, by NIST SP 800-63B-4 (3.1.1.2).

15 characters where the password alone lets somebody in, 8 beside a second factor; any characters, of which nobody is asked
for some of each kind. Refused are those that are guessed first: common passwords, one of them or the name of the app or of
the person with nothing but digits and signs around it, repetitions, and rows of keys. What an account has already is never
checked against these rules: it keeps working.
"""

import functools
import gzip
import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from clickcounter.access.credentials import fold, read_password
from clickcounter.errors import Refused

ALONE, BESIDE_FACTOR = 15, 8  # the fewest characters
LIST = Path(__file__).with_name("common_passwords.txt.gz")  # 36,826 of them; the file beside it says whence
OWN_WORDS = ("clickcounter",)
LEFT_OF_NAMES = 8  # characters that a password needs besides the names in it
SHORTEST_NAME = 3  # a shorter one may well be in a good password by chance
LONGEST_UNIT = 12  # of a repetition
ROWS = (
    "1234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertyuiopasdfghjklzxcvbnm",
    "abcdefghijklmnopqrstuvwxyz",
    "йцукенгшщзхъфывапролджэячсмитьбю",
    "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    "абвгдежзийклмнопрстуфхцчшщъыьэюя",
)


def read_new_password(value: object, name: str, *, with_second_factor: bool = False) -> str:
    """A new password of the account with this name, in the form that is hashed. Raises Refused."""
    password = read_password(value)
    if len(password) < (BESIDE_FACTOR if with_second_factor else ALONE):
        raise Refused("password_length")
    folded = unicodedata.normalize("NFKC", password.casefold())
    if _is_named(folded, name):
        raise Refused("password_named")
    if any(_is_guessed_first(part) for part in _parts(folded)):
        raise Refused("password_common")
    return password


def _is_named(folded: str, name: str) -> bool:
    """Whether little is left without the names that anybody could guess."""
    left = fold(folded)
    for word in (*OWN_WORDS, fold(name)):
        if len(word) >= SHORTEST_NAME:
            left = left.replace(word, "")
    return left != fold(folded) and (len(left) < LEFT_OF_NAMES or not any(char.isalpha() for char in left))


def _parts(folded: str) -> Iterator[str]:
    """The password, without spaces, and without what is not a letter at its ends; each also as what it repeats."""
    whole = "".join(folded.split())
    for part in {folded, whole, re.sub(r"^[\W\d_]+|[\W\d_]+$", "", whole)} - {""}:
        yield part
        if unit := _repeated(part):
            yield unit


def _repeated(text: str) -> str:
    """What the text consists of at least twice, the last time perhaps in part; "" if nothing."""
    for size in range(1, min(LONGEST_UNIT, len(text) // 2) + 1):
        if text == (text[:size] * (len(text) // size + 1))[: len(text)]:
            return text[:size]
    return ""


def _is_guessed_first(part: str) -> bool:
    return _is_listed(part) or len(_repeated(part) or "x" * 9) <= 4 or any(_is_row(part, row) for row in _rows())


def _is_row(part: str, row: str) -> bool:
    return len(part) >= 6 and part in row * (len(part) // len(row) + 2)


def _rows() -> Iterable[str]:
    return (*ROWS, *(row[::-1] for row in ROWS))


def _is_listed(part: str) -> bool:
    return f"\n{part}\n".encode() in _listed()


@functools.cache
def _listed() -> bytes:
    """One a line, in lower case. Kept as bytes: a set of them would take ten times the memory."""
    return gzip.decompress(LIST.read_bytes())
