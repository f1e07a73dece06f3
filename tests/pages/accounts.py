"""Registering and signing in, as a person does it in a browser."""

from tests.browser import TabPage

PASSWORD = "correct horse battery"


def fill(tab: TabPage, form: str, **fields: str) -> None:
    """Fill in a form of the account page and submit it."""
    for name, typed in fields.items():
        tab.element(form).locator(f"[name={name}]").fill(typed)
    tab.element(form).locator("button[type=submit]").click()


def shows_error(tab: TabPage, form: str, code: str) -> None:
    """Wait until the form shows this error."""
    tab.element(form).locator(f"[data-code={code}]").wait_for()


def register(tab: TabPage, name: str) -> None:
    """Register on the account page; it leads back to the counter."""
    tab.element("fresh").click()
    fill(tab, "register", name=name, password=PASSWORD)
    tab.element("click").wait_for()


def sign_in(tab: TabPage, name: str) -> None:
    """Sign in from a counter's menu."""
    tab.element("menu").click()
    tab.element("menu-account").click()
    fill(tab, "sign-in", name=name, password=PASSWORD)
    tab.is_state("connected")
