"""How fast a page gets its number: the socket opens at once, and a second visit uses the cache."""

import pytest

from tests.browser import ALL_FILES_CACHED, Profile, until
from tests.conftest import Open
from tests.server import BackEnd

# Records document.readyState for each socket; "loading" means before the page's scripts run.
RECORD_SOCKETS = """
window.sockets = [];
WebSocket = class extends WebSocket {
  constructor(url, protocols) {
    super(url, protocols);
    window.sockets.push(document.readyState);
  }
};
"""
FILES = "performance.getEntriesByType('resource').filter(({ name }) => /\\/(assets|fonts)\\//.test(name))"
FILE_SOURCES = (
    f"() => [...new Set({FILES}.map((file) => [file.deliveryType, file.workerFinalSourceType, file.transferSize].join()))]"
)


@pytest.mark.parametrize("path", ["/", "/c/counter/display", "/counters"])
def test_the_page_head_opens_the_only_socket(back_end: BackEnd, tab: Open, path: str):
    one = tab("/nothing/here")
    one.page.add_init_script(RECORD_SOCKETS)
    opened: list[str] = []
    one.page.on("websocket", lambda socket: opened.append(socket.url))
    one.page.goto(one.page.url.replace("/nothing/here", path))
    one.page.wait_for_selector("[data-state=connected]", state="attached")
    assert one.page.evaluate("sockets") == ["loading"]
    assert len(opened) == 1


def test_an_early_socket_that_closed_is_replaced(back_end: BackEnd, tab: Open):
    one = tab("/nothing/here")
    one.page.add_init_script(
        RECORD_SOCKETS.replace("super(url, protocols);", "super(url, protocols); if (!sockets.length) this.close();")
    )
    one.page.goto(one.page.url.replace("/nothing/here", "/"))
    one.is_state("connected")
    assert len(one.page.evaluate("sockets")) == 2


def test_a_second_visit_loads_every_file_from_cache(back_end: BackEnd, profile: Profile):
    one = profile.open()
    one.is_state("connected")
    one.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    until(one.page, ALL_FILES_CACHED)
    one.page.reload()
    one.is_state("connected")
    assert one.page.evaluate(FILE_SOURCES) == ["cache-storage,cache,0"]
    one.never_stepped_back()
