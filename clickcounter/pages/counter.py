"""A counter: what it counts, how many, whether that is true, and the button."""

import reflex as rx
from reflex_components_core.core.banner import has_connection_errors

from clickcounter.components.live import ClickButton, Count, CounterTab, LanguageSwitch, Lookers, Note, Status
from clickcounter.components.theme_switch import theme_switch
from clickcounter.i18n import text, texts
from clickcounter.states.counter import CounterState

NOTE = ("fetching", "stale", "unsaved", "saved", "forgetful", "dismiss", "no_counter", "later", "failed")


def counter_page() -> rx.Component:
    """The page of `/` and of `/c/[slug]`."""
    return CounterTab.create(
        rx.el.div(
            rx.el.header(
                rx.el.div(LanguageSwitch.create()),
                Status.create(texts=texts("connected", "connecting", "reconnecting")),
                rx.el.div(theme_switch(text("theme"))),
                class_name="bar",
            ),
            rx.el.main(
                rx.el.div(
                    rx.el.h1(rx.cond(CounterState.about["name"], CounterState.about["name"], text("title"))),
                    Lookers.create(texts=texts("alone", "lookers_one", "lookers_other")),
                ),
                Count.create(texts=texts("number")),
                Note.create(texts=texts(*NOTE)),
                class_name="stage",
            ),
            ClickButton.create(texts=texts("press", "connecting", "nothing", "space")),
            class_name="counter",
        ),
        frame=CounterState.frame,
        answer=CounterState.answer,
        name=CounterState.about["name"],
        down=has_connection_errors,
        on_record=CounterState.record,
        on_nudge=rx.noop(),
    )
