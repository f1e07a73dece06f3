"""The part of the display that runs in the browser."""

from typing import Any

import reflex as rx

from clickcounter.components.live import library

for _file in ("asks.js", "key.js", "way.js"):
    library(_file)  # display.jsx imports them


def _shared(ask: rx.Var[str], counter: rx.Var[str], origin: rx.Var[str]) -> tuple[rx.Var[str], ...]:
    return ask, counter, origin


class Display(rx.Component):
    """Title, QR code and connection round the number, which stands inside it."""

    library = library("display.jsx")
    tag = "Display"

    about: rx.Var[dict[str, Any]]
    reply: rx.Var[dict[str, Any]]
    texts: rx.Var[dict[str, Any]]
    on_share: rx.EventHandler[_shared]
