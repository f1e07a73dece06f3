"""axe-core, a checker of pages for screen readers and keyboards, on a page as a person has it before them."""

import shutil
import subprocess
from pathlib import Path

from playwright.sync_api import Page

PACKAGE = Path(__file__).parent / "axe_core"
LANGUAGES = ("en", "ru")

FIND = """async (how) => {
  const { violations } = await axe.run(document, { resultTypes: ['violations'], ...how });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => [id, html, failureSummary].join('\\n')));
}"""
EVERYTHING: dict[str, object] = {}
COLOURS_ALONE = {"runOnly": ["color-contrast"]}
# With forced colours the browser sees to the contrast, and the checker sees what the page asked for instead.
NOT_COLOURS = {"rules": {"color-contrast": {"enabled": False}}}
SIZES = {"runOnly": ["color-contrast", "target-size", "scrollable-region-focusable"]}


def install(folder: Path) -> Path:
    """The checker's one file, in the version of its package-lock.json."""
    for file in PACKAGE.iterdir():
        shutil.copy(file, folder)
    subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=folder, check=True, timeout=120)
    return folder / "node_modules" / "axe-core" / "axe.min.js"


def findings(page: Page, every_look: bool = False) -> list[str]:
    """What is wrong with an open page in both languages; and in the dark, in forced colours and with text of twice the size."""
    found = []
    for language in LANGUAGES:
        page.evaluate("language => document.documentElement.lang = language", language)
        found += _find(page, EVERYTHING, language)
    if every_look:
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        found += _find(page, SIZES, "200 %")
        page.evaluate("document.documentElement.style.fontSize = ''")
        page.emulate_media(color_scheme="dark")
        found += _find(page, COLOURS_ALONE, "dark")
        page.emulate_media(color_scheme="light", forced_colors="active")
        found += _find(page, NOT_COLOURS, "forced colours")
        page.emulate_media(forced_colors="none")
    return found


def _find(page: Page, how: dict[str, object], look: str) -> list[str]:
    return [f"{page.url} ({look}): {found}" for found in page.evaluate(FIND, how)]
