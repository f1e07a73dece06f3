"""An instance below a path, whether a proxy takes the path off or leaves it on."""

from typing import Any

import pytest

from clickcounter.access import cookies
from clickcounter.errors import SettingInvalid
from clickcounter.settings import OWN_ADDRESSES, base_path
from clickcounter.web.base_path import below, here
from clickcounter.web.redirects import with_relative_redirects


@pytest.mark.parametrize(
    ("given", "path"), [("", ""), ("/", ""), ("/counter/", "/counter"), ("counter", "/counter"), ("/a/b-c_1", "/a/b-c_1")]
)
def test_the_setting_may_have_slashes_at_its_ends(given: str, path: str):
    assert base_path({"CLICKCOUNTER_PATH": given}) == path


@pytest.mark.parametrize(
    "given", ["/a b/", "//a//b", "/ä", "/a/../b", "/_a", "/x?y", "/" + "a" * 100, "/c/", "api", "/admin/x"]
)
def test_a_path_that_cannot_be_is_refused(given: str):
    with pytest.raises(SettingInvalid, match="CLICKCOUNTER_PATH"):
        base_path({"CLICKCOUNTER_PATH": given})


def test_no_path_is_the_beginning_of_an_address_of_the_app():
    """Otherwise nobody could tell whether a proxy took it off."""
    from clickcounter.admin import routes as admin
    from clickcounter.api import account, export, health, keys, report
    from clickcounter.api.compat import routes as compat
    from clickcounter.api.embed import events, press_address, previews, sites, values
    from clickcounter.api.imports import browser_routes

    routes: list[Any] = [
        *(
            route
            for api in (admin, health, events, values, previews, press_address, sites, export, keys)
            for route in api.routes()
        ),
        *browser_routes.routes(),
        *account.routes("open"),
        *report.routes([]),
        *(route for api in ("abacus", "countapi") for route in compat.routes(["site"], api)),
    ]
    assert {route.path.split("/")[1] for route in routes if route.path.strip("/")} <= OWN_ADDRESSES


async def ask(path: str, asked: str, answer: tuple[int, bytes] = (200, b"")) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What the app below this path sees of a request, and what is answered."""
    seen: dict[str, Any] = {}
    sent: list[dict[str, Any]] = []

    async def app(scope: Any, _receive: Any, send: Any) -> None:
        seen.update(scope)
        await send({"type": "http.response.start", "status": answer[0], "headers": [(b"location", answer[1])]})

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": asked,
        "raw_path": asked.encode(),
        "query_string": b"a=b",
        "headers": [],
    }
    await below(path, with_relative_redirects(app, path))(scope, None, send)  # type: ignore[arg-type]
    return seen, sent


@pytest.mark.parametrize(
    ("asked", "seen"), [("/counter/c/a", "/c/a"), ("/c/a", "/c/a"), ("/counter/", "/"), ("/counters", "/counters")]
)
async def test_the_app_sees_the_same_address_with_the_path_and_without(asked: str, seen: str):
    found, _ = await ask("/counter", asked)
    assert (found["path"], found["raw_path"]) == (seen, seen.encode())


async def test_without_a_slash_the_path_leads_to_the_first_page():
    seen, sent = await ask("/counter", "/counter")
    assert seen == {}
    assert (sent[0]["status"], dict(sent[0]["headers"])[b"location"]) == (307, b"/counter/?a=b")


@pytest.mark.parametrize(
    ("location", "sent"), [(b"/admin/", b"/counter/admin/"), (b"//other/", b"//other/"), (b"https://x/a", b"https://x/a")]
)
async def test_redirects_stay_below_the_path(location: bytes, sent: bytes):
    for status in (201, 307):
        _, answered = await ask("/counter", "/counter/x", (status, location))
        assert dict(answered[0]["headers"])[b"location"] == sent


def test_two_instances_of_one_host_have_cookies_of_their_own(monkeypatch: pytest.MonkeyPatch):
    at_root = cookies.set_cookie("A" * 43, secure=False)
    monkeypatch.setenv("CLICKCOUNTER_PATH", "/counter/")
    below_path = cookies.set_cookie("B" * 43, secure=True)
    assert at_root.startswith(f"clickcounter_session={'A' * 43};")
    assert "; Path=/;" in at_root
    assert below_path.startswith(f"clickcounter_session.counter={'B' * 43};")
    assert "; Path=/counter/;" in below_path
    both = f"clickcounter_session={'A' * 43}; clickcounter_session.counter={'B' * 43}"
    ours = cookies.session_hash({"headers": [(b"cookie", both.encode())]})
    assert ours == cookies.session_hash({"headers": [(b"cookie", both.partition("; ")[2].encode())]})
    assert here("/c/a") == "/counter/c/a"
