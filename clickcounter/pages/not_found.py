"""A page that does not exist."""

import reflex as rx

from clickcounter.components.shared.text import text


def not_found_page() -> rx.Component:
    """Says so, and where the counter is."""
    return rx.el.main(
        rx.el.h1(text("not_found")),
        rx.el.a(text("home"), href="/", class_name="btn edge"),
        class_name="page lost",
    )
