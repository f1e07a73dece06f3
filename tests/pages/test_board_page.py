"""The board of several counters, as people use it: by mouse, by keys, without a connection, and kept under a name."""

from typing import Any

import pytest
from playwright.sync_api import expect

from clickcounter.access import accounts
from clickcounter.domain.clicks import now_ms
from clickcounter.ledger import counters, ownership
from tests.browser import ALL_FILES_CACHED, COUNT_STORED, Profile, TabPage, until
from tests.conftest import Open, rows
from tests.learning import listens
from tests.lists import second_ledger
from tests.server import BackEnd
from tests.services.stage import HASH

BIRDS = ["sparrow", "tit", "crow", "wren"]
# Records what each cell shows, in order: [counter, revision, value, digits].
RECORD_CELLS = """
window.cells = [];
new MutationObserver(() => document.querySelectorAll('[data-testid=cell]').forEach((cell) => {
  const { counter, revision, value } = cell.dataset, digits = cell.querySelector('data').textContent;
  const last = window.cells.findLast((one) => one[0] === counter), now = [counter, Number(revision), value, digits];
  if (JSON.stringify(last) !== JSON.stringify(now)) window.cells.push(now);
})).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
"""


class Board:
    """A tab that shows a board."""

    def __init__(self, tab: TabPage) -> None:
        self.tab, self.page = tab, tab.page

    def cell(self, counter: str) -> Any:
        return self.page.locator(f"[data-testid=cell][data-counter='{counter}']")

    def press(self, counter: str, button: str = "plus", times: int = 1) -> None:
        for _ in range(times):
            self.cell(counter).get_by_test_id(button).click()

    def shows(self, **values: int) -> None:
        for counter, value in values.items():
            selector = f"[data-testid=cell][data-counter='{counter}'][data-value='{value}']"
            self.page.wait_for_selector(selector)

    def is_of(self, *counters: str) -> None:
        self.page.wait_for_selector(f"[data-testid=board][data-counters='{','.join(counters)}']", state="attached")

    def element(self, test_id: str) -> Any:
        return self.page.get_by_test_id(test_id)

    def never_stepped_back(self) -> None:
        """Check everything that was shown since RECORD_CELLS ran."""
        newest: dict[str, int] = {}
        for counter, revision, value, digits in self.page.evaluate("cells"):
            assert value == digits
            assert revision >= newest.get(counter, 0)
            newest[counter] = revision
        assert len(newest) > 1

    def unsaved(self, counter: str, count: int) -> None:
        selector = f"[data-counter='{counter}'] [data-testid=cell-unsaved][data-value='{count}']"
        self.page.wait_for_selector(selector)


@pytest.fixture
def birds(back_end: BackEnd) -> BackEnd:
    """A back end with a few counters more."""
    with second_ledger(back_end.db_url) as ledger:
        for name in BIRDS:
            ledger.create(name, name.capitalize())
    return back_end


def saved(back_end: BackEnd) -> dict[str, int]:
    return {slug: value for slug, value in back_end.query("SELECT slug, value FROM counter") if slug in BIRDS}


def test_two_boards_count_by_mouse_and_keys(birds: BackEnd, tab: Open):
    """Each shows at once what the other presses; no number ever steps back; undo takes back the last press of all."""
    one, two = Board(tab("/board?c=sparrow,tit,crow")), Board(tab("/board?c=crow,sparrow&name=Two", profile="two"))
    for board in (one, two):
        board.tab.is_state("connected")
        board.page.evaluate(RECORD_CELLS)
    keyboard = one.page.keyboard
    one.press("sparrow", times=3)
    two.shows(sparrow=3)
    for key in ("1", "2", "Shift+Digit1", "2", "3"):
        keyboard.press(key)
    two.page.keyboard.press("1")
    two.page.keyboard.press("2")
    for board in (one, two):
        board.shows(sparrow=4, crow=2)
    one.shows(tit=2)
    keyboard.press("3")
    keyboard.press("-")  # of the counter that was pressed last
    keyboard.press("2")
    keyboard.press("u")
    one.shows(tit=2, crow=2)
    one.element("undo").click()  # the −
    one.shows(crow=3)
    for _ in range(4):  # one key down, then the repeats of a held key
        keyboard.down("1")
    keyboard.up("1")
    two.shows(sparrow=5, crow=3)
    one.tab.all_saved()
    assert saved(birds) == {"sparrow": 5, "tit": 2, "crow": 3, "wren": 0}
    for board in (one, two):
        board.never_stepped_back()


