"""One's own account."""

import reflex as rx

from clickcounter.components.account.wrappers import Account, BackLink
from clickcounter.components.shared.switches import LanguageSwitch, theme_switch
from clickcounter.components.shared.text import text
from clickcounter.i18n import all_of, texts
from clickcounter.i18n.account import ACCOUNT
from clickcounter.i18n.entry.page import ENTRY_PAGE
from clickcounter.i18n.sign_in.oidc import OIDC, OIDC_ERRORS

CODES = ("not_now", "registration", "registration_invited", "cross_site", "account_blocked", "signed_out")


def account_page() -> rx.Component:
    """The page of `/account`."""
    words = all_of(ACCOUNT | ENTRY_PAGE | OIDC | OIDC_ERRORS) | texts(*CODES)
    return rx.el.div(
        rx.el.header(
            rx.el.nav(BackLink.create(texts=words)),
            rx.el.span(),
            rx.el.div(LanguageSwitch.create(), theme_switch(text("theme")), class_name="row-x"),
            class_name="bar",
        ),
        rx.el.main(Account.create(texts=words), class_name="wrap account"),
        rx.el.noscript(text("noscript"), class_name="noscript"),
        class_name="page",
    )
