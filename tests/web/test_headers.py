"""Security headers from the app itself and from nginx, and pages that keep to their policies."""

import http.client
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import Message
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from clickcounter.web import content_security_policy
from tests.conftest import allowing
from tests.server import BackEnd, Process, has_ipv6

PAGES = [
    "/",
    "/counters",
    "/account",
    "/c/counter",
    "/c/counter/history",
    "/c/counter/display?transparent=1",
    "/nothing/here",
]
FOR_ALL = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"}
FORBIDDEN = """window.forbidden = [];
addEventListener("securitypolicyviolation", (e) => forbidden.push(`${e.violatedDirective} ${e.blockedURI} ${e.sample}`));"""
# What somebody might manage to put into a page: none of it may run.
ATTACK = """() => {
  const script = document.createElement("script");
  script.textContent = "window.evil = 1";
  document.body.append(script);
  document.body.insertAdjacentHTML("beforeend", "<img src=x onerror='window.evil = 2'>");
  const both = () => ["script-src-elem", "script-src-attr"].every((one) => forbidden.some((what) => what.startsWith(one)));
  return new Promise((told) => {
    const look = () => (both() ? told(window.evil ?? 0) : setTimeout(look, 20));
    look();
  });
}"""


# What `reflex run --single-port` does once it has built the pages.
SERVE = """
from reflex import constants
from reflex.config import get_config
from reflex.environment import environment
from reflex.utils import exec
environment.REFLEX_SKIP_COMPILE.set(True)  # else it would write into .web, where another test may be building
constants.Dirs.STATIC = {pages!r}
get_config()
exec.run_backend_prod("0.0.0.0", {port}, mount_frontend_compiled_app=True)
"""


class Whole(BackEnd):
    """Pages and back end on one port, as `make run` has them."""

    def __init__(self, port: int, folder: Path, pages: Path, **environ: str) -> None:
        built = {"REFLEX_ENV_MODE": "prod", "REFLEX_API_URL": f"http://localhost:{port}"}
        super().__init__(port, folder, **built, **environ)
        self.command = [sys.executable, "-c", SERVE.format(port=port, pages=str(pages))]

    def launch(self) -> None:
        Process.launch(self)


@pytest.fixture(scope="module")
def whole(ports: tuple[int, int], site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackEnd]:
    server = Whole(ports[0], tmp_path_factory.mktemp("whole"), site, **allowing(ports[1]))
    server.start()
    yield server
    server.kill()


def headers_of(url: str, **headers: str) -> Message:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
            return answer.headers
    except urllib.error.HTTPError as error:
        return error.headers


@pytest.mark.parametrize("path", PAGES)
def test_every_page_sends_its_security_headers(whole: BackEnd, path: str):
    headers = headers_of(whole.url + path)
    policies = headers.get_all("Content-Security-Policy")
    assert policies is not None
    assert len(policies) == 1
    assert f"connect-src 'self' http://localhost:{whole.port} ws://localhost:{whole.port} " in policies[0]
    assert ("frame-ancestors 'none'" in policies[0]) == ("/display" not in path)
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert {name: headers[name] for name in FOR_ALL} == FOR_ALL
    assert "Strict-Transport-Security" not in headers


@pytest.mark.parametrize(
    "path", ["/healthz", "/ping", "/export/counter.csv", "/export/nothing.csv", "/favicon.svg", "/sw.js"]
)
def test_everything_else_sends_security_headers_too(whole: BackEnd, path: str):
    headers = headers_of(whole.url + path)
    assert {name: headers[name] for name in FOR_ALL} == FOR_ALL
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert headers.get_all("X-Content-Type-Options") == ["nosniff"]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_carries_a_policy_without_exceptions(whole: BackEnd, path: str):
    try:
        with urllib.request.urlopen(whole.url + path) as answer:
            page = answer.read().decode()
    except urllib.error.HTTPError as error:
        page = error.read().decode()
    [policy] = content_security_policy.META.findall(page)
    assert "default-src 'none'" in policy
    assert "'unsafe-inline'" not in policy
    assert "'unsafe-eval'" not in policy


def test_parts_of_pages_carry_no_header_that_means_nothing_there(whole: BackEnd, site: Path):
    part = next((site / "assets").glob("*.js")).name
    headers = headers_of(f"{whole.url}/assets/{part}")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Content-Security-Policy" not in headers


