"""Light or dark. Reflex keeps the choice; the head script applies it before the first paint."""

import reflex as rx

MOON = "M19 14.5A7.5 7.5 0 0 1 9.5 5 7.5 7.5 0 1 0 19 14.5Z"

SUN = (
    "M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8ZM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2"
    "M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4"
)


def theme_switch(label: rx.Component, place: str = "") -> rx.Component:
    """A button that switches between them; `place` tells it from another one on the same page."""
    return rx.el.button(
        _icon(MOON, "to-dark"),
        _icon(SUN, "to-light"),
        rx.el.span(label, class_name="sr"),
        type="button",
        class_name="btn icon",
        on_click=rx.toggle_color_mode,
        custom_attrs={"data-testid": f"theme-{place}" if place else "theme"},
    )


def _icon(path: str, name: str) -> rx.Component:
    """CSS shows the one that says where the switch leads."""
    return rx.el.svg(rx.el.path(d=path), class_name=f"ico {name}", view_box="0 0 24 24", aria_hidden="true")
