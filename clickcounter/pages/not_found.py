"""A page that does not exist. It needs no script: it holds its texts in all languages."""

import reflex as rx

from clickcounter.i18n import text_of


def not_found_page() -> rx.Component:
    """Says so, and where the counter is."""
    return rx.el.main(
        rx.el.link(rel="stylesheet", href="/app/languages.css", custom_attrs={"precedence": "page"}),
        rx.el.h1(_in_all_languages("not_found")),
        rx.el.a(_in_all_languages("home"), href="/", class_name="btn edge"),
        class_name="page lost",
    )


def _in_all_languages(name: str) -> rx.Component:
    return rx.fragment(*(rx.el.span(text, lang=language) for language, text in text_of(name).as_dict().items()))