def test_learnt_keys_press_their_counters_on_a_board(birds: BackEnd, tab: Open):
    learnt = [("F8", "tit", "plus"), ("F9", "crow", "minus"), ("Digit1", "crow", "plus"), ("F7", "wren", "plus")]
    keys = [{"input": f"key:{key}", "counter": name, "name": name, "action": action} for key, name, action in learnt]
    board = Board(tab("/board?c=sparrow,tit,crow"))
    board.page.evaluate("keys => localStorage.setItem('clickcounter.keys', JSON.stringify({ keys }))", keys)
    board.page.reload()
    listens(board.tab)
    for key in ("F8", "F8", "1", "1", "1", "F9", "F7"):  # 1 is no longer the board's, and F7's counter is not on it
        board.page.keyboard.press(key)
    board.shows(tit=2, crow=2)
    board.tab.all_saved()
    assert saved(birds) == {"sparrow": 0, "tit": 2, "crow": 2, "wren": 0}


def test_presses_made_offline_survive_a_reload_and_count_once(birds: BackEnd, profile: Profile):
    board = Board(profile.open("/board?c=sparrow,tit,crow"))
    board.tab.is_state("connected")
    board.press("tit")
    board.shows(tit=1)
    board.tab.all_saved()
    board.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    until(board.page, ALL_FILES_CACHED)
    board.page.evaluate(COUNT_STORED)
    birds.kill()
    board.tab.is_state("reconnecting")
    board.press("sparrow", times=3)
    board.page.keyboard.press("2")
    board.page.keyboard.press("2")
    board.tab.all_stored(5)
    board.unsaved("sparrow", 3)
    board.page.context.set_offline(True)
    board.page.reload()
    board.unsaved("sparrow", 3)
    board.unsaved("tit", 2)
    board.shows(tit=1, crow=0)  # the numbers of the last visit, with the unsaved presses beside them
    board.press("tit")
    board.unsaved("tit", 3)
    board.page.context.set_offline(False)
    birds.start()
    board.tab.is_state("connected")
    board.tab.all_saved()
    board.shows(sparrow=3, tit=4, crow=0)
    assert rows(birds.database, "SELECT count(*), count(DISTINCT key) FROM click") == [(7, 7)]
    assert saved(birds) == {"sparrow": 3, "tit": 4, "crow": 0, "wren": 0}
    board.tab.keeps(0)


def test_a_board_is_made_from_the_list_changed_and_kept(birds: BackEnd, tab: Open):
    board = Board(tab("/counters"))
    board.tab.is_state("connected")
    board.element("choose").click()
    for name in ("Wren", "Sparrow"):
        board.element("row").filter(has_text=name).click()
        expect(board.page.get_by_role("checkbox", name=name)).to_be_checked()
    board.element("open-board").click()
    board.is_of("wren", "sparrow")
    board.press("sparrow")
    board.shows(sparrow=1, wren=0)
    board.element("board-save").click()
    board.page.locator("[name=name]").fill("Birds")
    board.element("submit").click()
    board.page.get_by_role("heading", name="Birds").wait_for()
    board.element("board-edit").click()
    board.cell("wren").get_by_test_id("cell-later").click()
    board.is_of("sparrow", "wren")
    until(board.page, "document.activeElement.dataset.testid === 'cell-earlier'")
    board.cell("wren").get_by_test_id("cell-off").click()
    board.is_of("sparrow")
    board.element("board-edit").click()
    board.element("board-add").click()
    for text in ("tit", "http://elsewhere/c/crow/history", "Brand new"):
        board.element("add-text").fill(text)
        board.element("add-text").press("Enter")
        until(board.page, "document.querySelector('[data-testid=add-text]').value === ''")
    board.is_of("sparrow", "tit", "crow", "brand-new")
    board.element("close").click()
    board.press("brand-new")
    board.shows(**{"brand-new": 1})
    board.page.goto(board.page.url.partition("?")[0])
    board.page.get_by_role("link", name="Birds").click()
    board.is_of("sparrow", "tit", "crow", "brand-new")
    board.element("board-saved").click()
    board.element("board-rename").click()
    board.element("new-board-name").fill("Gulls")
    board.element("new-board-name").press("Enter")
    board.page.get_by_role("heading", name="Gulls", level=1).wait_for()
    board.element("board-delete").click()
    board.element("delete-board").click()
    board.element("no-boards").wait_for()


