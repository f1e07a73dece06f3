"""One built front end at any address: at a root, below a path, over IPv6, behind proxies, over https, behind a password."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, Request, expect

from clickcounter.access import accounts, passwords
from clickcounter.domain.clicks import now_ms
from clickcounter.ledger.ledger import Ledger
from tests import front_doors
from tests.browser import CHROMIUM_ARGUMENTS, PROFILE_OPTIONS, TabPage, chromium_path, until
from tests.one_port import OnePort
from tests.pages.accounts import PASSWORD, register, sign_in
from tests.pages.test_admin_page import submit
from tests.server import ROOT, free_port, has_ipv6, listens

USUAL_HTTPS = 8443  # taken, perhaps, by another run on this machine
SHELL_KEPT = "path => caches.match(path + 'shell').then((kept) => !!kept)"
PERSON = {"http_credentials": {"username": front_doors.PERSON, "password": front_doors.PASSWORD}}


@dataclass(frozen=True, slots=True)
class Address:
    """Where a person opens the app: the name of a port in `ports`, and the rest of the address."""

    port: str
    path: str = "/"
    scheme: str = "http"
    host: str = "localhost"
    options: tuple[tuple[str, Any], ...] = ()

    def url(self, ports: dict[str, int]) -> str:
        """With a slash at its end."""
        return f"{self.scheme}://{self.host}:{ports[self.port]}{self.path}"


ADDRESSES = {
    "root": Address("root"),
    "path": Address("below", "/counter/"),
    "ipv6": Address("root", host="[::1]"),
    "nginx": Address("nginx", "/counter/"),
    "caddy": Address("caddy", "/counter/"),  # takes the path off
    "haproxy": Address("haproxy", "/counter/"),
    "https": Address("https", scheme="https"),
    "password": Address("password", "/counter/", options=tuple(PERSON.items())),
}


@pytest.fixture(scope="module")
def ports(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, int]]:
    """One instance at a root, one below a path, and proxies in front of both."""
    folder = tmp_path_factory.mktemp("addresses")
    found = {name: free_port() for name in ("root", "below", "nginx", "password", "caddy", "haproxy")}
    found["https"] = free_port() if listens(USUAL_HTTPS) else USUAL_HTTPS
    for name in ("web", "root", "below"):
        (folder / name).mkdir()
    shutil.copytree(built, folder / "web" / "build" / "client")
    shutil.copytree(ROOT / ".web" / "backend", folder / "web" / "backend")
    servers = [
        OnePort(found["root"], folder / "web", folder / "root"),
        OnePort(
            found["below"], folder / "web", folder / "below", CLICKCOUNTER_PATH="/counter/", REFLEX_TRUSTED_PROXY_HOPS="1"
        ),
        front_doors.nginx(folder / "nginx", found["nginx"], found["below"], found["password"], found["root"]),
        front_doors.caddy(folder / "caddy", found["caddy"], found["below"], found["https"], found["root"]),
        front_doors.haproxy(folder / "haproxy", found["haproxy"], found["below"]),
    ]
    try:
        for server in servers:
            server.start()
        for server in servers:
            server.wait()
        make_superuser(f"sqlite:///{folder}/below/counter.db")
        yield found
    finally:
        for server in servers:
            server.stop()


def make_superuser(db_url: str) -> None:
    """Root, who can sign in."""
    ledger = Ledger(db_url)
    ledger.transact(lambda c: accounts.create(c, "Root", passwords.hashed_now(PASSWORD), now_ms(), superuser=True))
    ledger.close()


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A Chromium that trusts the certificate that Caddy signs itself; a service worker accepts no exception for a site."""
    arguments = [*CHROMIUM_ARGUMENTS, "--ignore-certificate-errors"]
    opened = playwright.chromium.launch(executable_path=chromium_path(), args=arguments)
    yield opened
    opened.close()


