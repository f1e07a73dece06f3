"""The parts of the list of counters that run in the browser. Each is written in the .jsx file beside this one."""

from typing import Any

import reflex as rx

from clickcounter.components.live import library

for _file in ("asks.js", "key.js", "moments.js", "sheet.jsx", "row_sheets.jsx", "way.js"):
    library(_file)  # the .jsx files below import them


def _looked(
    search: rx.Var[str], archived: rx.Var[bool], before: rx.Var[Any], device: rx.Var[Any]
) -> tuple[rx.Var[Any], ...]:
    return search, archived, before, device


def _made(ask: rx.Var[str], device: rx.Var[str], fields: rx.Var[dict[str, Any]]) -> tuple[rx.Var[Any], ...]:
    return ask, device, fields


def _changed(
    ask: rx.Var[str], device: rx.Var[str], counter: rx.Var[str], fields: rx.Var[dict[str, Any]]
) -> tuple[rx.Var[Any], ...]:
    return ask, device, counter, fields


def _archived(ask: rx.Var[str], device: rx.Var[str], counter: rx.Var[str]) -> tuple[rx.Var[Any], ...]:
    return ask, device, counter


def _deleted(ask: rx.Var[str], device: rx.Var[str], counter: rx.Var[str], name: rx.Var[str]) -> tuple[rx.Var[Any], ...]:
    return ask, device, counter, name


class ListTab(rx.Component):
    """Wires the list to its state. The other parts stand inside it."""

    library = library("list_tab.jsx")
    tag = "ListTab"

    board: rx.Var[dict[str, Any]]
    pulse: rx.Var[int]
    reply: rx.Var[dict[str, Any]]
    down: rx.Var[bool]
    on_look: rx.EventHandler[_looked]
    on_nudge: rx.EventHandler[rx.event.no_args_event_spec]
    on_make: rx.EventHandler[_made]
    on_change: rx.EventHandler[_changed]
    on_archive: rx.EventHandler[_archived]
    on_restore: rx.EventHandler[_archived]
    on_delete: rx.EventHandler[_deleted]


class _Part(rx.Component):
    texts: rx.Var[dict[str, Any]]


class ListStatus(_Part):
    """The connection in words."""

    library = library("list_head.jsx")
    tag = "ListStatus"


class Total(ListStatus):
    """How many there are, or were found."""

    tag = "Total"


class Search(ListStatus):
    """The field that finds, and names a new counter."""

    tag = "Search"


class ArchiveSwitch(ListStatus):
    """In use, or archived."""

    tag = "ArchiveSwitch"


class Paging(ListStatus):
    """Older and newer counters."""

    tag = "Paging"


class NewCounter(_Part):
    """A button and the form it opens."""

    library = library("new_counter.jsx")
    tag = "NewCounter"


class ImportFile(_Part):
    """A button and the dialog that brings a file in."""

    library = library("import_file.jsx")
    tag = "ImportFile"


class Rows(_Part):
    """The counters."""

    library = library("rows.jsx")
    tag = "Rows"
