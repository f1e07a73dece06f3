"""A counter for a projector, or as a layer over a stream: what it counts, how many, and where to press."""

import reflex as rx

from clickcounter.components.counter.wrappers import Count, CounterProvider
from clickcounter.components.display.wrappers import Display
from clickcounter.i18n import texts
from clickcounter.pages.counter import group_parts
from clickcounter.socket.reflex_internals import connection_lost
from clickcounter.states.counter import CounterState
from clickcounter.states.upkeep import UpkeepState

# A layer over a stream must not flash a sky while it loads.
FIRST_PAINT = """if (/\\/display\\/?$/.test(location.pathname) && /[?&]transparent=1(&|$)/.test(location.search))
  document.documentElement.setAttribute("data-transparent", "")"""

DISPLAY = (
    *("title", "connected", "connecting", "reconnecting", "lookers_one", "lookers_other", "full_of", "reached", "left_of"),
    *("scan", "qr", "no_counter", "members_only", "later", "failed"),
)


def display_page() -> rx.Component:
    """The page of `/c/[slug]/display`."""
    return CounterProvider.create(
        Display.create(
            Count.create(),
            group_parts(),
            about=CounterState.about,
            reply=UpkeepState.reply,
            texts=texts(*DISPLAY),
            on_share=UpkeepState.share,
        ),
        frame=CounterState.frame,
        answer=CounterState.answer,
        about=CounterState.about,
        disconnected=connection_lost(),
        on_record=CounterState.record,
        on_nudge=rx.noop(),
    )
