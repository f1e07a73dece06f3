"""Where `/admin/` sends those whom it does not let in yet: a form for the second factor's code, or the account page."""

from clickcounter.admin.layout import field, form, t
from clickcounter.web.markup import Markup, el


def code_form() -> Markup:
    """Asks for a code; then the person starts at the first page."""
    typed = field("code", "code", maxlength=40, inputmode="text", autocomplete="one-time-code", autofocus=True)
    return form("second_factor", "/admin/second-factor", typed, folded=False, submit="continue")


def sign_in_link(account_page: str) -> Markup:
    """To the account page, where people sign in and set up a second factor."""
    return el("a", t("to_sign_in"), href=account_page, class_="btn prime", data_testid="sign-in")
