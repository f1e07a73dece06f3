"""A counter's number on other sites: what its dialog offers to copy works, and its owner lists the sites with a button."""

from playwright.sync_api import expect

from tests.browser import TabPage, until
from tests.conftest import Open
from tests.server import BackEnd

NAME = 'Door "A" <b> [1]'
# A button says for two seconds that it has copied.
NOTE_COPIED = """() => {
  const dialog = document.querySelector('dialog[open]');
  const note = () => { window.copied ||= dialog.innerText.includes('Copied'); };
  new MutationObserver(note).observe(dialog, { subtree: true, childList: true, characterData: true });
}"""


def snippet(one: TabPage, name: str) -> str:
    return str(one.element(name).input_value())


def makes_the_door(tab: Open, **options: object) -> TabPage:
    one = tab("/counters", **options)
    one.element("search").fill(NAME)
    one.element("make-named").click()
    one.follow(NAME, "door-a-b-1")
    return one


def test_everybody_copies_snippets_that_work(back_end: BackEnd, tab: Open):
    makes_the_door(tab)
    one = tab(
        "/c/door-a-b-1", "two", viewport={"width": 390, "height": 844}, permissions=["clipboard-write", "clipboard-read"]
    )
    one.is_state("connected")
    dialog = one.open_dialog("elsewhere")
    expect(dialog).to_contain_text("only on sites that the counter’s owner has listed")
    expect(dialog.get_by_test_id("edit-sites")).to_have_count(0)
    assert dialog.evaluate("dialog => dialog.scrollWidth <= dialog.clientWidth"), "nothing is cut off"
    badge, link = f"{back_end.url}/c/door-a-b-1/badge.svg", one.page.url
    assert snippet(one, "badge_markdown") == rf'[![Door "A" \<b\> \[1\]]({badge})]({link})'
    assert snippet(one, "oembed_link") == link
    assert one.page.request.get(snippet(one, "value_address")).text() == "0\n"
    expect(one.element("badge_markdown")).to_be_focused()
    until(one.page, "document.querySelector('[data-testid=badge_markdown]').scrollLeft === 0")  # its beginning is in view
    one.page.evaluate(NOTE_COPIED)
    dialog.get_by_role("button", name="Copy").nth(1).press("Enter")
    until(one.page, "window.copied")
    copied = one.page.evaluate("navigator.clipboard.readText()")
    assert copied == snippet(one, "badge_html")
    other = one.page.context.new_page()
    other.set_content(copied + snippet(one, "live_element"))
    until(other, "document.querySelector('img').naturalWidth > 0")
    expect(other.get_by_role("link")).to_have_attribute("href", link)
    expect(other.get_by_role("img")).to_have_attribute("alt", NAME)
    until(other, "document.querySelector('click-counter').shadowRoot.querySelector('span').textContent === '0'")


def test_an_owner_lists_the_sites_with_a_button(back_end: BackEnd, tab: Open):
    one = makes_the_door(tab, viewport={"width": 390, "height": 844})
    dialog = one.open_dialog("elsewhere")
    expect(dialog).to_contain_text("No sites yet.")
    dialog.get_by_test_id("edit-sites").press("Enter")
    field = one.element("dialog-sites").locator("[name=sites]")
    expect(field).to_be_focused()
    field.fill("example.org")
    one.element("submit").click()
    one.element("dialog-sites").locator("[data-code=sites]").wait_for()
    field.fill("https://www.example.org/\nhttp://localhost:8080")
    one.element("submit").click()
    expect(dialog.get_by_role("listitem")).to_have_text(["http://localhost:8080", "https://www.example.org"])
    one.page.keyboard.press("Escape")
    dialog = one.open_dialog("elsewhere")
    expect(dialog.get_by_role("listitem")).to_have_count(2)
    dialog.get_by_test_id("edit-sites").click()
    one.element("dialog-sites").locator("[name=sites]").fill("")
    one.element("submit").click()
    expect(dialog).to_contain_text("No sites yet.")
    assert back_end.query("SELECT origin FROM site") == []


def test_a_private_counter_says_why_it_offers_nothing(back_end: BackEnd, tab: Open):
    one = makes_the_door(tab)
    back_end.query("UPDATE counter SET visibility = 'members', revision = revision + 1 WHERE slug = 'door-a-b-1'")
    one.page.reload()
    one.is_state("connected")
    dialog = one.open_dialog("elsewhere")
    expect(dialog).to_contain_text("Only members can see this counter")
    expect(dialog.locator("input")).to_have_count(0)
    expect(dialog.get_by_test_id("edit-sites")).to_have_count(0)
