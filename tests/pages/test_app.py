"""What makes the page an app: its manifest, sharing with it and from it, its next version, its parts."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from clickcounter.components import constants
from clickcounter.i18n.languages import LANGUAGES
from clickcounter.web import content_security_policy
from tests.browser import TabPage, until
from tests.conftest import Open
from tests.server import ROOT, BackEnd, Nginx

KEPT = "caches.match('/shell').then((kept) => !!kept)"
LOADS = "sessionStorage.loads = 1 + Number(sessionStorage.loads ?? 0)"
HIDE = """hidden => {
  Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}"""
VERSION = "window.__reactRouterManifest.url"
SOON = "Math.random = () => 0"  # nothing is put off by a random time


def next_version(site: Path, back_end: str) -> None:
    """The same front end, as a build gives it after a change: no file has the name that it had."""
    assets = site / "assets"
    names = {
        file.name: re.sub(r"-([\w-]{8})(?=\.\w+$)", lambda old: f"-{old[1][::-1]}", file.name) for file in assets.iterdir()
    }
    assert any(old != new for old, new in names.items())
    pattern = re.compile("|".join(re.escape(name) for name in sorted(names, key=len, reverse=True)))
    for file in (*site.rglob("*.html"), *assets.glob("*.js")):
        file.write_text(pattern.sub(lambda found: names[found[0]], file.read_text()))
    for old, new in names.items():
        (assets / old).rename(assets / new)
    content_security_policy.write(site, back_end)


def open_page(tab: Open, nginx: Nginx, path: str = "/c/counter") -> TabPage:
    """A page that this browser keeps, and that counts how often it is loaded."""
    one = tab("/nothing/here", service_workers="allow")
    one.page.add_init_script(f"{LOADS}; {SOON}")
    one.page.goto(nginx.origin + path)
    one.is_state("connected")
    until(one.page, KEPT)
    return one


@pytest.fixture
def old_page(back_end: BackEnd, tab: Open, nginx_of_this_test: Nginx) -> TabPage:
    """A page that is open while the next version replaces its files."""
    one = open_page(tab, nginx_of_this_test)
    next_version(nginx_of_this_test.site, back_end.url)
    return one


def reconnect(back_end: BackEnd, *pages: TabPage) -> None:
    """As after an upgrade, the server goes and comes back, and these pages notice."""
    back_end.kill()
    for each in pages:
        each.is_state("reconnecting")
    back_end.start()
    for each in pages:
        each.is_state("connected")


def loads(one: TabPage) -> int:
    return int(one.page.evaluate("sessionStorage.loads"))


def test_all_manifests_describe_the_same_app():
    constants.write()
    english, *others = (json.loads((ROOT / "assets" / "app" / f"{lang}.json").read_text()) for lang in LANGUAGES)
    words = {"name", "short_name", "description", "lang"}
    for one in (english, *others):
        assert all(len(shortcut.pop("name")) > 5 for shortcut in one["shortcuts"])
        assert words <= one.keys()
        for icon in one["icons"]:
            assert (ROOT / "assets" / icon["src"].lstrip("/")).exists()
        assert {key: value for key, value in one.items() if key not in words} == {
            key: value for key, value in english.items() if key not in words
        }
    assert len({one["description"] for one in (english, *others)}) == len(LANGUAGES)


def test_the_manifest_and_the_page_speak_one_language(back_end: BackEnd, tab: Open):
    one = tab(locale="ru-RU")
    one.is_state("connected")
    links = "[...document.querySelectorAll('link[rel=manifest]')].map((link) => new URL(link.href).pathname).join()"
    until(one.page, f"{links} === '/app/ru.json'")
    one.element("language").click()
    one.element("language-de").click()
    until(one.page, f"{links} === '/app/de.json'")
    one.page.reload()
    one.is_state("connected")
    until(one.page, f"{links} === '/app/de.json'")


def test_the_menu_passes_on_the_browsers_offer_to_install(back_end: BackEnd, tab: Open):
    one = tab()
    one.is_state("connected")
    one.element("menu").click()
    expect(one.element("menu-who")).to_be_visible()
    expect(one.element("menu-install")).to_be_hidden()
    one.page.keyboard.press("Escape")
    offer = "Object.assign(new Event('beforeinstallprompt'), { prompt: () => window.asked = true })"
    one.page.evaluate(f"dispatchEvent({offer})")
    one.element("menu").click()
    one.element("menu-install").click()
    until(one.page, "window.asked")
    one.element("menu").click()
    expect(one.element("menu-who")).to_be_visible()
    expect(one.element("menu-install")).to_be_hidden()


def test_the_link_goes_to_another_app_of_the_device(back_end: BackEnd, tab: Open):
    one = tab("/nothing/here")
    one.page.add_init_script("navigator.share = async (what) => { window.sent = what }")
    one.page.goto(one.page.url.replace("/nothing/here", "/"))
    one.is_state("connected")
    one.fill_in("describe", name="Coffee")
    one.element("share").click()
    one.element("send-link").click()
    until(one.page, "window.sent")
    assert one.page.evaluate("sent") == {"title": "Coffee", "url": one.element("link").input_value()}


def test_shared_words_search_the_list(back_end: BackEnd, tab: Open):
    one = tab(service_workers="allow")
    one.is_state("connected")
    until(one.page, KEPT)
    one.page.goto(one.page.url + "?shared_title=Coffee%20%26%20tea")
    one.page.wait_for_url(re.compile("/counters/?$"))
    one.is_state("connected")
    expect(one.element("search")).to_have_value("Coffee & tea")
    expect(one.page.locator("main")).to_contain_text("Coffee & tea")


def test_pages_never_opened_before_open_offline(back_end: BackEnd, tab: Open, nginx_of_this_test: Nginx):
    one = open_page(tab, nginx_of_this_test, "/")
    back_end.kill()
    nginx_of_this_test.stop()
    for path, shown in (("/c/never", "count"), ("/counters", "status"), ("/c/counter/history", "status")):
        before = loads(one)
        one.page.goto(nginx_of_this_test.origin + path)
        one.element(shown).first.wait_for(state="attached")
        one.page.wait_for_load_state("networkidle")
        assert loads(one) == before + 1, "it reloads itself again and again"


def test_every_page_says_a_new_version_and_takes_it_on_request(back_end: BackEnd, tab: Open, nginx_of_this_test: Nginx):
    one = open_page(tab, nginx_of_this_test)
    others = [open_page(tab, nginx_of_this_test, path) for path in ("/board?c=counter", "/counters", "/c/counter/history")]
    old = one.page.evaluate(VERSION)
    next_version(nginx_of_this_test.site, back_end.url)
    reconnect(back_end, one, *others)
    for each in (one, *others):
        each.page.get_by_text("A new version is ready.").wait_for()
        assert each.page.evaluate(VERSION) == old
    others[-1].page.evaluate(HIDE, True)  # a history does not take it by itself, which would lose what somebody chose to see
    others[-1].page.evaluate(HIDE, False)
    one.press(2)
    for each in (one, *others):
        each.element("reload").click()
        until(each.page, f"{VERSION} !== {old!r}")
        each.is_state("connected")
        expect(each.element("new-version")).to_be_hidden()
    one.all_saved()
    one.sees(2)


def test_a_new_version_is_taken_while_nobody_looks(back_end: BackEnd, tab: Open, nginx_of_this_test: Nginx):
    one, display = open_page(tab, nginx_of_this_test), open_page(tab, nginx_of_this_test, "/c/counter/display")
    old = one.page.evaluate(VERSION)
    dialog = one.open_dialog("amount")
    next_version(nginx_of_this_test.site, back_end.url)
    reconnect(back_end, one, display)
    one.element("new-version").wait_for()
    one.page.evaluate(HIDE, True)
    one.page.evaluate(HIDE, False)
    dialog.locator("[name=amount]").fill("7")  # what somebody types is not lost
    one.element("submit").click()
    one.sees(7)
    one.all_saved()
    assert one.page.evaluate(VERSION) == old
    for each in (one, display):
        each.page.evaluate(HIDE, True)
        until(each.page, f"{VERSION} !== {old!r}")
        each.is_state("connected")
        each.sees(7)


def test_links_of_an_old_page_lead_somewhere(back_end: BackEnd, old_page: TabPage):
    """The file of the list's page is gone from the server."""
    before = loads(old_page)
    old_page.press(2)
    old_page.element("back").click()
    old_page.page.wait_for_url("**/counters**")
    old_page.is_state("connected")
    assert loads(old_page) == before
    old_page.page.goto(old_page.page.url.replace("/counters", "/c/counter"))
    old_page.is_state("connected")
    old_page.all_saved()
    old_page.sees(2)


def test_a_dialog_that_is_gone_says_so_and_loses_nothing(back_end: BackEnd, old_page: TabPage):
    old_page.press(2)
    old_page.element("menu").click()
    old_page.element("menu-who").click()
    old_page.page.get_by_text("This part did not load. Reload the page: no press is lost.").wait_for()
    old_page.page.keyboard.press("Escape")
    old_page.press()
    old_page.sees(3)
    old_page.element("menu").click()
    old_page.element("menu-who").click()
    old_page.element("reload").click()
    old_page.is_state("connected")
    old_page.open_dialog("who")
    old_page.all_saved()
    old_page.sees(3)
