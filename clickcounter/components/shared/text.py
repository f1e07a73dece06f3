"""A text on a page."""

import reflex as rx

from clickcounter.components.react import react_component
from clickcounter.i18n import text_of

# Draws a text in the page's language; the first paint has English and Russian, of which CSS shows one.
Bilingual = react_component("shared/i18n.jsx", "Bilingual", props=["text"])


def text(name: str) -> rx.Component:
    """A text by its name."""
    return Bilingual.create(text=text_of(name).as_source())
