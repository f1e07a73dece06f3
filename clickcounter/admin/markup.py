"""HTML as Python calls: every text is escaped unless it is markup already, so no page can forget to."""

from html import escape
from typing import Any

EMPTY = frozenset({"input", "link", "meta"})  # elements that have no end


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


Child = Any  # text, markup, a number, None, or a sequence of them


def el(element: str, /, *children: Child, **attributes: Any) -> Markup:
    """An element. `class_` and `data_x` stand for class and data-x; None and False leave an attribute out."""
    given = "".join(_attribute(key.rstrip("_").replace("_", "-"), value) for key, value in attributes.items())
    return Markup(f"<{element}{given}>" if element in EMPTY else f"<{element}{given}>{joined(*children)}</{element}>")


def joined(*children: Child) -> Markup:
    """Several in a row."""
    return Markup("".join(_one(child) for child in children))


def _one(child: Child) -> str:
    if child is None:
        return ""
    if isinstance(child, Markup):
        return child
    return joined(*child) if isinstance(child, list | tuple) else escape(str(child))


def _attribute(name: str, value: Any) -> str:
    if value is None or value is False:
        return ""
    return f" {name}" if value is True else f' {name}="{escape(str(value))}"'
