"""Light or dark. Reflex keeps the choice; the head script applies it before the first paint."""

import reflex as rx

MOON = "M19 14.5A7.5 7.5 0 0 1 9.5 5 7.5 7.5 0 1 0 19 14.5Z"


def theme_switch(label: rx.Component, place: str = "") -> rx.Component:
    """A button that switches between them; `place` tells it from another one on the same page."""
    return rx.el.button(
        rx.el.svg(rx.el.path(d=MOON), class_name="ico", view_box="0 0 24 24", aria_hidden="true"),
        rx.el.span(label, class_name="sr"),
        type="button",
        class_name="btn icon",
        on_click=rx.toggle_color_mode,
        custom_attrs={"data-testid": f"theme-{place}" if place else "theme"},
    )
