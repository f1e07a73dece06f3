"""Several counters on one screen: each with its number live, to be pressed side by side."""

import reflex as rx

from clickcounter.components.board.wrappers import Board, BoardProvider, ConnectionStatus
from clickcounter.components.icons import ICONS
from clickcounter.components.shared.switches import LanguageSwitch, theme_switch
from clickcounter.components.shared.text import text
from clickcounter.i18n import all_of, texts
from clickcounter.i18n.counter_page import COUNTER_PAGE
from clickcounter.i18n.without_looking.board import BOARD
from clickcounter.socket.reflex_internals import all_variables, connection_lost
from clickcounter.states.counter import CounterState
from clickcounter.states.upkeep import UpkeepState

SHARED = (
    *("title", "fetching", "unsaved", "forgetful", "dismiss", "cancel", "no_answer", "full_of", "reached", "left_of"),
    *("no_counter", "members_only", "later", "not_now", "failed", "full", "floor"),
)
OF_COUNTERS = ("undo", "minus", "archived_sun", "look_sun", "close", "copy", "copied", "offline")


def board_page() -> rx.Component:
    """The page of `/board`."""
    of_counters = {name: COUNTER_PAGE[name] for name in OF_COUNTERS}
    return BoardProvider.create(
        rx.el.div(
            _bar(),
            rx.el.main(Board.create(), class_name="board"),
            rx.el.noscript(text("noscript"), class_name="noscript"),
            class_name="page of-board",
        ),
        messages=all_variables(CounterState.frame),
        reply=UpkeepState.reply,
        disconnected=connection_lost(),
        texts=texts(*SHARED) | all_of(of_counters) | all_of(BOARD),
        on_record=CounterState.record,
        on_follow=CounterState.follow,
        on_make=UpkeepState.make,
        on_nudge=rx.noop(),
    )


def _bar() -> rx.Component:
    return rx.el.header(
        rx.el.nav(
            rx.el.a(
                rx.el.svg(rx.el.path(d=ICONS["back"]), class_name="ico", view_box="0 0 24 24", aria_hidden="true"),
                rx.el.span(text("list"), class_name="label"),
                href="/counters",
                class_name="btn",
                custom_attrs={"data-testid": "back"},
            )
        ),
        ConnectionStatus.create(texts=texts("connected", "connecting", "reconnecting")),
        rx.el.div(LanguageSwitch.create(), theme_switch(text("theme")), class_name="row-x"),
        class_name="bar",
    )
