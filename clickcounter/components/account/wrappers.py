"""The part of the account page that runs in the browser."""

from typing import Any

import reflex as rx

from clickcounter.components.live import library

library("account.js")  # account.jsx imports it


class Account(rx.Component):
    """Who is signed in here, and the forms to change that."""

    library = library("account.jsx")
    tag = "Account"

    texts: rx.Var[dict[str, Any]]


class BackToCounter(Account):
    """A link to where somebody came from."""

    tag = "BackToCounter"
