"""press and watch in the terminal, at another instance that comes and goes."""

import json
import re
import subprocess
import threading
from collections.abc import Callable, Iterator

import pytest

from tests.cli.test_pressing import Watch, watch  # noqa: F401  the fixture
from tests.proxy import Proxy, in_background
from tests.server import BackEnd, free_port
from tests.terminal import terminal

ANSWER = b'"saved":true'
NOWHERE = "sqlite:////nowhere/counter.db"  # what these commands do not need


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackEnd]:
    server = BackEnd(free_port(), tmp_path_factory.mktemp("instance"))
    server.start()
    yield server
    server.kill()
    assert "Traceback" not in server.printed()


def there(server: BackEnd, *words: object, port: int = 0, **environ: str) -> subprocess.CompletedProcess[str]:
    return terminal(NOWHERE, *words, "--url", f"http://127.0.0.1:{port or server.port}", **environ)


def clicks(server: BackEnd) -> int:
    return int(server.query("SELECT count(*) FROM click")[0][0])


def test_a_press_whose_answers_are_lost_counts_once(instance: BackEnd):
    before = clicks(instance)
    with in_background(Proxy(instance.port, answer=ANSWER)) as proxy:
        proxy.drop_answers = 2
        done = there(instance, "press", "counter", 5, port=proxy.port)
        assert proxy.answers_dropped == 2
    assert (done.returncode, clicks(instance)) == (0, before + 1)
    assert int(done.stdout) == instance.query("SELECT value FROM counter WHERE slug = 'counter'")[0][0]
    assert done.stderr.count("trying again") == 2


def test_a_press_waits_for_a_server_that_starts(tmp_path_factory: pytest.TempPathFactory):
    server = BackEnd(free_port(), tmp_path_factory.mktemp("later"))
    told: list[subprocess.CompletedProcess[str]] = []
    pressing = threading.Thread(target=lambda: told.append(there(server, "press", "counter")))
    pressing.start()
    try:
        server.start()
        pressing.join(90)
        assert [(done.returncode, done.stdout) for done in told] == [(0, "1\n")]
    finally:
        server.kill()
        pressing.join(90)


def test_giving_up_says_how_to_count_it_once(instance: BackEnd):
    before = clicks(instance)
    with in_background(Proxy(instance.port, answer=ANSWER)) as proxy:
        proxy.drop_answers = 100
        done = there(instance, "press", "counter", "--patience", "0.1", port=proxy.port)
    assert (done.returncode, done.stdout) == (3, "")
    [key] = re.findall(r"--id (\w{32})\n", done.stderr)
    assert there(instance, "press", "counter", "--id", key).returncode == 0
    assert clicks(instance) == before + 1


def test_a_key_opens_what_is_for_members_only(instance: BackEnd, watch: Callable[..., Watch]):  # noqa: F811
    made = terminal(instance.db_url, "key", "make", "door", "--counter", "counter", "--scope", "press")
    [key] = re.findall(r"cc_p_\w{32}", made.stdout)
    assert there(instance, "press", "counter", CLICKCOUNTER_KEY=key).returncode == 0
    refused = there(instance, "press", "counter", "--key", key[:-1] + ("a" if key[-1] != "a" else "b"))
    assert (refused.returncode, refused.stderr[:21]) == (1, "This key is not valid")
    assert there(instance, "press", "nowhere").returncode == 1
    assert there(instance, "watch", "nowhere").returncode == 1


def test_watch_goes_on_when_its_server_was_away(instance: BackEnd, watch: Callable[..., Watch]):  # noqa: F811
    there(instance, "press", "counter")
    following = watch("counter", "--json", "--url", instance.url, REFLEX_DB_URL=NOWHERE)
    first = json.loads(following.line())
    there(instance, "press", "counter")
    second = json.loads(following.line())
    assert second["value"] == first["value"] + 1
    instance.kill()
    terminal(instance.db_url, "press", "counter")
    instance.start()
    assert json.loads(following.line())["value"] == second["value"] + 1
    assert following.end() == 0


def test_nothing_listens_is_said_without_a_traceback():
    done = terminal(NOWHERE, "press", "counter", "--patience", "0", "--url", f"http://127.0.0.1:{free_port()}")
    assert done.returncode == 3
    assert "cannot be reached" in done.stderr
    assert "Traceback" not in done.stderr
