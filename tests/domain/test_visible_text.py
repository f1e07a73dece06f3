"""What counts as invisible, and which names look the same."""

import pytest

from clickcounter.domain.visible_text import appearance, without_invisible
from clickcounter.services.forms import read_fields, read_label

SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("North\u200b door", "North door"),
        ("\u3164", ""),
        ("\u200d\ufe0f", ""),
        ("a\u2800b", "a b"),
        ("\u202eevil", "evil"),
        ("a\U000e0041", "a"),
        ("❤\ufe0f 👩\u200d🔬", "❤\ufe0f 👩\u200d🔬"),
        (f"{SCOTLAND} fans", f"{SCOTLAND} fans"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("Café Łódź 10 €", "Café Łódź 10 €"),
    ],
)
def test_labels_and_names_lose_only_what_nobody_sees(typed: str, kept: str):
    assert without_invisible(typed) == kept
    assert read_label(typed) == kept
    assert read_fields({"name": typed, "description": typed}) == {"name": kept, "description": kept}


def test_a_description_keeps_its_lines():
    assert read_fields({"description": "one\u200b\n\ntwo "}) == {"description": "one\n\ntwo"}


@pytest.mark.parametrize(("one", "two"), [("Ilya", "llya"), ("ilya", "Ilya"), ("Ann", "Ann."), ("Anna", "Нина")])
def test_names_look_the_same_or_do_not(one: str, two: str):
    assert (appearance(one) == appearance(two)) == ((one, two) in [("Ilya", "llya"), ("Ann", "Ann.")])
