"""The part of the history that runs in the browser."""

from typing import Any

import reflex as rx

from clickcounter.components.live import library

for _file in (
    "moments.js",
    "history_chart.jsx",
    "history_plot.jsx",
    "history_parts.jsx",
    "history_spans.jsx",
    "journal.jsx",
):  # history.jsx imports them
    library(_file)


def _looked(
    counter: rx.Var[str],
    span: rx.Var[str],
    zone: rx.Var[str],
    round_number: rx.Var[Any],
    device: rx.Var[Any],
    since: rx.Var[Any],
    until: rx.Var[Any],
    by_device: rx.Var[bool],
    account: rx.Var[Any],
) -> tuple[rx.Var[Any], ...]:
    return counter, span, zone, round_number, device, since, until, by_device, account


def _paged(
    counter: rx.Var[str],
    round_number: rx.Var[Any],
    device: rx.Var[Any],
    since: rx.Var[Any],
    until: rx.Var[Any],
    after: rx.Var[Any],
    account: rx.Var[Any],
) -> tuple[rx.Var[Any], ...]:
    return counter, round_number, device, since, until, after, account


class History(rx.Component):
    """Chart, leaders, rounds and rows. It stands inside a CounterTab, whose frames it follows."""

    library = library("history.jsx")
    tag = "History"
    lib_dependencies: list[str] = ["uplot@1.6.32"]

    view: rx.Var[dict[str, Any]]
    older: rx.Var[dict[str, Any]]
    on_look: rx.EventHandler[_looked]
    on_page: rx.EventHandler[_paged]


class BackToCounter(rx.Component):
    """A link."""

    library = library("history.jsx")
    tag = "BackToCounter"