@pytest.mark.parametrize("path", ["/admin/", "/admin/ledger", "/admin/nothing"])
def test_admin_pages_have_the_strictest_policy(whole: BackEnd, path: str):
    headers = headers_of(whole.url + path)
    [policy] = headers.get_all("Content-Security-Policy")
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; ")
    assert policy.endswith("; form-action 'self'; frame-ancestors 'none'")
    assert "unsafe" not in policy
    assert headers["Cache-Control"] == "no-store"
    assert {name: headers[name] for name in FOR_ALL} == FOR_ALL
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
def test_a_page_on_an_ipv6_address_connects(whole: BackEnd, browser: Browser):
    context = browser.new_context(locale="en-US")
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"http://[::1]:{whole.port}/")
    page.wait_for_selector("[data-state=connected]", state="attached")
    assert [text for text in said if "Content Security Policy" in text] == []
    context.close()


def test_a_304_changes_no_policy(whole: BackEnd):
    etag = headers_of(f"{whole.url}/")["ETag"]
    assert "Content-Security-Policy" not in headers_of(f"{whole.url}/", **{"If-None-Match": etag})


def test_without_the_setting_nobody_gets_hsts(whole: BackEnd, origin: str):
    for url in (f"{whole.url}/", f"{origin}/"):
        assert "Strict-Transport-Security" not in headers_of(url, **{"X-Forwarded-Proto": "https"})
        assert "Strict-Transport-Security" not in headers_of(url)


@pytest.mark.parametrize("path", ["/account", "/counters"])
def test_a_page_without_its_slash_stays_on_its_scheme_and_host(whole: BackEnd, path: str):
    at = http.client.HTTPConnection("localhost", whole.port)
    at.request("GET", f"{path}?a=b", headers={"Host": "counter.example.org", "X-Forwarded-Proto": "https"})
    answer = at.getresponse()
    assert (answer.status, answer.headers["Location"]) == (307, f"{path}/?a=b")
    at.close()


def test_an_allowed_front_end_reads_answers_with_cookies(whole: BackEnd, ports: tuple[int, int]):
    front = f"http://localhost:{ports[1]}"
    headers = headers_of(f"{whole.url}/healthz", Origin=front)
    assert (headers["Access-Control-Allow-Origin"], headers["Access-Control-Allow-Credentials"]) == (front, "true")
    before = urllib.request.Request(f"{whole.url}/account/me", method="OPTIONS")
    before.add_header("Origin", front)
    before.add_header("Access-Control-Request-Method", "POST")
    with urllib.request.urlopen(before) as answer:
        assert (answer.status, answer.headers["Access-Control-Allow-Headers"]) == (204, "content-type, x-click-counter")
        assert answer.headers["Vary"] == "Origin"


@pytest.mark.parametrize("path", PAGES)
def test_nginx_sends_the_same_headers(origin: str, path: str):
    headers = headers_of(origin + path)
    assert ("frame-ancestors 'none'" in headers["Content-Security-Policy"]) == ("/display" not in path)
    assert {name: headers[name] for name in FOR_ALL} == FOR_ALL
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


@pytest.mark.parametrize("served_by", ["the app", "nginx"])
def test_no_page_breaks_its_policy_and_injected_scripts_fail(whole: BackEnd, origin: str, browser: Browser, served_by: str):
    at = whole.url if served_by == "the app" else origin
    context = browser.new_context(locale="en-US")
    context.add_init_script(FORBIDDEN)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    for path in (*PAGES, *(["/admin/"] if served_by == "the app" else [])):  # nginx alone has no back end to ask
        page.goto(at + path)
        page.wait_for_load_state("networkidle")
        if path not in ("/account", "/admin/", "/nothing/here"):
            page.wait_for_selector("[data-state=connected]", state="attached")
        if path == "/":
            page.get_by_test_id("click").click()
            page.wait_for_selector("[data-testid=unsaved][data-value='0']", state="attached")
            page.get_by_test_id("share").click()
            page.wait_for_selector("[data-testid=qr] path", state="attached")
        assert page.evaluate("forbidden") == []
    assert [text for text in said if "Content Security Policy" in text or "Minified React" in text] == []
    page.goto(at + "/")  # once more, so that the browser asks whether it is new
    page.wait_for_selector("[data-state=connected]", state="attached")
    assert page.evaluate("forbidden") == []
    assert page.evaluate(ATTACK) == 0
    context.close()
