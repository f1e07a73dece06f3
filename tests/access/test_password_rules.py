"""Which new passwords are accepted."""

import time

import pytest

from clickcounter.access.entry.password_rules import read_new_password
from clickcounter.errors import Refused


def verdict(password: object, name: str = "Ann Smith", *, with_second_factor: bool = False) -> str:
    try:
        read_new_password(password, name, with_second_factor=with_second_factor)
    except Refused as refused:
        return refused.code
    return "accepted"


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "это очень длинный пароль",
        "xK9#f2@1$8!7&3^5",
        "aaaaaaa bbbbbbb ccccc",
        "🦊🐺🐱🐶🦁🐯🦒🦓🐴🐗🐭🐹🐰🐻🐼",
        "x" + "é\u0301z" * 42,
        "my manchester evenings",
        "Ann Smith counts the swans",
    ],
)
def test_long_passwords_of_any_characters_are_accepted(password: str):
    assert verdict(password) == "accepted"


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("correct horses", "password_length"),
        ("x" * 129, "password_length"),
        (7, "password_length"),
        ("\ud800 is no character at all", "password_length"),
        ("Password12345678", "password_common"),
        ("P a s s w o r d   1 2 3 4", "password_common"),
        ("passwordPASSWORD", "password_common"),
        ("***monkey*** 2026", "password_common"),
        ("manchesterunited", "password_common"),
        ("aaaaaaaaaaaaaaaa", "password_common"),
        ("abcabcabcabcabcab", "password_common"),
        ("12345678901234567", "password_common"),
        ("poiuytrewqpoiuytrewq", "password_common"),
        ("йцукенгшщзхъфыва", "password_common"),
        ("Ann Smith, Ann Smith", "password_named"),
        ("annsmith annsmith!", "password_named"),
        ("ANN SMITH 2026-11-29", "password_named"),
        ("Click Counter 2026", "password_named"),
        ("ＣｌｉｃｋＣｏｕｎｔｅｒ　２０２６", "password_named"),
    ],
)
def test_what_is_guessed_first_is_refused(password: object, code: str):
    assert verdict(password) == code


def test_beside_a_second_factor_eight_characters_do_but_no_common_ones():
    assert [verdict(password) for password in ("tram 17 b", "iloveyou")] == ["password_length"] * 2
    both = [verdict(password, with_second_factor=True) for password in ("tram 17 b", "iloveyou", "tram 17")]
    assert both == ["accepted", "password_common", "password_length"]


def test_a_short_name_may_be_part_of_a_good_password():
    assert verdict("a banana a day and a dance", "a") == "accepted"


def test_the_longest_passwords_are_checked_in_a_moment():
    verdict("x" * 15)  # reads the list
    begun = time.perf_counter()
    for password in ("ab" * 64, "z" * 127 + "1", "1234567890" * 12, "ann smith " * 12, " " * 127 + "x"):
        verdict(password)
    assert time.perf_counter() - begun < 0.5
