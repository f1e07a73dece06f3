"""What was counted when, by whom, and in which round."""

import reflex as rx

from clickcounter.components.counter.wrappers import ConnectionStatus, CounterProvider
from clickcounter.components.history.wrappers import BackLink, History
from clickcounter.components.shared.switches import LanguageSwitch, theme_switch
from clickcounter.components.shared.text import text
from clickcounter.i18n import all_of, texts
from clickcounter.i18n.days.days import DAYS
from clickcounter.i18n.days.report import REPORT
from clickcounter.i18n.history import HISTORY
from clickcounter.socket.reflex_internals import connection_lost
from clickcounter.states.counter import CounterState
from clickcounter.states.history import HistoryState
from clickcounter.states.upkeep import UpkeepState

STATUS = ("connected", "connecting", "reconnecting", "alone", "lookers_one", "lookers_other")

CODES = ("no_counter", "members_only", "not_now", "later", "failed", "reason", "cancel")


def history_page() -> rx.Component:
    """The page of `/c/[slug]/history`."""
    return CounterProvider.create(
        rx.el.div(
            rx.el.header(
                rx.el.nav(BackLink.create()),
                ConnectionStatus.create(texts=texts(*STATUS)),
                rx.el.div(LanguageSwitch.create(), theme_switch(text("theme")), class_name="row-x"),
                class_name="bar",
            ),
            rx.el.main(
                History.create(
                    view=HistoryState.view,
                    older=HistoryState.older,
                    on_look=HistoryState.look,
                    on_page=HistoryState.page,
                    reply=UpkeepState.reply,
                    on_count_presses=UpkeepState.count_presses,
                    on_add_entry=UpkeepState.add_entry,
                    on_remove_entry=UpkeepState.remove_entry,
                    on_take_back=UpkeepState.take_back,
                ),
                class_name="wrap history",
            ),
            rx.el.noscript(text("noscript"), class_name="noscript"),
            class_name="page",
        ),
        frame=CounterState.frame,
        about=CounterState.about,
        answer=CounterState.answer,
        mine=CounterState.mine,
        own=CounterState.own,
        disconnected=connection_lost(),
        texts=texts("title", *CODES, *STATUS) | all_of(HISTORY | DAYS | {"report": REPORT["report"]}),
        on_record=CounterState.record,
        on_introduce=CounterState.introduce,
        on_nudge=rx.noop(),
    )
