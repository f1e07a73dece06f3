"""axe-core finds nothing on any page or dialog, in any language and look, and the keyboard reaches every control."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from clickcounter.access import accounts, sessions
from clickcounter.domain.clicks import Caller, now_ms
from clickcounter.ledger import counters, rounds
from tests.browser import CONTEXT_OPTIONS, TabPage
from tests.lists import create_counter, second_ledger
from tests.pages.axe import findings, install, missed_by_keyboard
from tests.pages.test_group_page import create_group
from tests.server import BackEnd

ADMIN_PAGES = (
    *("", "counters/counter", "counters/counter/take-back?device=1", "accounts", "accounts/1", "devices", "devices/1"),
    *("sessions", "invitations", "ledger", "nothing"),
)
OWNERS_DIALOGS = (
    *("who", "amount", "correct", "goal", "describe", "access", "members", "keys", "webhooks", "elsewhere"),
    *("buttons", "archive", "reset"),
)


@pytest.fixture(scope="module")
def checker(tmp_path_factory: pytest.TempPathFactory) -> str:
    return install(tmp_path_factory.mktemp("axe")).read_text()


class Visitor:
    """Opens pages of an app that is in use, as nobody or as its superuser, with the checker in them."""

    def __init__(self, browser: Browser, checker: str, back_end: BackEnd, origin: str) -> None:
        self.back_end, self.origin = back_end, origin
        self.contexts = {who: browser.new_context(**CONTEXT_OPTIONS) for who in ("nobody", "superuser")}
        for context in self.contexts.values():
            context.add_init_script(checker)
        with second_ledger(back_end.db_url) as ledger:
            create_counter(ledger, "Door", upper=10, warn_at=[50])
            old = create_counter(ledger, "Old")
            ledger.transact(lambda c: counters.archive(c, old, True, None))
            token, now = sessions.new_token(), now_ms()
            account = ledger.transact(lambda c: accounts.create(c, "Ann", "no password has this hash", now, superuser=True))
            digest = str(sessions.sha256_of(token))
            ledger.transact(lambda c: sessions.create(c, account, digest, "Chromium", now))
            owner = Caller(digest, "d" * 64)
            ledger.transact(lambda c: counters.create(c, {"name": "Hall"}, rounds.new_round_id(), owner))
        self.contexts["superuser"].add_cookies([{"name": "clickcounter_session", "value": token, "url": back_end.url}])

    def open(self, path: str, who: str = "nobody") -> TabPage:
        return TabPage(self.contexts[who].new_page(), self.origin + path)

    def presses(self, path: str, who: str = "nobody") -> TabPage:
        """Open a counter and press once."""
        one = self.open(path, who)
        one.is_state("connected")
        one.press()
        one.all_saved()
        return one


@pytest.fixture
def visitor(browser: Browser, checker: str, back_end: BackEnd, origin: str) -> Iterator[Visitor]:
    made = Visitor(browser, checker, back_end, origin)
    yield made
    for context in made.contexts.values():
        context.close()


# What is left out, what cannot be read, and dates that may mean two things.
IMPORTED = "".join(("Date,Amount\n", *(f"0{day}/04/2026,2\n" for day in range(1, 8)), *["04/05/2026,0\n"] * 5, "soon,1\n"))
LEARNT = [{"input": f"key:{name}", "action": "plus", "counter": None} for name in ("F8", "F9")]
OTHER_DIALOGS = (  # the address, and what to click one after the other, by its test id or a selector, or a key to press
    ("/counters", "new"),
    ("/counters", "more", "rename"),
    ("/counters", "archived", "[data-archived=true] [data-testid=more]", "[data-archived=true] [data-testid=delete]"),
    ("/board?c=door", "board-add"),
    ("/board?c=door", "board-save"),
    ("/board?c=door", "board-saved"),
    ("/c/hall", "share"),
    ("/c/hall", "menu", "menu-buttons", "learn"),
    ("/c/hall", "menu", "menu-buttons", "learn", "PageDown"),
    ("/c/hall", "menu", "menu-buttons", "forget-all"),
    ("/c/hall", "menu", "menu-who", "rename-me"),
    ("/c/hall#invite=no-such-invitation-is-there",),
    ("/c/door", "menu", "menu-claim"),
    ("/c/door/history", "[data-testid=leaders] button", "take-back"),
    ("/c/door?mode=count", "mode-feedback"),
)
PAGES = {  # what to wait for, and whether to check every look
    "/": ("[data-state=connected]", True),
    "/c/door": ("[data-state=connected]", False),
    "/c/nowhere": ("[data-testid=problem]", False),
    "/counters": ("[data-testid=row]", True),
    "/account": ("[data-testid=sign-in]", True),
    "/c/door/history": ("[data-testid=journal] tbody tr", True),
    "/c/door/display": ("[data-testid=qr]", True),
    "/c/door/display?transparent=1": ("[data-state=connected]", False),
    "/board?c=counter,door": ("[data-testid=cell]", True),
    "/c/door?mode=count": ("[data-testid=counting-mode]", True),
    "/nothing/here": ("text=Page not found", False),
}


def test_the_pages_are_in_order(visitor: Visitor):
    found = []
    visitor.presses("/c/door")
    for path, (shown, every_look) in PAGES.items():
        one = visitor.open(path)
        one.page.wait_for_selector(shown)
        found += findings(one.page, every_look)
        one.page.close()
    one = visitor.open("/account", "superuser")
    one.element("me").wait_for()
    for fold in one.page.locator("summary").all():
        fold.click()
    found += findings(one.page) + missed_by_keyboard(one.page)
    assert found == []


def test_a_language_with_a_file_of_its_own_is_in_order(visitor: Visitor, browser: Browser, checker: str):
    with browser.new_context(**CONTEXT_OPTIONS | {"locale": "de-DE"}) as context:
        context.add_init_script(checker)
        one = TabPage(context.new_page(), f"{visitor.origin}/c/door")
        one.is_state("connected")
        one.page.get_by_role("button", name="Klick mich!").wait_for()
        found = findings(one.page, every_look=True, languages=["de"])
        one.element("language").click()
        one.element("dialog-language").wait_for()
        found += findings(one.page, every_look=True, languages=["de"]) + missed_by_keyboard(one.page)
    assert found == []


def dialogs(one: TabPage, *names: str) -> Iterator[Page]:
    """Open the dialogs of the counter's menu, one after the other."""
    for name in names:
        opened = one.open_dialog(name)
        yield one.page
        one.page.keyboard.press("Escape")
        opened.wait_for(state="detached")


