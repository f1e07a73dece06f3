"""A counter's webhooks in the browser: added, tested and removed by its owner."""

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from playwright.sync_api import expect
from standardwebhooks import Webhook

from tests.conftest import Open
from tests.server import BackEnd


class Receiver(BaseHTTPRequestHandler):
    """Remembers what it gets."""

    got: list[tuple[dict[str, str], bytes]] = []

    def do_POST(self) -> None:
        self.got.append((dict(self.headers.items()), self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[HTTPServer]:
    """On loopback, which the back end of this test may reach."""
    monkeypatch.setenv("CLICKCOUNTER_WEBHOOK_NETWORKS", "127.0.0.0/8")
    with HTTPServer(("127.0.0.1", 0), Receiver) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_owners_add_test_and_remove_a_webhook(receiver: HTTPServer, back_end: BackEnd, tab: Open):
    url = f"http://127.0.0.1:{receiver.server_port}/hook"
    one = tab("/counters", profile="phone", viewport={"width": 390, "height": 844})
    one.element("search").fill("Door")
    one.element("make-named").click()
    one.follow("Door", "door")
    dialog = one.open_dialog("webhooks")
    expect(dialog).to_contain_text("No webhooks yet.")
    dialog.get_by_test_id("add-webhook").click()
    form = one.element("dialog-new-webhook")
    expect(form.get_by_label("Address")).to_be_focused()
    form.get_by_label("Address").fill("http://door:secret@127.0.0.1/")
    one.element("submit").click()
    expect(one.element("sentence")).to_contain_text("Its port must be 80, 443, or 1024 or higher.")
    form.get_by_label("Address").fill(url)
    form.get_by_test_id("event-changed").check()
    one.page.keyboard.press("Enter")
    secret = dialog.get_by_test_id("webhook-secret").input_value()
    assert re.fullmatch(r"whsec_[\w+/]{43}=", secret)
    hook = dialog.locator("li")
    expect(hook).to_contain_text(url)
    expect(hook).to_contain_text("nothing sent yet")
    assert dialog.evaluate("dialog => dialog.scrollWidth <= dialog.clientWidth"), "nothing is cut off"
    hook.get_by_test_id("test-webhook").click()
    expect(hook).to_have_attribute("data-status", "204")
    expect(hook).to_contain_text("last answer: 204")
    headers, body = Receiver.got[-1]
    assert Webhook(secret).verify(body, headers)["type"] == "counter.test"
    one.close_dialog("webhooks")
    one.press(2)
    one.sees(2)

    dialog = one.open_dialog("webhooks")
    expect(dialog.get_by_test_id("webhook-secret")).to_have_count(0)
    expect(hook).to_contain_text("last answer: 204")
    hook.get_by_test_id("remove-webhook").click()
    expect(dialog).to_contain_text("No webhooks yet.")
    assert {json.loads(body)["data"]["value"] for _, body in Receiver.got} <= {0, 1, 2}
