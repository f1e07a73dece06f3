"""A page in WebKitGTK, driven by Debian's WebKitWebDriver over plain HTTP: the engine of the phones at many doors.

The browser works on a screen that nobody sees (Xvfb), and keeps nothing once it is closed.
"""

import json
import os
import shutil
import subprocess
import urllib.request
from glob import glob
from typing import Any

from tests.server import PATIENCE, free_port, listens, wait_for

DRIVER = "WebKitWebDriver"
BROWSERS = "/usr/lib/*/webkit2gtk-4*/MiniBrowser"


class WebKit:
    """A browser with one page."""

    def __init__(self) -> None:
        self.port = free_port()
        screen = ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x800x24"]
        self._programs = [subprocess.Popen(screen, stdout=subprocess.PIPE)]
        said = self._programs[0].stdout
        assert said is not None
        environ = os.environ | {"DISPLAY": f":{said.readline().decode().strip()}", "GDK_BACKEND": "x11", "NO_AT_BRIDGE": "1"}
        environ |= {"WEBKIT_DISABLE_DMABUF_RENDERER": "1", "LIBGL_ALWAYS_SOFTWARE": "1"}
        driver = shutil.which(DRIVER)
        assert driver is not None
        self._programs.append(subprocess.Popen([driver, f"--port={self.port}"], env=environ))
        wait_for(lambda: listens(self.port), "the driver answers")
        options = {"binary": glob(BROWSERS)[0], "args": ["--automation"]}
        made = self._ask("POST", "/session", {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}})
        self._session = f"/session/{made['sessionId']}"

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["value"]

    def goto(self, url: str) -> None:
        self._ask("POST", f"{self._session}/url", {"url": url})

    def reload(self) -> None:
        self._ask("POST", f"{self._session}/refresh", {})

    def run(self, expression: str) -> Any:
        """The value of an expression in the page, or what its promise resolves to."""
        script = f"const done = arguments[0]; Promise.resolve().then(() => {expression}).then(done, (e) => done(String(e)))"
        return self._ask("POST", f"{self._session}/execute/async", {"script": script, "args": []})

    def until(self, expression: str, within: float = PATIENCE) -> None:
        wait_for(lambda: self.run(expression) is True, expression, within)

    def click(self, test_id: str) -> None:
        """A real click, as by a person."""
        selector = {"using": "css selector", "value": f"[data-testid={test_id}]"}
        element = next(iter(self._ask("POST", f"{self._session}/element", selector).values()))
        self._ask("POST", f"{self._session}/element/{element}/click", {})

    def close(self) -> None:
        try:
            self._ask("DELETE", self._session)
        finally:
            for program in reversed(self._programs):
                program.terminate()
                program.wait(30)