class Visit:
    """A person's visit to the app at one address."""

    def __init__(self, context: BrowserContext, url: str, name: str, folder: Path) -> None:
        self.context, self.url, self.name, self.folder = context, url, name, folder
        self.outside: list[str] = []  # what was asked for at other addresses
        context.on("request", self._asked)
        self.tab = TabPage(context.new_page(), url)
        self.page = self.tab.page
        self.tab.is_state("connected")
        self.value = self.tab.value() or 0

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.url, "data:", "blob:")):
            self.outside.append(request.url)

    def press(self) -> None:
        """Press, and see it saved."""
        self.tab.press()
        self.value += 1
        self.tab.sees(self.value)
        self.tab.all_saved()

    def press_offline(self) -> None:
        """Open a page that was never opened, and press there, without a connection."""
        path = re.sub(r"^\w+://[^/]+", "", self.url)
        until(self.page, SHELL_KEPT, path)
        self.context.set_offline(True)
        self.page.goto(f"{self.url}c/counter")
        self.tab.sees(self.value)
        self.tab.press()
        self.value += 1
        self.tab.sees(self.value)
        self.context.set_offline(False)
        self.tab.is_state("connected")
        self.tab.all_saved()

    def sign_in(self) -> None:
        """Register, from the counter's menu and back."""
        self.tab.element("menu").click()
        self.tab.element("menu-account").click()
        register(self.tab, f"Ann {self.name}")
        assert self.page.url == f"{self.url}c/counter"
        self.tab.element("menu").click()
        expect(self.tab.element("menu-account")).to_contain_text(f"Ann {self.name}")

    def import_file(self) -> None:
        """Count what a file holds."""
        self.page.goto(f"{self.url}counters")
        file = self.folder / "counters.csv"
        file.write_text(f"Tea {self.name},1764057600123,1764069912456\n")
        self.tab.element("file").set_input_files(file)
        self.tab.element("confirm").click()
        self.tab.has("import-result", stage="done", written=2)
        self.tab.element("open-counter").click()
        self.tab.has("count", counter=f"tea-{self.name}", value=2)
        assert self.page.url == f"{self.url}c/tea-{self.name}"

    def export(self) -> None:
        """Download it again."""
        self.tab.element("menu").click()
        self.tab.element("menu-history").click()
        with self.page.expect_download() as download:
            self.page.get_by_role("link", name="CSV").click()
        assert download.value.url.startswith(f"{self.url}export/")
        assert download.value.path().read_text().count("\n") == 3

    def show(self) -> None:
        """On a wall, with the QR code of its address."""
        self.page.goto(f"{self.url}c/counter/display")
        self.tab.has("count", value=self.value)
        self.tab.element("qr").locator("path").first.wait_for(state="attached")
        self.page.goto(self.url)
        self.tab.element("share").click()
        expect(self.tab.element("link")).to_have_value(f"{self.url}c/counter")
        self.tab.close_dialog("share")

    def ask_as_program(self) -> None:
        """Press by the API, follow the number and its badge."""
        answer = self.context.request.post(f"{self.url}api/v1/counters/counter/presses", data={"amount": 3})
        assert (answer.status, answer.json()["value"]) == (200, self.value + 3)
        self.value += 3
        self.tab.sees(self.value)
        badge = self.context.request.get(f"{self.url}c/counter/badge.svg")
        assert (badge.status, badge.headers["content-type"]) == (200, "image/svg+xml")
        assert str(self.value) in badge.text()
        problem = self.context.request.get(f"{self.url}api/v1/counters/nowhere").json()
        assert self.context.request.get(self.url[: -len(self.path)] + problem["type"]).status == 200

    @property
    def path(self) -> str:
        """The path of the address."""
        return re.sub(r"^\w+://[^/]+", "", self.url)


@pytest.mark.parametrize("name", ADDRESSES)
def test_the_app_works_at_every_address(name: str, ports: dict[str, int], browser: Browser, tmp_path: Path):
    address = ADDRESSES[name]
    if name == "ipv6" and not has_ipv6():
        pytest.skip("this machine has no IPv6")
    context = browser.new_context(**PROFILE_OPTIONS | {"ignore_https_errors": True} | dict(address.options))
    visit = Visit(context, address.url(ports), name, tmp_path)
    visit.press()
    visit.press_offline()
    visit.sign_in()
    visit.import_file()
    visit.export()
    visit.show()
    visit.ask_as_program()
    assert visit.outside == []
    assert visit.tab.errors == []
    visit.tab.never_stepped_back()
    context.close()


def test_two_instances_on_one_origin_know_nothing_of_each_other(ports: dict[str, int], browser: Browser):
    context = browser.new_context(**PROFILE_OPTIONS)
    origin = f"http://localhost:{ports['nginx']}"
    pages = {path: TabPage(context.new_page(), f"{origin}{path}") for path in ("/", "/counter/")}
    for path, tab in pages.items():
        tab.is_state("connected")
        until(tab.page, SHELL_KEPT, path)
        tab.element("menu").click()
        tab.element("menu-account").click()
        register(tab, f"Bob at {path}")
    context.set_offline(True)
    values = {path: tab.value() or 0 for path, tab in pages.items()}
    for tab, times in zip(pages.values(), (2, 3), strict=True):
        tab.press(times)
        tab.keeps(times)
    for path, tab in pages.items():
        tab.page.goto(f"{origin}{path}counters")  # by its own service worker
        tab.page.goto(f"{origin}{path}c/counter")
    context.set_offline(False)
    for (path, tab), times in zip(pages.items(), (2, 3), strict=True):
        tab.is_state("connected")
        tab.all_saved()
        tab.sees(values[path] + times)
        assert tab.page.evaluate("navigator.serviceWorker.controller.scriptURL") == f"{origin}{path}sw.js"
        tab.element("menu").click()
        expect(tab.element("menu-account")).to_contain_text(f"Bob at {path}")
        assert tab.errors == []
    assert sorted((cookie["name"], cookie["path"]) for cookie in context.cookies()) == [
        ("clickcounter_session", "/"),
        ("clickcounter_session.counter", "/counter/"),
    ]
    context.close()


def test_a_superuser_invites_and_corrects_below_a_path(ports: dict[str, int], browser: Browser, tmp_path: Path):
    name = "caddy"  # which takes the path off
    context, guests = browser.new_context(**PROFILE_OPTIONS), browser.new_context(**PROFILE_OPTIONS)
    visit = Visit(context, ADDRESSES[name].url(ports), name, tmp_path)
    sign_in(visit.tab, "Root")
    page = context.new_page()
    page.goto(f"{visit.url}admin/invitations")
    page.locator("summary").first.click()
    page.get_by_test_id("invite").locator("button").click()
    link = page.get_by_test_id("link").input_value()
    assert link.startswith(f"{visit.url}account")
    guest = TabPage(guests.new_page(), link)
    register(guest, f"Guest of {name}")
    assert guest.page.url.startswith(visit.url)
    page.goto(f"{visit.url}admin/")
    page.get_by_role("link", name="counter", exact=True).click()
    submit(page, "correct", value=str(visit.value + 1000), reason="counted again")
    visit.tab.sees(visit.value + 1000)
    assert page.url.startswith(f"{visit.url}admin/")
    assert visit.outside == []
    for each in (context, guests):
        each.close()
