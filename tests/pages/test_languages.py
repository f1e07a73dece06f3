"""A language with a file of its own: on every page, from the first paint on, by keyboard, offline; and the formats."""

import re
from datetime import datetime

from playwright.sync_api import Route, expect

from clickcounter.i18n.languages import read
from tests.browser import until
from tests.conftest import Open
from tests.server import BackEnd, wait_for

# Every English text that a person could have seen since the page began.
WATCH = """window.english = new Set();
const watch = () => {
  for (const one of document.querySelectorAll('body [lang=en]'))
    if (one.checkVisibility({ visibilityProperty: true })) english.add(one.textContent);
  requestAnimationFrame(watch);
};
requestAnimationFrame(watch)"""
READABLE = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  while (walker.nextNode())
    if (walker.currentNode.parentElement.checkVisibility({ visibilityProperty: true })) found.push(walker.currentNode.data);
  for (const one of document.querySelectorAll('[aria-label], [title], [placeholder]'))
    found.push(one.ariaLabel, one.title, one.placeholder);
  return found.filter(Boolean).concat(document.title.split(' · '));
}"""
# What a page says in German: each text that differs from its English one, without the places for values.
GERMAN = {m.id: m.string for m in read("de") if isinstance(m.id, str) and m.string not in ("", m.id)}
SHARED = {"Click Counter"} | set(GERMAN.values())  # the app's name, and words of both languages


def english_on(one) -> set[str]:
    """The English texts on a page, or of its open dialog."""
    return (set(one.page.evaluate(READABLE)) & set(GERMAN)) - SHARED


def test_a_german_browser_sees_german_from_the_first_paint_on(back_end: BackEnd, tab: Open):
    one = tab("/nothing/here", locale="de-AT", viewport={"width": 390, "height": 844})
    held: list[Route] = []
    one.page.route(re.compile(r"/assets/de-"), lambda route: held.append(route))  # the network is slow
    one.page.add_init_script(WATCH)
    one.page.goto(one.page.url.removesuffix("/nothing/here"))
    one.is_state("connected")
    assert not one.page.get_by_text("Press me!").is_visible()
    assert one.page.evaluate("document.documentElement.lang") == "de"
    wait_for(lambda: one.page.evaluate("true") and held, "its texts are asked for")
    held[0].continue_()
    expect(one.page.get_by_role("button", name="Klick mich!")).to_be_visible()
    expect(one.page.get_by_text("nur du bist hier").locator("visible=true").first).to_be_visible()
    one.press()
    one.element("menu").click()
    expect(one.page.get_by_text("Nach Zeitplan zurücksetzen")).to_be_visible()
    assert english_on(one) == set()
    one.page.keyboard.press("Escape")
    for dialog, german in {"goal": "Untergrenze", "buttons": "Tasten und Geräte", "schedule": "Jeden Montag"}.items():
        opened = one.open_dialog(dialog)
        expect(opened.get_by_text(german, exact=True).first).to_be_attached()
        assert english_on(one) == set(), dialog
        one.page.keyboard.press("Escape")
    assert one.page.evaluate("[...english]") == []


def test_every_page_is_in_german(back_end: BackEnd, tab: Open):
    pages = {
        "/c/counter/history": "Wer geklickt hat",
        "/board?c=counter": "Tafel",
        "/account": "Zählen geht auch ohne.",
        "/counters": "Suchen oder anlegen",
        "/c/nowhere": "Diesen Zähler gibt es nicht.",
        "/nothing/here": "Seite nicht gefunden",
    }
    for path, german in pages.items():
        one = tab(path, locale="de-DE")
        expect(one.page.get_by_text(german).locator("visible=true").first).to_be_visible()
        assert english_on(one) == set(), path
        one.page.close()


def test_a_language_is_chosen_by_keyboard_and_remembered(back_end: BackEnd, tab: Open):
    one = tab()
    one.is_state("connected")
    one.element("language").focus()
    one.page.keyboard.press("Enter")
    expect(one.element("language-en")).to_be_focused()
    for language in ("ru", "de", "es"):
        one.page.keyboard.press("ArrowDown")
        until(one.page, f"document.documentElement.lang === '{language}'")
        expect(one.element(f"language-{language}")).to_be_checked()
    expect(one.page.get_by_role("heading", name="Idioma y formatos")).to_be_visible()
    one.page.keyboard.press("Escape")
    expect(one.element("language")).to_be_focused()
    expect(one.page.get_by_role("button", name="¡Púlsame!")).to_be_visible()
    one.page.reload()
    assert one.page.evaluate("document.documentElement.lang") == "es"
    expect(one.page.get_by_role("button", name="¡Púlsame!")).to_be_visible()
    back_end.query("UPDATE counter SET value = 1234567, revision = revision + 1")
    expect(one.element("count").locator(".sr")).to_have_text("1.234.567")


def test_a_language_that_does_not_load_leaves_the_page_as_it_is(back_end: BackEnd, tab: Open):
    one = tab()
    one.is_state("connected")
    one.page.route(re.compile(r"/assets/de-"), lambda route: route.abort())
    one.element("language").click()
    one.element("language-de").click()
    expect(one.page.get_by_role("alert").get_by_text("This language could not be loaded.")).to_be_visible()
    expect(one.element("language-en")).to_be_checked()
    german = tab("/nothing/here", "german", locale="de-DE")
    german.page.route(re.compile(r"/assets/de-"), lambda route: route.abort())
    german.page.goto(one.page.url)
    expect(german.page.get_by_role("button", name="Press me!")).to_be_visible()
    one.page.unroute_all()
    one.element("language-de").click()
    expect(one.page.get_by_role("heading", name="Sprache und Formate")).to_be_visible()


def test_a_language_stays_without_a_connection(back_end: BackEnd, tab: Open):
    one = tab(locale="de-DE", service_workers="allow")
    one.is_state("connected")
    until(one.page, "caches.match('/shell').then((kept) => !!kept)")
    one.page.reload()  # the second visit loads the rest
    kept = (
        "caches.open('clickcounter-1').then((all) => all.keys()).then((all) => all.some(({ url }) => /de_rest/.test(url)))"
    )
    until(one.page, kept)
    one.page.context.set_offline(True)
    one.page.reload()
    expect(one.page.get_by_text("Neu verbinden…").locator("visible=true")).to_be_visible()
    one.element("menu").click()
    expect(one.page.get_by_text("Großanzeige")).to_be_visible()
    assert english_on(one) == set()
    one.page.context.set_offline(False)


def test_weeks_and_times_are_as_the_region_or_the_device_has_them(back_end: BackEnd, tab: Open):
    counter = tab("/", "american")
    counter.press()
    counter.all_saved()
    history = tab("/c/counter/history", "american")
    history.element("span-week").click()
    history.has("history", span="week")
    history.page.get_by_text("Show as a table").click()
    row, time = history.element("chart").locator("tbody tr").first, history.element("journal").locator("tbody td").first

    def starts_on(weekday: int) -> bool:
        start = int(row.get_attribute("data-start")) / 1000
        return datetime.fromtimestamp(start).astimezone().isoweekday() == weekday

    wait_for(lambda: starts_on(7), "weeks start on Sunday")
    expect(time).to_have_text(re.compile("[AP]M$"))
    history.element("language").click()
    history.element("format-clock").select_option("24")
    history.element("format-week").select_option("1")
    history.page.keyboard.press("Escape")
    expect(time).to_have_text(re.compile(r"\d\d:\d\d:\d\d$"))
    wait_for(lambda: starts_on(1), "weeks start on Monday")


def test_an_open_dialog_outlasts_a_change_of_the_first_day_of_the_week(back_end: BackEnd, tab: Open):
    counter, other = tab("/c/counter"), tab("/c/counter", "two")
    counter.press()
    counter.all_saved()
    back_end.query("UPDATE counter SET owner_device = (SELECT MIN(device_id) FROM click)")
    history = tab("/c/counter/history")
    history.element("leaders").locator("li").first.get_by_role("button").click()
    history.element("take-back").click()
    history.has("counted", presses=1)
    history.page.evaluate("document.documentElement.lang = 'ru'")  # it starts on Monday, in the United States on Sunday
    other.press()
    expect(history.element("rounds").locator("data").first).to_have_attribute("value", "2")
    until(history.page, "document.querySelector('[data-testid=history]').ariaBusy === 'false'")
    expect(history.element("dialog-take-back")).to_be_visible()
