"""The journey of a phone at a door in WebKit: open, press, lose the line, reload, press on; all saved exactly once."""

import contextlib

from tests.conftest import rows, value_of
from tests.server import BackEnd, wait_for
from tests.webkit import WebKit

SHOWS = "document.querySelector('[data-testid=count]').dataset.value === '{}'"
IS = "document.querySelector('[data-testid=status]').dataset.state === '{}'"
UNSAVED = "document.querySelector('[data-testid=unsaved]').dataset.value === '{}'"


def test_offline_presses_in_webkit_are_saved_exactly_once(back_end: BackEnd, origin: str):
    with contextlib.closing(WebKit()) as page:
        page.goto(origin + "/c/counter")
        page.until(IS.format("connected"))
        for _ in range(3):
            page.click("click")
        page.until(UNSAVED.format(0))
        back_end.kill()
        page.until(IS.format("reconnecting"))
        page.click("click")
        page.click("click")
        page.until(SHOWS.format(5))
        page.reload()
        page.until(UNSAVED.format(2))
        page.until(SHOWS.format(3))  # the number of the last visit, with the unsaved clicks beside it
        page.click("click")
        page.until(SHOWS.format(4))
        back_end.start()
        page.until(UNSAVED.format(0))
        page.until(SHOWS.format(6))
    wait_for(lambda: value_of(back_end) == 6, "all are saved")
    assert rows(back_end.database, "SELECT count(*) FROM click") == [(6,)]
