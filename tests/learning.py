"""Learning keys in a browser, as a person does it."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser import TabPage, until

IDLE = "new Promise((idle) => requestIdleCallback(() => setTimeout(idle, 0, true)))"
LOADED = "performance.getEntriesByType('resource').some(({ name }) => /\\/assets\\/listener-/.test(name))"


def listens(one: TabPage) -> None:
    """Wait until learnt keys press on a page that was just opened: they begin when it is idle."""
    one.is_state("connected")
    until(one.page, LOADED)
    one.page.evaluate(IDLE)


def says(one: TabPage, test_id: str, text: str) -> None:
    """Wait until an element says this, in the language that shows."""
    expect(one.element(test_id)).to_contain_text(text, use_inner_text=True)


def learns(one: TabPage, press: Callable[[], object], action: str = "plus", where: int = 0) -> None:
    """Learn what `press` presses, in the open dialog."""
    one.element("learn").click()
    expect(one.element("learning")).to_be_focused()
    press()
    one.element(f"action-{action}").check()
    one.element(f"where-{where}").check()
    one.element("submit").click()
    one.element("dialog-buttons").wait_for()


def has_learnt(one: TabPage, *keys: str) -> None:
    """Open the dialog, learn that these keys add, and close it."""
    one.open_dialog("buttons")
    for key in keys:
        learns(one, lambda key=key: one.page.keyboard.press(key))
    one.close_dialog("buttons")
