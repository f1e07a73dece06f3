"""<click-counter> on a page of another origin, in Chromium: the number is live, and the button where the owner allows it."""

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from clickcounter.ledger import counters
from clickcounter.ledger.ledger import Ledger
from clickcounter.ledger.rounds import new_round_id
from clickcounter.services.elsewhere.sites import read_sites
from tests.browser import until
from tests.server import ROOT, BackEnd
from tests.writing import order

SCRIPT = ROOT / "assets" / "click-counter.js"
SHOWN = """() => [...document.querySelectorAll('click-counter')].map((one) => ({
    value: one.shadowRoot.querySelector('[part=value]').textContent,
    button: one.shadowRoot.querySelector('[part=button]').hidden ? null
        : one.shadowRoot.querySelector('[part=button]').textContent,
    state: one.dataset.state,
}))"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def other_site(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """Another origin, and the folder that it serves."""
    (tmp_path / "click-counter.js").write_text(SCRIPT.read_text())
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://other.localhost:{server.server_port}", tmp_path  # Chromium takes it for another site on this machine
    server.shutdown()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page(locale="en-US")
    yield opened
    opened.close()


@pytest.fixture
def ledger(back_end_for_all: BackEnd) -> Iterator[Ledger]:
    opened = Ledger(back_end_for_all.db_url)
    yield opened
    opened.close()


def new_counter(ledger: Ledger) -> str:
    return ledger.transact(lambda connection: counters.create(connection, {"name": "Door"}, new_round_id(), None))


def show(page: Page, site: tuple[str, Path], *elements: str) -> None:
    origin, folder = site
    (folder / "index.html").write_text(
        f"<!doctype html><html lang=en><meta charset=utf-8><script src=click-counter.js></script>{''.join(elements)}"
    )
    page.goto(origin)


def values(page: Page, *expected: str) -> None:
    until(
        page,
        f"(expected) => JSON.stringify(({SHOWN})().map((one) => one.value)) === JSON.stringify(expected)",
        [*expected],
    )


def test_the_script_stays_small():
    assert len(SCRIPT.read_bytes()) <= 4096


def test_the_number_is_live_on_another_origin(
    back_end_for_all: BackEnd, ledger: Ledger, other_site: tuple[str, Path], page: Page
):
    slug = new_counter(ledger)
    element = f'<click-counter src="{back_end_for_all.url}/c/{slug}" button="Press"></click-counter>'
    show(page, other_site, element, element)
    values(page, "0", "0")
    ledger.write([order(counter=slug)])
    values(page, "1", "1")
    until(page, f"() => ({SHOWN})().every((one) => one.state === 'live')")
    assert [one["button"] for one in page.evaluate(SHOWN)] == [None, None], "the owner has listed no site"
    page.evaluate("document.querySelector('click-counter').remove()")
    ledger.write([order(counter=slug)])
    values(page, "2")


def test_a_deleted_counter_leaves_a_page_without_errors(
    back_end_for_all: BackEnd, ledger: Ledger, other_site: tuple[str, Path], page: Page
):
    slug, errors = new_counter(ledger), []
    page.on("pageerror", lambda error: errors.append(error))
    show(page, other_site, f'<click-counter src="{back_end_for_all.url}/c/{slug}"></click-counter>')
    values(page, "0")
    ledger.transact(lambda connection: counters.delete(connection, slug, "Door", None))
    until(page, f"() => ({SHOWN})()[0].state === 'connecting'")
    assert errors == []


def test_the_button_is_shown_on_listed_sites_alone(
    back_end_for_all: BackEnd, ledger: Ledger, other_site: tuple[str, Path], page: Page
):
    slug = new_counter(ledger)
    list_site(page, back_end_for_all, slug, other_site[0])
    show(page, other_site, f'<click-counter src="{back_end_for_all.url}/c/{slug}" button="Press me!"></click-counter>')
    until(page, f"() => ({SHOWN})()[0].button === 'Press me!'")
    for _ in range(3):
        page.evaluate("document.querySelector('click-counter').shadowRoot.querySelector('button').click()")
    values(page, "3")
    until(page, "() => document.querySelector('click-counter').live.keys.length === 0")
    assert back_end_for_all.query(f"SELECT value FROM counter WHERE slug = '{slug}'") == [(3,)]


def list_site(page: Page, server: BackEnd, slug: str, site: str) -> None:
    answer = page.request.post(f"{server.url}/sites/set", data={"counter": slug, "sites": [site, "https://EXAMPLE.org/"]})
    assert answer.json()["sites"] == [site, "https://example.org"]
    assert page.request.post(f"{server.url}/sites/list", data={"counter": slug}).json()["sites"] == [
        site,
        "https://example.org",
    ]


@pytest.mark.parametrize("wrong", ["a.org", "https://a.org/page", "https://*.a.org", "null", "javascript:x", 7])
def test_what_is_no_origin_is_refused(back_end_for_all: BackEnd, ledger: Ledger, page: Page, wrong: object):
    slug = new_counter(ledger)
    list_site(page, back_end_for_all, slug, "https://a.example")
    answer = page.request.post(f"{back_end_for_all.url}/sites/set", data={"counter": slug, "sites": [wrong]})
    assert answer.status >= 400
    assert answer.json()["error"] == "sites"
    assert len(page.request.post(f"{back_end_for_all.url}/sites/list", data={"counter": slug}).json()["sites"]) == 2


def test_usual_ports_are_left_out_as_browsers_do():
    sites = ["https://a.example:443", "http://b.example:80", "http://c.example:8080", "https://a.example"]
    assert read_sites(sites) == ["http://b.example", "http://c.example:8080", "https://a.example"]
