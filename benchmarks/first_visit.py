"""The first visit on a slow phone: `python -m benchmarks.first_visit`.

Serves the app as `make run` does, opens it in Chromium at 1.6 Mbit/s with a round trip of 150 ms, and prints how long it
takes to show the right number, connected: with an empty cache, and again with a filled one. Needs what the tests need
(Chromium, Playwright).
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from statistics import median
from typing import Any

from playwright.sync_api import BrowserContext, sync_playwright

from benchmarks.servers import ROOT, end, free_port
from tests.browser import CHROMIUM_ARGUMENTS, chromium_path
from tests.server import answers, wait_for

SLOW = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 1.6e6 / 8}
READY = """() => document.querySelector('[data-testid=status]')?.dataset.state === 'connected'
               && document.querySelector('[data-testid=count]')?.dataset.value === '0'"""
TURNS = 3


def visit(context: BrowserContext, url: str) -> tuple[float, int, int]:
    """Returns seconds until the right number, bytes transferred and the number of requests."""
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    sizes: list[int] = []

    def finished(event: dict[str, Any]) -> None:
        sizes.append(int(event["encodedDataLength"]))

    devtools.on("Network.loadingFinished", finished)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", SLOW)
    began = time.perf_counter()
    page.goto(url, wait_until="commit")
    page.wait_for_function(READY, timeout=30_000)
    took = time.perf_counter() - began
    page.wait_for_load_state("networkidle")
    page.close()
    return took, sum(sizes), sum(size > 0 for size in sizes)


def main() -> None:
    """Serve the app, visit it and print the results."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that no server is left behind
    port = free_port()
    with tempfile.TemporaryDirectory() as folder, open(f"{folder}/log", "wb") as log:
        command = [sys.executable, "-m", "reflex", "run", "--env", "prod", "--single-port", "--frontend-port", str(port)]
        environ = os.environ | {"REFLEX_DB_URL": f"sqlite:///{folder}/counter.db"}
        server = subprocess.Popen(
            command, cwd=ROOT, env=environ, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
        try:
            wait_for(lambda: answers(f"http://localhost:{port}/ping"), "the server answers", 120)
            visit_often(f"http://localhost:{port}/")
        finally:
            end(server)


def visit_often(url: str) -> None:
    """Visit a few times, each in a new browser profile, and print the medians."""
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_ARGUMENTS)
        visits_by_cache: dict[str, list[tuple[float, int, int]]] = {"cold": [], "warm": []}
        for _ in range(TURNS):
            context = browser.new_context(locale="en-US", bypass_csp=True)  # READY is an eval
            for name in visits_by_cache:
                visits_by_cache[name].append(visit(context, url))
            context.close()
        browser.close()
    for name, visits in visits_by_cache.items():
        seconds, size, requests = (median(column) for column in zip(*visits, strict=True))
        print(f"{name}: right after {seconds:.2f} s, {size / 1000:.1f} kB over the wire, {requests:g} requests")


if __name__ == "__main__":
    main()