def test_the_counters_page_and_its_dialogs_are_in_order(visitor: Visitor):
    one = visitor.presses("/c/hall", "superuser")
    one.press()  # now there is something to undo
    found = missed_by_keyboard(one.page)
    one.element("menu").focus()
    one.page.keyboard.press("Enter")
    found += findings(one.page, every_look=True) + missed_by_keyboard(one.page)
    one.page.keyboard.press("Escape")
    for page in dialogs(one, *OWNERS_DIALOGS):
        found += findings(page) + missed_by_keyboard(page)
    one.fill_in("archive")
    for page in dialogs(one, "delete"):
        found += findings(page, every_look=True)
    assert found == []


@pytest.mark.parametrize("language", ["en", "de"])
def test_groups_days_past_entries_and_reports_are_in_order(visitor: Visitor, browser: Browser, checker: str, language: str):
    with second_ledger(visitor.back_end.db_url) as ledger:
        house = create_group(ledger, "House", {"door": 1, "old": -1}, upper=20)
    visitor.presses("/c/door")
    found = []
    with browser.new_context(**CONTEXT_OPTIONS | {"locale": language}) as context:
        context.add_init_script(checker)
        page = context.new_page()
        for path in (house, "door"):
            page.goto(f"{visitor.back_end.url}/c/{path}/report?lang={language}")
            page.locator("h1").wait_for()
            found += findings(page, every_look=True, languages=[language])
        one = TabPage(page, f"{visitor.origin}/c/{house}")
        one.element("part").first.wait_for()
        found += findings(page, every_look=True, languages=[language]) + missed_by_keyboard(page)
        one = TabPage(page, f"{visitor.origin}/c/door")
        one.is_state("connected")
        for name in ("schedule", "past"):
            for page in dialogs(one, name):
                found += findings(page, every_look=True, languages=[language]) + missed_by_keyboard(page)
    assert found == []


def test_the_look_at_a_file_before_it_is_imported_is_in_order(visitor: Visitor, tmp_path: Path):
    one = visitor.open("/counters", "superuser")
    (tmp_path / "log.csv").write_text(IMPORTED)
    one.element("file").set_input_files(tmp_path / "log.csv")
    one.element("question-dates").wait_for()
    for fold in one.page.locator("dialog summary").all():
        fold.click()
    found = findings(one.page, every_look=True) + missed_by_keyboard(one.page)
    one.element("answer-dmy").check()
    one.element("unreadable").locator("input").check()
    one.page.locator("[data-testid=confirm][aria-disabled=false]").wait_for()
    one.element("confirm").click()
    one.element("undo-import").wait_for()
    assert found + findings(one.page) + missed_by_keyboard(one.page) == []


def test_the_dialogs_of_other_pages_are_in_order(visitor: Visitor):
    one = visitor.presses("/c/door", "superuser")
    one.page.evaluate("learnt => localStorage.setItem('clickcounter.keys', learnt)", json.dumps({"keys": LEARNT}))
    visitor.back_end.query("UPDATE counter SET owner_device = (SELECT device_id FROM click) WHERE slug = 'door'")
    found = []
    for path, *steps in OTHER_DIALOGS:
        one = visitor.open(path, "superuser")
        for step in steps:
            if step == "PageDown":
                expect(one.element("learning")).to_be_focused()
                one.page.keyboard.press(step)
                one.element("action-plus").wait_for()
            else:
                one.page.locator(step if step[0] == "[" else f"[data-testid={step}]").first.click()
        one.page.locator("dialog[open]").wait_for()
        found += findings(one.page) + missed_by_keyboard(one.page)
        one.page.close()
    assert found == []


def test_the_administration_and_the_apis_page_are_in_order(visitor: Visitor):
    visitor.presses("/")
    found = []
    page = visitor.contexts["superuser"].new_page()
    for path in (*(f"/admin/{place}" for place in ADMIN_PAGES), "/api/v1/docs"):
        page.goto(visitor.back_end.url + path, wait_until="networkidle" if path.startswith("/api/") else "load")
        for fold in page.locator("summary").all():
            fold.click()
        found += findings(page, path in ("/admin/", "/api/v1/docs"))
    assert found == []
