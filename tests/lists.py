"""The list of counters as a person sees it, and a second ledger that writes to the same database."""

import asyncio
import contextlib
import json
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import expect

from clickcounter.ledger import counters, rounds
from clickcounter.ledger.ledger import Ledger
from tests.browser import TabPage
from tests.raw import RawClient
from tests.server import PATIENCE

STATE = "reflex___state____state.clickcounter___states___counters____counters_state"
# Records every row that a list shows, in order: [slug, value, digits].
RECORD_ROWS = """
window.rows = [];
new MutationObserver(() => document.querySelectorAll('[data-testid=row]').forEach((row) => {
  const now = [row.dataset.slug, row.dataset.value, row.querySelector('data').textContent.replace(/\\D/g, '')];
  if (JSON.stringify(window.rows.at(-1)) !== JSON.stringify(now)) window.rows.push(now);
})).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
"""


class ListPage:
    """A tab that shows the list."""

    def __init__(self, tab: TabPage) -> None:
        self.tab, self.page = tab, tab.page

    def row(self, name: str) -> Any:
        return self.page.get_by_test_id("row").filter(has=self.page.get_by_role("link", name=name, exact=True))

    def shows(self, name: str, value: int | None = None) -> None:
        self.row(name).wait_for()
        if value is not None:
            self.row(name).and_(self.page.locator(f"[data-value='{value}']")).wait_for()

    def shows_no(self, name: str) -> None:
        self.row(name).wait_for(state="detached")

    def total(self, total: int) -> None:
        self.page.wait_for_selector(f"[data-testid=total][data-value='{total}']", state="attached")

    def search(self, text: str) -> None:
        self.page.get_by_test_id("search").fill(text)

    def enter(self, text: str) -> None:
        self.search(text)
        self.page.get_by_test_id("search").press("Enter")

    def choose(self, name: str, what: str) -> None:
        """Choose an action from a row's menu."""
        self.row(name).get_by_test_id("more").click()
        self.row(name).get_by_test_id(what).click()

    def sentence(self, text: str) -> None:
        self.page.get_by_test_id("sentence").get_by_text(text).wait_for()

    def has_names(self, *names: str) -> None:
        """Wait until the list shows exactly these counters, in this order."""
        expect(self.page.get_by_test_id("row").locator(".open")).to_have_text([*names], use_inner_text=True)


class RawList(RawClient):
    """A list tab without a browser, which can send anything."""

    async def look(self, payload: Any) -> dict[str, Any]:
        """Request a page of the list and wait for it."""
        await self.event(f"{STATE}.look", payload)
        return await asyncio.wait_for(self.boards.get(), PATIENCE)

    async def _open(self) -> None:
        self.boards: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        await super()._open()

    async def _receive(self) -> None:
        async for message in self.socket:
            if message.data == "2":
                await self.socket.send_str("3")
            elif isinstance(message.data, str) and message.data.startswith('42/_event,["event"'):
                delta = json.loads(message.data.removeprefix("42/_event,"))[1].get("delta") or {}
                if board := delta.get(STATE, {}).get("board_rx_state_"):
                    self.boards.put_nowait(board)
                self.heard.set()


@contextlib.contextmanager
def second_ledger(db_url: str) -> Iterator[Ledger]:
    """A ledger beside the server's on the same database, as another process would have."""
    ledger = Ledger(db_url)
    yield ledger
    ledger.close()


def create_counter(ledger: Ledger, name: str, **fields: Any) -> str:
    first = rounds.new_round_id()
    return str(ledger.transact(lambda connection: counters.create(connection, {"name": name} | fields, first, None)))
