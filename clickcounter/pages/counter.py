"""A counter: what it counts, how many, whether that is true, and the button."""

import reflex as rx

from clickcounter.components.counter.wrappers import (
    ClickButton,
    ConnectionStatus,
    Count,
    CounterMenu,
    CounterProvider,
    LastPress,
    MenuButton,
    NextReset,
    ShareButton,
    SideButtons,
    StatusNote,
    Title,
    WatcherCount,
)
from clickcounter.components.counting_mode.wrappers import CountingMode
from clickcounter.components.group.wrappers import GroupParts
from clickcounter.components.icons import ICONS
from clickcounter.components.shared.switches import LanguageSwitch, theme_switch
from clickcounter.components.shared.text import text
from clickcounter.i18n import all_of, texts
from clickcounter.i18n.counter_page import COUNTER_PAGE, IN_DIALOGS
from clickcounter.i18n.groups.page import GROUP
from clickcounter.i18n.groups.page import IN_DIALOGS as OF_GROUPS
from clickcounter.i18n.without_looking.app import INSTALL
from clickcounter.socket.reflex_internals import all_variables, connection_lost
from clickcounter.states.access import AccessState
from clickcounter.states.counter import CounterState
from clickcounter.states.upkeep import UpkeepState

SAID = ("title", "press", "connecting", "nothing", "space", "fetching", "stale", "unsaved", "forgetful", "dismiss", "saved")
CODES = ("no_counter", "members_only", "later", "not_now", "failed", "full", "floor", "reason", "about_numbers", "about_day")
LOOKERS = ("alone", "lookers_one", "lookers_other")

ON_PAGE = {name: text for name, text in (COUNTER_PAGE | GROUP).items() if name not in IN_DIALOGS | OF_GROUPS}

# An invitation's token leaves the address before anything else sees it: Reflex sends the address to the server.
FIRST_LINES = r"""(() => {
  const found = /^#invite=([\w-]{20,64})$/.exec(location.hash);
  if (!found) return;
  const page = location.pathname.replace(/^.*(?=\/c\/)|\/$/g, "");
  try { sessionStorage.setItem("clickcounter.invite " + page, found[1]) } catch {}
  history.replaceState(null, "", location.pathname + location.search);
})()"""


def counter_page() -> rx.Component:
    """The page of `/` and of `/c/[slug]`."""
    return CounterProvider.create(
        CountingMode.create(_page()),
        frame=CounterState.frame,
        about=CounterState.about,
        answer=CounterState.answer,
        mine=CounterState.mine,
        own=CounterState.own,
        disconnected=connection_lost(),
        texts=texts(*SAID, *CODES) | all_of(ON_PAGE | {"install": INSTALL}),
        on_record=CounterState.record,
        on_introduce=CounterState.introduce,
        on_report_times=CounterState.report_times,
        on_nudge=rx.noop(),
    )


def _page() -> rx.Component:
    return rx.el.div(
        _bar(),
        rx.el.main(
            rx.el.div(
                Title.create(texts=texts("title")),
                WatcherCount.create(texts=texts(*LOOKERS)),
                LastPress.create(),
                NextReset.create(),
            ),
            Count.create(),
            StatusNote.create(),
            class_name="stage",
        ),
        ClickButton.create(),
        group_parts(),
        SideButtons.create(),
        rx.el.noscript(text("noscript"), class_name="noscript"),
        class_name="counter",
    )


def group_parts() -> rx.Component:
    """The counters of a group; nothing of any other counter."""
    return GroupParts.create(
        messages=all_variables(CounterState.frame),
        texts=all_of({name: text for name, text in GROUP.items() if name not in OF_GROUPS}) | texts("title"),
        on_parts=UpkeepState.parts,
        on_follow=CounterState.follow,
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
        ConnectionStatus.create(texts=texts("connected", "connecting", "reconnecting", *LOOKERS)),
        rx.el.div(
            ShareButton.create(),
            rx.el.div(LanguageSwitch.create(), theme_switch(text("theme")), class_name="row-x wide"),
            MenuButton.create(),
            _upkeep(),
            class_name="row-x",
        ),
        class_name="bar",
    )


def _upkeep() -> rx.Component:
    return CounterMenu.create(
        LanguageSwitch.create(place="menu"),
        theme_switch(text("theme"), "menu"),
        reply=UpkeepState.reply,
        on_change=UpkeepState.change,
        on_archive=UpkeepState.archive,
        on_restore=UpkeepState.restore,
        on_delete=UpkeepState.delete,
        on_reset=UpkeepState.end_round,
        on_correct=UpkeepState.correct,
        on_add_entry=UpkeepState.add_entry,
        on_name_device=UpkeepState.name_device,
        on_devices=UpkeepState.devices,
        on_share=UpkeepState.share,
        on_parts=UpkeepState.parts,
        on_change_parts=UpkeepState.change_parts,
        access=AccessState.reply,
        on_members=AccessState.members,
        on_set_role=AccessState.set_role,
        on_invite=AccessState.invite,
        on_revoke=AccessState.revoke,
        on_accept=AccessState.accept,
        on_claim=AccessState.claim,
        on_webhooks=UpkeepState.webhooks,
        on_add_webhook=UpkeepState.add_webhook,
        on_test_webhook=UpkeepState.test_webhook,
        on_remove_webhook=UpkeepState.remove_webhook,
    )
