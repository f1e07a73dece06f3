"""A text on a page, in both languages. CSS shows the one that html[lang] names, so the first paint is right."""

import reflex as rx

from clickcounter.i18n import text_of


def text(name: str) -> rx.Component:
    """A text by its name."""
    both = text_of(name)
    return rx.fragment(rx.el.span(both.ru, lang="ru"), rx.el.span(both.en, lang="en"))
