"""The parts of a counter page that run in the browser, as Reflex components.

Each is written in the .jsx file beside this one. They render on the server too, so that the first paint is the page.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import reflex as rx


def library(file: str) -> str:
    """Publish a file. Only from here: Reflex gives each Python module another folder, and the files import each other.

    In a thread of its own, whose stack is short: to find its caller, rx.asset reads the sources of all that import each
    other above it, 40 ms a file.
    """
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: rx.asset(file, shared=True).importable_path).result()


for _file in (  # the others import them
    *(
        "account_news.js",
        "asks.js",
        "flight.js",
        "invitation.js",
        "key.js",
        "line.js",
        "mine.js",
        "outbox.js",
        "store.js",
        "tab.js",
        "way.js",
    ),
    *(
        "sheet.jsx",
        "words.jsx",
        "label_question.jsx",
        "dialog.jsx",
        "dialogs.jsx",
        "about_dialogs.jsx",
        "access_dialogs.jsx",
        "people_dialogs.jsx",
    ),
):
    library(_file)


# What the browser passes to the events, as it comes.
_Passed = rx.Var[Any]


def _two(a: _Passed, b: _Passed) -> tuple[_Passed, ...]:
    return a, b


def _three(a: _Passed, b: _Passed, c: _Passed) -> tuple[_Passed, ...]:
    return a, b, c


def _four(a: _Passed, b: _Passed, c: _Passed, d: _Passed) -> tuple[_Passed, ...]:
    return a, b, c, d


def _five(a: _Passed, b: _Passed, c: _Passed, d: _Passed, e: _Passed) -> tuple[_Passed, ...]:
    return a, b, c, d, e


def _seven(a: _Passed, b: _Passed, c: _Passed, d: _Passed, e: _Passed, f: _Passed, g: _Passed) -> tuple[_Passed, ...]:
    return a, b, c, d, e, f, g


class CounterTab(rx.Component):
    """Wires the tab's outbox to its state. The other parts stand inside it, and say what they say with its texts."""

    library = library("counter_tab.jsx")
    tag = "CounterTab"

    frame: rx.Var[dict[str, Any]]
    about: rx.Var[dict[str, Any]]
    answer: rx.Var[dict[str, Any]]
    mine: rx.Var[dict[str, Any]]
    own: rx.Var[dict[str, Any]]
    down: rx.Var[bool]
    texts: rx.Var[dict[str, Any]]
    on_record: rx.EventHandler[_four]
    on_introduce: rx.EventHandler[_two]
    on_nudge: rx.EventHandler[rx.event.no_args_event_spec]


class ClickButton(rx.Component):
    """The button, with the arc round it."""

    library = library("click_button.jsx")
    tag = "ClickButton"


class Wings(rx.Component):
    """Undo and minus."""

    library = library("wings.jsx")
    tag = "Wings"


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


class Title(Status):
    """What the counter counts."""

    tag = "Title"


class Lookers(Status):
    """How many look on."""

    tag = "Lookers"


class LastBy(rx.Component):
    """Who pressed last, where the counter tells it."""

    library = library("status.jsx")
    tag = "LastBy"


class Note(rx.Component):
    """What is not saved yet, or what went wrong; how far it is to the goal."""

    library = library("note.jsx")
    tag = "Note"


class Upkeep(rx.Component):
    """The menu, and the dialogs that it opens. What stands inside is at the menu's end on small screens."""

    library = library("upkeep.jsx")
    tag = "Upkeep"

    reply: rx.Var[dict[str, Any]]
    on_change: rx.EventHandler[_four]
    on_archive: rx.EventHandler[_three]
    on_restore: rx.EventHandler[_three]
    on_delete: rx.EventHandler[_four]
    on_reset: rx.EventHandler[_four]
    on_correct: rx.EventHandler[_seven]
    on_name_device: rx.EventHandler[_three]
    on_devices: rx.EventHandler[_two]
    on_share: rx.EventHandler[_three]
    access: rx.Var[dict[str, Any]]
    on_members: rx.EventHandler[_three]
    on_set_role: rx.EventHandler[_five]
    on_invite: rx.EventHandler[_three]
    on_revoke: rx.EventHandler[_three]
    on_accept: rx.EventHandler[_four]
    on_claim: rx.EventHandler[_three]


class MenuButton(rx.Component):
    """Opens the menu."""

    library = library("upkeep.jsx")
    tag = "MenuButton"


class ShareButton(MenuButton):
    """Opens the dialog with the link, where there is room for a button of its own."""

    tag = "ShareButton"


class LanguageSwitch(rx.Component):
    """Russian or English."""

    library = library("language_switch.jsx")
    tag = "LanguageSwitch"
    place: rx.Var[str]
