"""What a screen reader is told of a counter: every live region of the page, as it changes."""

import re
from typing import Any

from tests.browser import TabPage, two_tabs, until
from tests.conftest import Open
from tests.lists import create_counter, second_ledger
from tests.server import BackEnd

LIVE = "[aria-live], [role=status], [role=alert]"
# Keeps in window.heard what live regions say, as [ms, manner, text]. What a region has from its beginning is not read.
LISTEN = f"""() => {{
  window.heard = [];
  new MutationObserver((mutations) => {{
    const changed = mutations.map(({{ target }}) => (target.closest ? target : target.parentElement));
    const regions = new Set(changed.map((element) => element?.closest('{LIVE}')));
    for (const region of regions) {{
      const text = region?.checkVisibility() && region.innerText.trim();
      if (text) heard.push([performance.now(), region.ariaLive ?? region.role, text]);
    }}
  }}).observe(document, {{ subtree: true, childList: true, characterData: true }});
}}"""


def listen(one: TabPage) -> None:
    one.page.evaluate(LISTEN)


def heard(one: TabPage) -> list[tuple[float, str, str]]:
    said: list[Any] = one.page.evaluate("heard")
    return [(at, manner, text) for at, manner, text in said]


def hears(one: TabPage, text: str) -> None:
    until(one.page, "text => heard.at(-1)?.[2] === text", text)


def test_own_presses_are_told_once_and_others_as_sums(back_end: BackEnd, tab: Open):
    one, two = two_tabs(tab)
    one.page.evaluate("localStorage.setItem('clickcounter.announcements', '2')")
    listen(one)
    began = float(one.page.evaluate("performance.now()"))
    one.press()
    hears(one, "1")
    two.press(9)
    two.all_saved()
    until(one.page, "heard.at(-1)?.[2].startsWith('10, plus ')")
    one.press()
    hears(one, "11")
    two.press()
    hears(one, "12, plus 1 from others")
    said = heard(one)
    sums = [(at, int(found[1])) for at, _, text in said if (found := re.search(r"plus (\d+) from others", text))]
    assert sum(added for _, added in sums) == 10
    # two seconds apart, though a busy machine may show one late
    assert (len(sums) - 1) * 2000 <= sums[-1][0] - began
    assert {manner for _, manner, _ in said} == {"polite"}
    assert [text for _, _, text in said if "plus" not in text] == ["1", "11"]


def test_what_is_refused_or_not_saved_is_told_once(back_end: BackEnd, tab: Open):
    with second_ledger(back_end.db_url) as ledger:
        slug = create_counter(ledger, "Lift", upper=3)
    one = tab(f"/c/{slug}")
    one.is_state("connected")
    one.press()
    one.all_saved()
    one.page.wait_for_selector("[data-testid=said]", state="attached")
    listen(one)
    back_end.kill()
    one.is_state("reconnecting")
    one.press()
    hears(one, "1 not saved yet")
    one.press()
    hears(one, "3")
    back_end.start()
    one.all_saved()
    until(one.page, "heard.some(([, , text]) => text === 'saved')")
    one.page.keyboard.press("Space")
    until(one.page, "heard.some(([, manner]) => manner === 'assertive')")
    said = heard(one)
    texts = [text for _, _, text in said]
    assert [text for _, manner, text in said if manner == "assertive"] == ["Nothing changed. Limit reached"]
    assert [text for text in texts if "saved" in text] == ["1 not saved yet", "saved"]
    assert [text for text in texts if text in ("2", "3")] == ["2", "3"]


def test_the_pace_is_chosen_in_the_menu_and_kept_on_the_device(back_end: BackEnd, tab: Open):
    one, two = two_tabs(tab)
    choice = one.open_dialog("buttons").get_by_test_id("announcements")
    assert choice.input_value() == "5"
    choice.select_option("0")
    one.page.keyboard.press("Escape")
    one.page.reload()
    one.is_state("connected")
    listen(one)
    two.press(2)
    one.sees(2)
    one.press()
    hears(one, "3")
    assert [text for _, _, text in heard(one)] == ["3"]


def test_a_display_announces_nothing(back_end: BackEnd, tab: Open):
    wall = tab("/c/counter/display")
    wall.is_state("connected")
    assert wall.page.locator(LIVE).count() == 0
