"""axe-core, a checker of pages for screen readers and keyboards, on a page as a person has it before them."""

import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from playwright.sync_api import Page

PACKAGE = Path(__file__).parent / "axe_core"

FIND = """async (how) => {
  const place = document.querySelector('dialog[open]') ?? document;
  const { violations } = await axe.run(place, { resultTypes: ['violations'], ...how });
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => [id, node.html, node.failureSummary].join('\\n')));
}"""
EVERYTHING: dict[str, object] = {}
COLOURS_ALONE = {"runOnly": ["color-contrast"]}
# With forced colours the browser sees to the contrast, and the checker sees what the page asked for instead.
NOT_COLOURS = {"rules": {"color-contrast": {"enabled": False}}}
SIZES = {"runOnly": ["target-size", "scrollable-region-focusable"]}
LANGUAGES = {"ru": NOT_COLOURS, "en": EVERYTHING}  # a text's colour is that of the other language


def install(folder: Path) -> Path:
    """The checker's one file, in the version of its package-lock.json."""
    for file in PACKAGE.iterdir():
        shutil.copy(file, folder)
    subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=folder, check=True, timeout=300)
    return folder / "node_modules" / "axe-core" / "axe.min.js"


STOPS = 7  # of a date and a time beside the first: day, year, hour, minute, half of the day, and the calendar
CONTROLS = """() => [...(document.querySelector('dialog[open]') ?? document).querySelectorAll(
  'a[href], button, input, select, textarea, summary')].filter((one) => one.checkVisibility() && !one.disabled)"""
KEEP_FOCUSED = "window.focused = new Set(); addEventListener('focusin', ({ target }) => focused.add(target))"
MISSED = f"""() => {{
  const groups = new Set([...focused].filter(({{ type }}) => type === 'radio').map(({{ name }}) => name));
  const isReached = (one) => focused.has(one) || (one.type === 'radio' && groups.has(one.name));
  const nameOf = (one) => [one.innerText, one.ariaLabel, one.title, one.labels?.[0]?.innerText].find((name) => name?.trim());
  return ({CONTROLS})().filter((one) => !isReached(one) || !nameOf(one)).map((one) => one.outerHTML);
}}"""


def missed_by_keyboard(page: Page) -> list[str]:
    """The controls of a page, or of its open dialog, that the Tab key does not reach, or that have no name."""
    page.evaluate(KEEP_FOCUSED)
    controls = None
    while controls != (controls := page.evaluate(f"({CONTROLS})().length")):  # some come with what the server answers
        more = page.locator("[tabindex='0']").count() + STOPS * page.locator("[type=datetime-local]").count()
        for _ in range(controls + more + 2):  # the browser's own controls come in between
            page.keyboard.press("Tab")
    return list(page.evaluate(MISSED))


def findings(page: Page, every_look: bool = False, languages: Iterable[str] = LANGUAGES) -> list[str]:
    """What is wrong with an open page in some languages; and in the dark, in forced colours and with text twice as large."""
    found = []
    for language in languages:
        page.evaluate("language => document.documentElement.lang = language", language)
        found += _find(page, LANGUAGES.get(language, EVERYTHING), language)
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
