"""The parts of a counter page that run in the browser, as Reflex components.

Each is written in the .jsx file beside this one. They render on the server too, so that the first paint is the page.
"""

from typing import Any

import reflex as rx

for _file in ("flight.js", "key.js", "line.js", "mine.js", "outbox.js", "store.js"):
    rx.asset(_file, shared=True)  # the .jsx files import them


def library(file: str) -> str:
    """Publish a file. Only from here: Reflex gives each Python module another folder, and the files import each other."""
    return rx.asset(file, shared=True).importable_path


def _recorded(
    counter: rx.Var[str], device: rx.Var[str], sent_at: rx.Var[int], clicks: rx.Var[list[Any]]
) -> tuple[rx.Var[Any], ...]:
    return counter, device, sent_at, clicks


class CounterTab(rx.Component):
    """Wires the tab's outbox to its state. The other parts stand inside it."""

    library = library("counter_tab.jsx")
    tag = "CounterTab"

    frame: rx.Var[dict[str, Any]]
    answer: rx.Var[dict[str, Any]]
    name: rx.Var[str]
    down: rx.Var[bool]
    on_record: rx.EventHandler[_recorded]
    on_nudge: rx.EventHandler[rx.event.no_args_event_spec]


class ClickButton(rx.Component):
    """The button."""

    library = library("click_button.jsx")
    tag = "ClickButton"
    texts: rx.Var[dict[str, Any]]


class Count(rx.Component):
    """The number."""

    library = library("count.jsx")
    tag = "Count"
    texts: rx.Var[dict[str, Any]]


class Status(rx.Component):
    """The connection in words."""

    library = library("status.jsx")
    tag = "Status"
    texts: rx.Var[dict[str, Any]]


class Lookers(Status):
    """How many look on."""

    tag = "Lookers"


class Note(Status):
    """What is not saved yet, or what went wrong."""

    tag = "Note"


class LanguageSwitch(rx.Component):
    """Russian or English."""

    library = library("language_switch.jsx")
    tag = "LanguageSwitch"
