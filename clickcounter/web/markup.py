"""HTML as Python calls. Every text is escaped unless it is markup already, so no page can forget to."""

from collections.abc import Sequence
from typing import TypeAlias

from markupsafe import Markup, escape

from clickcounter.web.base_path import here

__all__ = ["Child", "Markup", "el", "joined"]

ADDRESSES = frozenset({"action", "href", "src"})
EMPTY = frozenset({"input", "link", "meta"})  # elements without an end tag

Child: TypeAlias = "str | int | Sequence[Child] | None"  # Markup is a str

Attribute: TypeAlias = str | int | bool | None


def el(element: str, /, *children: Child, **attributes: Attribute) -> Markup:
    """An element. `class_` and `data_x` stand for class and data-x; None and False leave an attribute out.

    The address of something here is such as `/admin/`, also where this instance is below a path.
    """
    given = joined(*(_attribute(key.rstrip("_").replace("_", "-"), value) for key, value in attributes.items()))
    if element in EMPTY:
        return Markup("<{}{}>").format(element, given)
    return Markup("<{0}{1}>{2}</{0}>").format(element, given, joined(*children))


def joined(*children: Child) -> Markup:
    """Several in a row."""
    return Markup("").join(_one(child) for child in children)


def _one(child: Child) -> Markup:
    if child is None:
        return Markup("")
    return joined(*child) if isinstance(child, list | tuple) else escape(child)


def _attribute(name: str, value: Attribute) -> Markup | None:
    if value is None or value is False:
        return None
    if name in ADDRESSES and str(value).startswith("/"):
        value = here(str(value))
    return Markup(" {}").format(name) if value is True else Markup(' {}="{}"').format(name, str(value))
