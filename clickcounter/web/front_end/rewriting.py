"""What changes in the files of a front end that is served below a path: pure functions of a file's text and the path.

Addresses stand in the files in few forms, all written by Vite, React or our own build; tests/web/test_front_end.py checks
that no other form is left, and tests/system/test_addresses.py that no page asks for anything outside its path. What our own
scripts put together while they run begins with PATH, see components/shared/site.js.
"""

import re
from html import escape

from clickcounter.errors import NotDone

HTML = re.compile(r"<html(?: data-path=\"[^\"]*\")?(?: data-back-end=\"[^\"]*\")?")
ATTRIBUTE = re.compile(r' (href|src|content|action)="/(?!/)')
PROPERTY = re.compile(r"\b(href|src|content):([`\"'])/(?!/)")  # of an element, in a script
FILE = re.compile(r"([`\"'])/(assets/|fonts/|sw\.js\b)")
BASE = re.compile(r"return([`\"'])/\1\+")  # in Vite's function that finds a part of the page
BASENAME = '"basename":"/"'  # React Router's
STYLE_URL = re.compile(r"url\(([\"']?)/(?!/)")
JSON_ADDRESS = re.compile(r'(": ?")/(?!/)')
CHARSET = re.compile(r"<meta charset=[^>]*>", re.I)


class NotBuilt(NotDone):
    """There is no front end, or one that was built otherwise."""


def page(text: str, path: str) -> str:
    """A page."""
    text = ATTRIBUTE.sub(rf' \1="{path}/', text)
    return FILE.sub(rf"\1{path}/\2", text).replace(BASENAME, f'"basename":"{path}/"')


def script(text: str, path: str) -> str:
    """A script."""
    text = PROPERTY.sub(rf"\1:\2{path}/", text)
    return BASE.sub(rf"return\1{path}/\1+", FILE.sub(rf"\1{path}/\2", text))


def names_base(text: str) -> int:
    """How often a script as it was built says where all files are."""
    return len(BASE.findall(text))


def style(text: str, path: str) -> str:
    """A style sheet."""
    return STYLE_URL.sub(rf"url(\1{path}/", text)


def manifest(text: str, path: str) -> str:
    """A manifest of the app."""
    return JSON_ADDRESS.sub(rf"\1{path}/", text)


def attributes(path: str, back_end: str) -> str:
    """What a page says of itself: below which path it is, and where its back end is."""
    below = f' data-path="{path}"' if path else ""
    return f'{below} data-back-end="{escape(back_end.rstrip("/") or path)}/"'


def marked(text: str, wanted: str) -> str:
    """The page with these attributes, in place of those it has."""
    return HTML.sub(f"<html{wanted}", text, count=1)


def with_first_script(text: str, source: str) -> str:
    """The page with a script before all others."""
    if not source:
        return text
    begun = CHARSET.search(text)
    if begun is None:
        raise NotBuilt("A page declares no charset.")
    return f"{text[: begun.end()]}<script>{source}</script>{text[begun.end() :]}"