def test_changes_made_at_once_are_all_kept(birds: BackEnd, tab: Open):
    board = Board(tab("/board?c=sparrow,tit,crow,wren"))
    board.element("board-edit").click()
    board.page.evaluate("document.querySelectorAll('[data-testid=cell-off]').forEach((off, i) => i < 3 && off.click())")
    board.is_of("wren")


def test_what_happens_to_a_counter_shows_in_its_cell(birds: BackEnd, tab: Open):
    board = Board(tab("/board?c=sparrow,nowhere,tit,crow"))
    board.shows(sparrow=0)
    board.cell("nowhere").get_by_text("There is no such counter.").wait_for()
    board.page.keyboard.press("2")
    with second_ledger(birds.db_url) as ledger:

        def change(work: Any, *arguments: Any) -> None:
            ledger.transact(lambda connection: work(connection, *arguments))

        change(counters.update_settings, "sparrow", {"name": "House sparrow", "upper": 1}, None)
        board.cell("sparrow").get_by_text("House sparrow").first.wait_for()
        board.page.keyboard.press("1")
        board.cell("sparrow").get_by_text("limit of 1 reached").wait_for()
        board.page.keyboard.press("1")
        account = ledger.transact(lambda connection: accounts.create(connection, "Owner", HASH, now_ms()))
        change(lambda connection: ownership.add_member(connection, counters.lock(connection, "crow").id, account, "owner"))
        change(counters.update_settings, "crow", {"visibility": "members", "press": "members"}, None)
        board.cell("crow").get_by_text("This counter is for members only.").wait_for()
        board.page.keyboard.press("4")
        change(counters.update_settings, "crow", {"visibility": "listed", "press": "anyone"}, None)
        board.shows(crow=0)
        board.press("crow")
        board.shows(crow=1)
        change(counters.archive, "tit", True, None)
        board.cell("tit").get_by_text("Archived").wait_for()
        board.page.keyboard.press("3")
        change(counters.delete, "tit", "Tit", None)
        board.cell("tit").get_by_text("There is no such counter.").wait_for()
    board.tab.all_saved()
    assert saved(birds) == {"sparrow": 1, "tit": 0, "crow": 1, "wren": 0}
    assert birds.query("SELECT count(*) FROM click") == [(2,)]


def test_twelve_counters_fit_the_screen_with_wide_enough_buttons(birds: BackEnd, tab: Open):
    names = [f"Species of the number {number}" for number in range(12)]
    with second_ledger(birds.db_url) as ledger:
        for number, name in enumerate(names):
            ledger.create(f"s{number}", name)
    birds.query("UPDATE counter SET value = 1234567")
    board = Board(tab("/board?c=" + ",".join(f"s{number}" for number in range(12)), locale="ru-RU"))
    board.shows(s0=1234567, s11=1234567)
    for size in ((320, 568), (390, 844), (844, 390), (1280, 800)):
        board.tab.resize(*size)
        root = "document.documentElement"
        assert board.page.evaluate(f"{root}.scrollWidth <= innerWidth"), size
        assert size[1] < 800 or board.page.evaluate(f"{root}.scrollHeight <= innerHeight"), size
        for control in board.page.get_by_role("button").all():
            box = control.bounding_box()
            assert min(box["width"], box["height"]) >= 48, size
        for cell in board.page.get_by_test_id("cell").all():
            number, take = cell.locator("data").bounding_box(), cell.get_by_test_id("minus").bounding_box()
            assert number["x"] + number["width"] <= take["x"], size
