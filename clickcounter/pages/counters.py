"""All counters: find one, name a new one, see the numbers live."""

import reflex as rx

from clickcounter.components.list.wrappers import (
    ArchiveSwitch,
    BoardChoice,
    ConnectionStatus,
    ImportFile,
    ListProvider,
    NewCounter,
    Paging,
    Rows,
    Search,
    Total,
)
from clickcounter.components.shared.switches import LanguageSwitch, theme_switch
from clickcounter.components.shared.text import text
from clickcounter.i18n import all_of, texts
from clickcounter.i18n.groups.page import GROUP
from clickcounter.i18n.without_looking.board import BOARD
from clickcounter.socket.reflex_internals import connection_lost
from clickcounter.states.counters import CountersState
from clickcounter.states.upkeep import UpkeepState

ROWS = (
    *("fetching_list", "title", "nobody", "lookers_one", "lookers_other", "full_of", "reached", "left_of", "more_about"),
    *("rename", "rename_do", "rename_title", "name", "cancel", "archive", "restore", "delete", "delete_title", "delete_why"),
    *("delete_name_again", "delete_do", "no_counters", "no_archived", "none_found", "none_archived", "make_named"),
    *("quoted", "search_in_use"),
)
IMPORT = ("import", "import_said", "import_or_drop", "import_drop")
FORM = (
    *("new_counter", "name", "colour", "step", "goal", "upper", "opening", "below_zero", "never_mind", "make", "not_whole"),
    *("colour_sun", "colour_amber", "colour_rose", "colour_violet", "colour_blue", "colour_teal", "colour_green"),
)
CHOICE = ("board_choose", "board_choose_end", "board_chosen", "board_open", "board_link_to")


OF_GROUPS = {name: GROUP[name] for name in ("group_new", "group_name")}


def counters_page() -> rx.Component:
    """The page of `/counters`."""
    return ListProvider.create(
        rx.el.div(
            _bar(),
            rx.el.main(
                rx.el.div(
                    rx.el.h1(text("list")),
                    Total.create(texts=texts("in_all", "found")),
                    ArchiveSwitch.create(texts=texts("in_use", "archived_ones")),
                    NewCounter.create(texts=texts(*FORM)),
                    Search.create(texts=texts("find", "find_or_name")),
                    class_name="head",
                ),
                Rows.create(texts=texts(*ROWS)),
                Paging.create(texts=texts("newer", "older")),
                BoardChoice.create(texts=all_of({name: BOARD[name] for name in CHOICE} | OF_GROUPS)),
                ImportFile.create(texts=texts(*IMPORT)),
                class_name="wrap",
            ),
            class_name="page",
        ),
        board=CountersState.board,
        pulse=CountersState.pulse,
        reply=UpkeepState.reply,
        disconnected=connection_lost(),
        texts=texts("list", "no_answer"),
        on_look=CountersState.look,
        on_nudge=rx.noop(),
        on_make=UpkeepState.make,
        on_change=UpkeepState.change,
        on_change_parts=UpkeepState.change_parts,
        on_archive=UpkeepState.archive,
        on_restore=UpkeepState.restore,
        on_delete=UpkeepState.delete,
    )


def _bar() -> rx.Component:
    return rx.el.header(
        rx.el.a(
            rx.el.span(class_name="mini"),
            rx.el.span("Click Counter", class_name="name"),
            href="/",
            class_name="row-x brand",
        ),
        ConnectionStatus.create(texts=texts("connected", "connecting", "reconnecting")),
        rx.el.div(LanguageSwitch.create(), theme_switch(text("theme")), class_name="row-x"),
        class_name="bar",
    )
