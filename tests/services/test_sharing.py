"""Links that a phone can read."""

import re

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from clickcounter.errors import Malformed
from clickcounter.services.sharing import link_to, qr_path


@given(st.text(min_size=1, max_size=150))
def test_the_path_draws_exactly_the_dark_modules(text: str):
    path, size = qr_path(text)
    drawn = {
        (int(x) + i, int(y)) for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", path) for i in range(int(width))
    }
    assert re.fullmatch(r"(M\d+ \d+h\d+v1h-\d+z)+", path)
    matrix = segno.make_qr(text, error="m").matrix
    assert size == len(matrix)
    assert drawn == {(x, y) for y, row in enumerate(matrix) for x, module in enumerate(row) if module}


@pytest.mark.parametrize(
    "origin",
    [
        "https://click.example",
        "http://localhost:3000",
        "http://192.168.0.7:8080",
        "http://[::1]:3000",
        "https://xn--e1aybc.xn--p1ai",
        "https://a.example/counter",
    ],
)
def test_a_browsers_origin_becomes_a_link(origin: str):
    assert link_to(origin, "tea") == f"{origin}/c/tea"


@pytest.mark.parametrize(
    "origin",
    [None, 7, ["https://a.example"], "", "a.example", "ftp://a.example", "javascript:alert(1)", "https://", "https://a.example/",
     "https://a.example//x", "https://user@a.example", "https://a.example:99999999", "https://a b", "https://a.example\n",
     "https://ä.example", "https://" + "a" * 300, "https://a.example?x", "https://-a"],
)  # fmt: skip
def test_anything_else_is_refused_as_an_origin(origin: object):
    with pytest.raises(Malformed):
        link_to(origin, "tea")
