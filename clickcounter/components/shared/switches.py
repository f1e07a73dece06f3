"""The switches that stand on every page: language and theme. `place` tells two of one kind on a page apart."""

import reflex as rx

from clickcounter.components.icons import ICONS
from clickcounter.components.react import react_component

# Opens the choice of a language and its formats.
LanguageSwitch = react_component("language/language_switch.jsx", "LanguageSwitch", props=["place"])


def theme_switch(label: rx.Component, place: str = "") -> rx.Component:
    """Light or dark. Reflex keeps the choice; the head script applies it before the first paint."""
    return rx.el.button(
        _icon("moon", "to-dark"),
        _icon("sun", "to-light"),
        rx.el.span(label, class_name="sr"),
        type="button",
        class_name="btn icon",
        on_click=rx.toggle_color_mode,
        custom_attrs={"data-testid": f"theme-{place}" if place else "theme"},
    )


def _icon(name: str, class_name: str) -> rx.Component:
    """CSS shows the one for the theme that the button leads to."""
    return rx.el.svg(rx.el.path(d=ICONS[name]), class_name=f"ico {class_name}", view_box="0 0 24 24", aria_hidden="true")
