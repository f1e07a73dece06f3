"""Shared fixtures: databases, running back ends, the built front end, browsers."""

import gc
import os
import shutil
import signal
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, expect

from clickcounter.ledger.ledger import Ledger
from clickcounter.settings import database_url
from clickcounter.web import content_security_policy
from tests.browser import CONTEXT_OPTIONS, Profile, SharedBrowser, TabPage
from tests.cluster import Cluster, Start
from tests.postgres import TEMPLATE, PostgreSQL
from tests.preloaded import offer
from tests.server import PATIENCE, BackEnd, Nginx, building, empty_database, export_front_end, free_port, nginx
from tests.shared import folder
from tests.sql import ask

Open = Callable[..., TabPage]

hypothesis.settings.register_profile("untimed", deadline=None)  # other tests share the processor
hypothesis.settings.load_profile("untimed")
expect.set_options(timeout=PATIENCE * 1000)
# Test files, slowest first: those that mostly wait, and those that keep a processor busy. Taken in turns, so that the
# processes of a run neither all wait nor all want the processor. Of the first four, one waits for the pages to be built.
WAITING = [
    *("test_open_tabs", "test_chaos", "test_siege", "test_import_slices", "test_offline", "test_schema", "test_outages"),
    *("test_worker_faults", "test_workers", "test_saving", "test_live_tabs", "test_copy", "test_clocks", "test_waking"),
    *("test_socket", "test_server", "test_storage", "test_live_counter_list", "test_rooms", "test_bytes", "test_webkit"),
    *("test_session_watcher", "test_ledger", "test_run", "test_boards", "test_failover", "test_forged"),
]
WORKING = [
    *("test_rights", "test_import_memory", "test_axe", "test_addresses", "test_counter_page", "test_counter_list_page"),
    *("test_history_page", "test_history", "test_accessibility", "test_board_page", "test_every_schema", "test_app"),
    *("test_counter_actions", "test_admin_page", "test_api_rights", "test_key_rights", "test_document", "test_crawlers"),
    *("test_admin", "test_counting_mode", "test_import_page", "test_past_entries_page", "test_package", "test_headers"),
    *("test_reflex_checks", "test_simulation", "test_table_imports"),
]
LONGEST = [name for names in zip(WAITING, WORKING, strict=True) for name in names]
signal.signal(signal.SIGINT, signal.default_int_handler)  # background jobs of a shell ignore it; our programs must not
SHARED_BROWSER = SharedBrowser()
only_sqlite = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
only_postgresql = pytest.mark.parametrize("db_url", ["postgresql"], indirect=True)


def pytest_configure(config: pytest.Config) -> None:
    """Offer what all processes of a run share before they begin."""
    if config.getoption("numprocesses", None):
        folder()
        offer()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, Any, Any]:
    """Collect no garbage while all tests are imported; what is there then stays, and later rounds need not look at it."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the longest files first, so that the processes of a run end at about the same time."""
    items.sort(key=lambda item: LONGEST.index(item.path.stem) if item.path.stem in LONGEST else len(LONGEST))


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgreSQL]:
    """A PostgreSQL for all tests that do not harm it, with a template database in the newest schema."""
    cluster = PostgreSQL()
    cluster.make()
    cluster.start()
    yield cluster
    cluster.remove()


@pytest.fixture(scope="session")
def sqlite_template() -> Path:
    """An empty SQLite database in the newest schema, to copy; tests/database/test_schema.py tests creating it."""
    return empty_database()


@pytest.fixture(params=["sqlite", "postgresql"])
def db_url(request: pytest.FixtureRequest, tmp_path: Path, sqlite_template: Path) -> str:
    """A new database with the newest schema and the default counter; the SQLite folder has an awkward name."""
    if request.param == "sqlite":
        (tmp_path / "C# и я").mkdir()
        url = f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'C# и я')}"
    else:
        url = request.getfixturevalue("postgresql_url")
    ledger = Ledger(url)
    ledger.create("counter")
    ledger.close()
    return url


@pytest.fixture
def postgresql_url(postgres: PostgreSQL) -> Iterator[str]:
    """A new PostgreSQL database with the newest schema."""
    url = postgres.create_database(TEMPLATE)
    yield database_url(url)
    postgres.drop_database(url)  # all of a run's together would take gigabytes


@pytest.fixture
def ledger(db_url: str) -> Iterator[Ledger]:
    opened = Ledger(db_url)
    yield opened
    opened.close()


@pytest.fixture
def query(db_url: str) -> Callable[[str], list[tuple]]:
    """Runs one statement on the database, bypassing the app."""
    return lambda statement: ask(db_url, statement)


@pytest.fixture
def start(tmp_path: Path, db_url: str) -> Iterator[Start]:
    """Starts a cluster on this test's database, with one worker for each environment given."""
    made: list[Cluster] = []

    def start(*environs: dict[str, str], **how: Any) -> Cluster:
        made.append(Cluster(tmp_path, db_url, environs or ({}, {}, {}), **how))
        made[-1].start()
        return made[-1]

    yield start
    for cluster in made:
        cluster.stop()
        for worker in cluster.workers:
            assert "Traceback" not in worker.printed()


