"""The history page of a counter."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import WebSocketRoute, expect

from tests.browser import TabPage, seconds, until, usually_within
from tests.conftest import Open
from tests.lists import second_ledger
from tests.moved_clock import zone_at_noon
from tests.server import BackEnd, wait_for
from tests.terminal import terminal

# Records in window.spans every other span that is shown than that of today.
RECORD_SPANS = """() => {
  window.spans = [];
  const record = () => {
    const { span } = document.querySelector('[data-testid=history]').dataset;
    if (span !== 'day') spans.push(span);
  };
  new MutationObserver(record).observe(document.body, { subtree: true, childList: true, attributes: true });
}"""

# The words that are wider than their button in the switch of spans, or than the switch.
STICKING_OUT = """() => {
  const end = document.querySelector('.seg').getBoundingClientRect().right + 0.5;
  const sticksOut = (button) => button.scrollWidth > button.clientWidth || button.getBoundingClientRect().right > end;
  return [...document.querySelectorAll('.seg .btn')].filter(sticksOut).map((button) => button.innerText);
}"""

# What a page does every 30 s, it does twice a second.
OFTEN = "{ const { setInterval } = window; window.setInterval = (work, ms) => setInterval(work, ms === 30_000 ? 500 : ms); }"


@pytest.fixture
def tab(tab: Open) -> Open:
    """Opens tabs where it is noon: a history that begins a new day shows none of the presses before."""
    return partial(tab, timezone_id=zone_at_noon())


def has_rows(history: TabPage, count: int) -> None:
    expect(history.element("journal").locator("tbody tr")).to_have_count(count)


def test_an_open_history_follows_clicks_within_two_seconds(back_end: BackEnd, tab: Open):
    counter = tab("/c/counter")
    requested: list[str] = []
    counter.page.on("request", lambda request: requested.append(request.url))
    counter.page.reload()
    counter.is_state("connected")
    counter.press(3)
    history = tab("/c/counter/history")
    history.has("history", amount=3)
    took = []
    for amount in (4, 5, 6):
        counter.press()
        took.append(seconds(partial(history.has, "history", amount=amount)))
    assert usually_within(2, took)
    expect(history.element("leaders").locator("li")).to_have_attribute("data-up", "6")
    expect(history.element("rounds").locator("li")).to_have_attribute("data-total", "6")
    has_rows(history, 6)
    amounts = "[...document.querySelectorAll('[data-testid=chart] tbody tr')].map((row) => +row.dataset.amount)"
    until(history.page, f"{amounts}.reduce((sum, amount) => sum + amount, 0) === 6")
    history.page.wait_for_selector("[aria-hidden] .uplot canvas")
    assert requested
    assert not [url for url in requested if "history" in url], "the counter page loads no history code"


def test_history_can_be_filtered_paged_and_downloaded(back_end: BackEnd, tab: Open):
    counter, other = tab("/c/counter"), tab("/c/counter", "two")
    counter.is_state("connected")
    counter.press(60)
    counter.all_saved()
    other.is_state("connected")
    other.press(2)
    other.all_saved()
    counter.element("menu").click()
    counter.page.get_by_role("link", name="History").click()
    history = counter
    history.has("history", amount=62)
    page = history.page
    history.element("leaders").get_by_role("button").nth(1).click()
    history.has("history", amount=2)
    has_rows(history, 2)
    other.press()
    history.has("history", amount=3)
    history.element("everybody").click()
    history.has("history", amount=63)
    history.element("rounds").get_by_role("button").click()
    history.has("history", span="round", amount=63)
    history.element("by-device").check()
    until(history.page, "document.querySelectorAll('[data-testid=chart] thead th').length === 5")
    history.element("span-between").click()
    history.has("history", span="between", amount=63)
    history.element("until").fill("2026-01-02T00:00")  # ends before it begins: no request yet
    history.element("since").fill("2026-01-01T00:00")
    history.has("history", amount=0)
    history.element("span-all").click()
    history.has("history", span="all", amount=63)
    history.element("more").click()
    until(page, "document.querySelectorAll('[data-testid=journal] tbody tr').length === 63")
    link = page.get_by_role("link", name=re.compile("CSV")).get_attribute("href")
    assert link is not None
    assert page.request.get(link).text().count("\n") == 64
    german = tab("/c/counter/history", "German", locale="de-DE").page
    assert "separator=semicolon" in (german.get_by_role("link", name="CSV").get_attribute("href") or "")
    with german.expect_download() as download:
        german.get_by_role("link", name="Excel").click()
    assert download.value.suggested_filename == "counter.xlsx"
    with second_ledger(back_end.db_url) as ledger:
        for _ in range(9):
            ledger.reset("counter")
    rounds = german.get_by_test_id("rounds").locator("li")
    german.get_by_role("button", name="Frühere Runden zeigen").wait_for()
    expect(rounds).to_have_count(8)
    german.get_by_test_id("more-rounds").click()
    expect(rounds).to_have_count(10)


def hold(history: TabPage, held: list[Callable[[], None]], pattern: str) -> None:
    """Reload the page with a slow server: its answers that match are held, each until it is called."""

    def route(socket: WebSocketRoute) -> None:
        def receive(message: str | bytes) -> None:
            send = partial(socket.send, message)
            held.append(send) if re.search(pattern, str(message)) else send()

        socket.connect_to_server().on_message(receive)

    history.page.route_web_socket(re.compile("/_event"), route)
    history.page.reload()


def test_a_late_answer_never_replaces_the_current_question(back_end: BackEnd, tab: Open):
    counter, history = tab("/c/counter"), tab("/c/counter/history", "two")
    counter.is_state("connected")
    counter.press(3)
    held: list[Callable[[], None]] = []
    hold(history, held, '"view_rx_state_".*"span": ?"all"')
    history.has("history", span="day", amount=3)
    history.page.evaluate(RECORD_SPANS)
    history.element("span-all").click()
    wait_for(lambda: history.page.evaluate("true") and held, "the answer to All")
    history.element("span-day").click()
    history.has("history", span="day")
    for send in held:
        send()
    counter.press()
    history.has("history", span="day", amount=4)
    assert history.page.evaluate("spans") == []


def test_a_late_page_of_rows_is_not_joined_to_other_rows(back_end: BackEnd, tab: Open):
    other, counter = tab("/c/counter", "two"), tab("/c/counter")
    other.is_state("connected")
    other.press(2)
    other.all_saved()
    counter.is_state("connected")
    counter.press(60)
    counter.all_saved()
    history = tab("/c/counter/history", "three")
    held: list[Callable[[], None]] = []
    hold(history, held, '"older_rx_state_":')
    history.has("history", amount=62)
    held.clear()  # what the page found when it opened
    history.element("more").click()
    wait_for(lambda: history.page.evaluate("true") and len(held) == 1, "the page of all rows")
    history.element("leaders").get_by_role("button").first.click()
    history.has("history", amount=60)
    history.element("more").click()
    wait_for(lambda: history.page.evaluate("true") and len(held) == 2, "the page of one device's rows")
    for send in held:
        send()
    until(history.page, "document.querySelectorAll('[data-testid=journal] tbody tr').length === 60")
    devices = history.element("journal").locator("tbody tr").evaluate_all("all => all.map((row) => row.dataset.device)")
    assert len(set(devices)) == 1


def test_history_fits_a_phone_in_both_languages(back_end: BackEnd, tab: Open):
    counter = tab("/c/counter")
    counter.is_state("connected")
    counter.press()
    for locale, title in (("ru-RU", "История"), ("en-US", "History")):
        history = tab("/c/counter/history", locale, locale=locale, viewport={"width": 390, "height": 844})
        history.has("history", amount=1)
        expect(history.page.get_by_text(title, exact=True).locator("visible=true")).to_have_count(1)
        for width in (390, 320):
            history.resize(width, 844)
            until(history.page, "width => document.documentElement.scrollWidth === width", width)  # the chart follows
            assert history.page.evaluate(STICKING_OUT) == []
    nowhere = tab("/c/nowhere/history")
    nowhere.page.get_by_role("alert").get_by_text("There is no such counter.").wait_for()


def test_an_owner_takes_back_all_presses_of_a_device(back_end: BackEnd, tab: Open):
    owner, forger = tab("/c/counter"), tab("/c/counter", "two")
    for one, times in ((owner, 2), (forger, 5)):
        one.is_state("connected")
        one.press(times)
        one.all_saved()
    forger.has("count", value=7)
    history = tab("/c/counter/history", "two")
    history.has("history", amount=7)
    history.element("leaders").locator("li").first.get_by_role("button").click()
    history.has("history", amount=5)
    assert history.element("take-back").count() == 0, "only owners take back"
    back_end.query("UPDATE counter SET owner_device = (SELECT MIN(device_id) FROM click)")
    history = tab("/c/counter/history")
    history.has("history", amount=7)
    history.element("leaders").locator("li").first.get_by_role("button").click()
    history.has("history", amount=5)
    history.element("take-back").click()
    history.has("counted", presses=5)
    dialog = history.page.get_by_role("alertdialog", name="Take back presses")
    expect(dialog).to_have_accessible_description(re.compile(r"All presses by .+Presses to take back: 5"))
    history.page.keyboard.press("Enter")
    history.has("sentence", code="reason")
    history.page.keyboard.type("a script")
    history.page.keyboard.press("Enter")
    history.element("dialog-take-back").wait_for(state="detached")
    expect(history.element("taken-back")).to_have_text("Presses taken back: 5.", use_inner_text=True)
    history.element("everybody").click()
    history.has("history", amount=2)
    expect(history.element("leaders").locator("li")).to_have_count(1)
    entry = history.element("journal").locator("tr[data-kind=take_back]").first
    expect(entry).to_contain_text(re.compile(r"taken back by .+: a script"), use_inner_text=True)
    for one in (owner, forger):
        one.has("count", value=2)


def test_totals_that_jump_because_of_an_import_are_explained(back_end: BackEnd, tab: Open, tmp_path: Path):
    counter = tab("/c/counter")
    counter.is_state("connected")
    counter.press(2)
    counter.all_saved()
    history = tab("/c/counter/history")
    history.element("span-all").click()
    history.has("history", span="all", amount=2)
    assert history.element("totals-note").count() == 0
    table = tmp_path / "tally.csv"
    table.write_text("when,amount\n2026-03-01 09:00,5\n2026-03-01 09:01,1\n")
    assert terminal(back_end.db_url, "import", table, "--counter", "counter").returncode == 0
    history.has("history", amount=8)
    expect(history.element("journal").locator("tbody td:last-child")).to_have_text(["2", "1", "8", "7"], use_inner_text=True)
    expect(history.element("totals-note")).to_contain_text("saved here", use_inner_text=True)


def test_an_open_history_begins_a_new_day_by_itself(back_end: BackEnd, tab: Open, tmp_path: Path):
    """Here it becomes another day because the browser moves to the east."""
    table, now = tmp_path / "tally.csv", datetime.now(UTC)
    table.write_text(f"when,amount\n{now - timedelta(hours=10):%Y-%m-%dT%H:%MZ},3\n")
    assert terminal(back_end.db_url, "import", table, "--counter", "counter").returncode == 0
    history = tab("/nothing/here", timezone_id=None)
    devtools = history.page.context.new_cdp_session(history.page)
    history.page.add_init_script(OFTEN)
    for hour, amount in ((18, 3), (4, 0)):  # by the clock there
        east = (hour - now.hour + 11) % 24 - 11
        devtools.send("Emulation.setTimezoneOverride", {"timezoneId": f"Etc/GMT{-east:+d}"})
        if amount:
            history.page.goto(history.page.url.replace("/nothing/here", "/c/counter/history"))
        history.has("history", span="day", amount=amount)
