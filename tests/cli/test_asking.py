"""What a running Abacus or CountAPI counted is imported by its address."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from clickcounter.cli.asking import asked, read_value
from clickcounter.errors import NotDone
from tests.conftest import only_sqlite
from tests.sql import ask
from tests.terminal import terminal

Answers = dict[str, tuple[int, str]]


@pytest.fixture
def answers() -> Iterator[tuple[Answers, Callable[[str], str]]]:
    """What a server answers by path, and the address of a path."""
    known: Answers = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = known[self.path]
            self.send_response(status)
            self.send_header("Location", "/get/site/visits")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever).start()
    yield known, lambda path: f"http://127.0.0.1:{server.server_port}{path}"
    server.shutdown()
    server.server_close()


@only_sqlite
def test_a_counter_elsewhere_is_taken_over_and_followed(db_url: str, answers):
    known, address = answers
    url = address("/get/site/visits")
    known["/get/site/visits"] = 200, '{"value": 1700000000}'  # not taken for a time
    assert (
        "visits (new): 1 rows, +1,700,000,000" in terminal(db_url, "import", url, "--counter", "visits", "--dry-run").stdout
    )
    assert "1 clicks imported" in terminal(db_url, "import", url, "--counter", "visits").stdout
    known["/get/site/visits"] = 200, '{"value": 1700000008}'
    assert "1 clicks imported" in terminal(db_url, "import", url, "--counter", "visits").stdout
    assert ask(db_url, "SELECT slug, value FROM counter WHERE slug = 'visits'") == [("visits", 1_700_000_008)]
    assert ask(db_url, "SELECT kind, amount FROM click ORDER BY id") == [("correction", 1_700_000_000), ("correction", 8)]


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ((404, '{"error": "Key not found"}'), "answered 404"),
        ((302, ""), "answered 302"),
        ((200, "<html>"), "does not say"),
        ((200, '{"value": "7"}'), "does not say"),
        ((200, '{"value": true}'), "does not say"),
        ((200, '{"value": 9007199254740992}'), "does not say"),
        ((200, "[" * 9_000), "does not say"),
    ],
)
def test_any_other_answer_is_refused_with_a_sentence(answers, answer: tuple[int, str], problem: str):
    known, address = answers
    known["/get/a/b"], known["/get/site/visits"] = answer, (200, '{"value": 1}')
    with pytest.raises(NotDone, match=problem):
        read_value(address("/get/a/b"))


def test_a_counter_at_zero_has_nothing_to_import(answers):
    known, address = answers
    known["/get/a/b"] = 200, '{"value": 0}'
    with pytest.raises(NotDone, match="nothing to import"), asked(address("/get/a/b"), "a"):
        pass


def test_a_server_that_is_not_there_is_named():
    with pytest.raises(NotDone, match="does not say"):
        read_value("http://[::1/get/a/b")
    with (
        pytest.raises(NotDone, match=r"http://127\.0\.0\.1:9/get/a/b cannot be reached"),
        asked("http://127.0.0.1:9/get/a/b", "a"),
    ):
        pass
