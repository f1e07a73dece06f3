"""The badge of Abacus, as READMEs show it."""

from tests.api.compat.old_client import ask, ask_raw
from tests.api.compat.test_abacus import abacus  # noqa: F401  a fixture
from tests.server import BackEnd


def test_its_badge_has_the_colours_and_style_that_were_asked_for(abacus: BackEnd):  # noqa: F811
    for number in (1, 2):
        status, text, headers = ask_raw(abacus, "/hit/site/shielded/shield")
        assert (status, headers["content-type"], headers["cache-control"]) == (200, "image/svg+xml", "no-store")
        assert f'aria-label="counter: {number}"' in text
    wishes = "bgcolor=e05d44&textcolor=ffff00&text=visits&style=plastic&fontsize=12&font=arial"
    text = ask_raw(abacus, f"/get/site/shielded/shield?{wishes}")[1]
    assert 'aria-label="visits: 2"' in text
    assert 'fill="#e05d44"' in text
    assert text.count('fill="#ffff00"') == 2
    simple = ask_raw(abacus, "/get/site/shielded/shield?style=flat-square-simple&bgcolor=97ca00&textcolor=000")[1]
    assert ('aria-label="2"' in simple, "clipPath" in simple, 'fill="#000"' in simple) == (True, False, True)
    for path, status in (("nothing/shield", 404), ("shielded/shield?bgcolor=javascript", 400)):
        assert ask(abacus, f"/get/site/{path}")[0] == status
    assert ask(abacus, "/get/site/shielded")[1] == {"value": 2}, "reading it counts nothing"
    assert ask(abacus, "/hit/site/shield")[1] == {"value": 1}, "a key may have this name"
