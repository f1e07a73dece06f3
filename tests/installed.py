"""The app as it is installed: started from its icon, in a window of its own, by a whole Chromium.

The headless shell, which the other tests use, installs nothing and finds nothing against it.
"""

import shutil
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, Playwright

from tests.browser import CHROMIUM_ARGUMENTS, PROFILE_OPTIONS
from tests.needs import WHOLE_CHROMIUMS


class Phone:
    """A Chromium with its own profile folder, on which the app of `origin` can be installed."""

    def __init__(self, playwright: Playwright, origin: str, folder: Path, **options: object) -> None:
        path = next(found for name in WHOLE_CHROMIUMS if (found := shutil.which(name)))
        self.origin, self._app = origin, {"manifestId": f"{origin}/"}
        self.context: BrowserContext = playwright.chromium.launch_persistent_context(
            str(folder),
            executable_path=path,
            args=[*CHROMIUM_ARGUMENTS, "--headless=new"],
            ignore_default_args=["--headless"],
            **(PROFILE_OPTIONS | options),
        )

    def open(self, path: str) -> Page:
        """Open a page in a tab, connected."""
        page = self.context.new_page()
        page.goto(self.origin + path)
        page.wait_for_selector("[data-testid=status][data-state=connected]")
        return page

    def devtools(self, page: Page, method: str, **arguments: object) -> dict[str, Any]:
        """One question to the browser about this page."""
        session = self.context.new_cdp_session(page)
        try:
            return dict(session.send(method, arguments))
        finally:
            session.detach()

    def install(self, page: Page) -> None:
        """Install the app from this page, which the browser opens for that once more, out of sight."""
        self.devtools(page, "PWA.install", **self._app, installUrlOrBundleUrl=page.url)
        self.devtools(page, "PWA.changeAppUserSettings", **self._app, displayMode="standalone")

    def start(self, page: Page) -> Page:
        """Start the app from its icon; `page` is any page of this browser."""
        with self.context.expect_page() as window:
            self.devtools(page, "PWA.launch", **self._app)
        return window.value

    def badge(self, page: Page) -> int:
        """The number on the app's icon."""
        return int(self.devtools(page, "PWA.getOsAppState", **self._app)["badgeCount"])