@pytest.fixture(scope="session")
def ports() -> tuple[int, int]:
    """The ports of back end and front end in this session; the built front end contains the first."""
    return free_port(), free_port()


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The exported front end for a back end on port 1, built once for all pytest processes of a run."""
    shared = tmp_path_factory.getbasetemp()
    shared = shared.parent if "PYTEST_XDIST_WORKER" in os.environ else shared
    built = shared / "built"
    with building():
        if not built.exists():
            export_front_end("http://localhost:1", tmp_path_factory.mktemp("front-end")).rename(built)
    return built


@pytest.fixture(scope="session")
def site(built: Path, ports: tuple[int, int], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The exported front end for a back end on our port."""
    folder = tmp_path_factory.mktemp("front-end")
    site = Path(shutil.copytree(built, folder / "site"))
    for file in (*site.rglob("*.js"), *site.rglob("*.html")):
        file.write_text(file.read_text().replace("localhost:1/", f"localhost:{ports[0]}/"))
    content_security_policy.write(site, f"http://localhost:{ports[0]}")  # the page's inline script contains the address
    for compressed in (*site.rglob("*.gz"), *site.rglob("*.br")):
        compressed.unlink()  # it still contains the other port
    return site


@pytest.fixture(scope="session")
def origin(site: Path, ports: tuple[int, int], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The exported front end, served by nginx from a different origin than the back end."""
    with nginx(site, ports[1], tmp_path_factory.mktemp("nginx")) as url:
        yield url


@pytest.fixture
def nginx_of_this_test(site: Path, tmp_path: Path) -> Iterator[Nginx]:
    """An nginx that the test may stop and start."""
    server = Nginx(Path(shutil.copytree(site, tmp_path / "site-of-this-test")), free_port(), tmp_path / "nginx")
    server.start()
    yield server
    server.stop()


def allowing(*ports: int) -> dict[str, str]:
    """Let only pages from these ports open the socket."""
    return {"REFLEX_CORS_ALLOWED_ORIGINS": ",".join(f"http://localhost:{port}" for port in ports)}


@pytest.fixture
def back_end(ports: tuple[int, int], tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[BackEnd | Cluster]:
    """A back end for this test, with an empty database; only the front end's origin may open its socket.

    A test may ask for a "cluster" instead: PostgreSQL, Redis and three workers behind nginx.
    """
    server: BackEnd | Cluster
    if getattr(request, "param", None) == "cluster":
        server = Cluster(tmp_path, request.getfixturevalue("postgresql_url"), [allowing(ports[1])] * 3, port=ports[0])
    elif "nginx_of_this_test" in request.fixturenames:
        server = BackEnd(ports[0], tmp_path, **allowing(ports[1], request.getfixturevalue("nginx_of_this_test").port))
    else:
        server = BackEnd(ports[0], tmp_path, **allowing(ports[1]))
    server.start()
    yield server
    server.stop() if isinstance(server, Cluster) else server.kill()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Files that use the browser one after the other share it; any other file may run an event loop of its own."""
    if "playwright" in getattr(item, "fixturenames", ()):
        SHARED_BROWSER.used_in = item.path
    elif item.path != SHARED_BROWSER.used_in:
        SHARED_BROWSER.stop()


def pytest_sessionfinish() -> None:
    SHARED_BROWSER.stop()


@pytest.fixture(scope="module")
def playwright() -> Playwright:
    return SHARED_BROWSER.playwright()


@pytest.fixture
def browser(playwright: Playwright) -> Iterator[Browser]:
    """The installed Chromium. What a test opens in it is closed at its end."""
    opened = SHARED_BROWSER.browser()
    yield opened
    for context in opened.contexts:
        context.close()


@pytest.fixture
def tab(browser: Browser, origin: str) -> Iterator[Open]:
    """Opens tabs; tabs of the same profile share a browser context."""
    profiles: dict[str, BrowserContext] = {}
    opened: list[TabPage] = []

    def open_tab(path: str = "/", profile: str = "one", **options: object) -> TabPage:
        if profile not in profiles:
            profiles[profile] = browser.new_context(**(CONTEXT_OPTIONS | options))
        opened.append(TabPage(profiles[profile].new_page(), origin + path))
        return opened[-1]

    yield open_tab
    for one in opened:
        assert one.errors == []
    for context in profiles.values():
        context.close()


@pytest.fixture
def profile(playwright: Playwright, origin: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Profile]:
    """A browser for this test, with a profile folder: Chromium, or the one that the test asks for."""
    made = Profile(playwright, origin, tmp_path / "profile", getattr(request, "param", "chromium"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def back_end_for_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackEnd]:
    """One back end for all tests of a module, on its own port."""
    server = BackEnd(free_port(), tmp_path_factory.mktemp("back-end"))
    server.start()
    yield server
    server.kill()


def rows(database: Path, statement: str) -> list[tuple]:
    """Run one statement on a database file, bypassing the app."""
    return ask(f"sqlite:///{database}", statement)


def value_of(back_end: BackEnd | Cluster) -> int:
    """The default counter's number in the database."""
    return int(back_end.query("SELECT value FROM counter WHERE slug = 'counter'")[0][0])
