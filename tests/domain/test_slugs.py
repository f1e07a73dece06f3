"""Slugs made from names."""

import re
from itertools import islice

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clickcounter.domain.slugs import RESERVED, candidates, slug_of

SHAPE = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")


@given(st.text(max_size=500))
@example("")
@example("\ud800 lone")
@example("\0")
@example("ﷺ" * 500)
@example("- -- -")
def test_any_name_gives_valid_distinct_slugs(name: str):
    slugs = list(islice(candidates(name), 20))
    assert len(set(slugs)) == 20
    for slug in slugs:
        assert len(slug) <= 64
        assert SHAPE.fullmatch(slug)
        assert slug not in RESERVED


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Кружки кофе, третий этаж", "kruzhki-kofe-tretiy-etazh"),
        ("Straße ÜBER", "strasse-uber"),
        ("北京", "beijing"),
        ("🎉", "tada"),
        ("<b>Hi</b> & bye", "b-hi-b-bye"),
        ("!!!", "count"),
        ("a " * 60, "a-" * 31 + "a"),
        ("x" * 500, "x" * 64),
    ],
)
def test_a_slug_is_a_readable_form_of_its_name(name: str, slug: str):
    assert slug_of(name) == slug


def test_taken_slugs_get_numbers_then_random_suffixes():
    slugs = list(islice(candidates("Tea"), 12))
    assert slugs[:9] == ["tea", *(f"tea-{n}" for n in range(2, 10))]
    assert all(re.fullmatch(r"tea-[0-9a-f]{8}", slug) for slug in slugs[9:])


def test_a_long_name_is_cut_at_a_word_before_its_number():
    slugs = list(islice(candidates("wonderful " * 10), 2))
    assert slugs == ["wonderful-" * 5 + "wonderful", "wonderful-" * 5 + "wonderful-2"]


def test_reserved_words_get_a_number():
    assert next(candidates("Counter")) == "counter-2"
    assert next(candidates("Новый")) == "novyy"
    assert next(candidates("NEW!")) == "new-2"
