"""What every page of `/admin/` is made of, in both languages at once: CSS shows the one that html[lang] names."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from clickcounter.admin import files
from clickcounter.admin.markup import Child, Markup, el, joined
from clickcounter.admin.queries import Page
from clickcounter.errors import ClickCounterError
from clickcounter.i18n.admin import ADMIN
from clickcounter.i18n.errors import sentences_of
from clickcounter.i18n.text import Text

PLACES = {"counters": "/admin/", "accounts": "/admin/accounts", "devices": "/admin/devices", "sessions": "/admin/sessions"}
PLACES |= {"ledger": "/admin/ledger"}

Column = tuple[str, Child]  # a text's name, and a cell


def t(name: str, /, **values: Child) -> Markup:
    """A text; values take the places of their names in braces."""
    return both(ADMIN[name], **values)


def both(words: Text, /, **values: Child) -> Markup:
    """Words in both languages, ours: they are no HTML, but braces in them are places."""
    shown = {name: joined(value) for name, value in values.items()}
    said = {lang: joined(text).format(**shown) if shown else text for lang, text in words.as_dict().items()}
    return joined([el("span", text, lang=lang) for lang, text in said.items()])


def name_of(text: str) -> Markup:
    """What somebody typed, kept apart from its line."""
    return el("bdi", text)


def number(value: int) -> Markup:
    """A number, grouped."""
    return el("span", f"{value:,}".replace(",", "\u00a0").replace("-", "\u2212"), class_="number")


def moment(ms: int | None) -> Markup | None:
    """A time, to the second."""
    if ms is None:
        return None
    at = datetime.fromtimestamp(ms / 1000, UTC)
    return el("time", f"{at:%Y-%m-%d %H:%M:%S}", datetime=f"{at:%Y-%m-%dT%H:%M:%SZ}")


def whole(body: Markup, lang: str) -> str:
    """The document. The script says which language and theme this browser has chosen, before anything is painted."""
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="robots", content="noindex"),
        el("title", "Click Counter · admin"),
        el("link", rel="icon", href=files.address("favicon.svg"), type="image/svg+xml"),
        el("link", rel="stylesheet", href=files.address("clickcounter.css")),
        el("link", rel="stylesheet", href=files.address("admin.css")),
        el("script", src=files.address("admin.js")),
    )
    page = el("body", el("div", body, class_="page"))
    return Markup("<!doctype html>") + el("html", head, page, lang=lang, data_sky="clear")


def page(place: str, title: Child, *parts: Child, done: bool = False) -> Markup:
    """A page with the way to the others."""
    said = el("p", t("done"), class_="ok", role="status", data_testid="done") if done else None
    links = [
        el("a", t(name), href=href, class_="btn", aria_current="page" if name == place else None)
        for name, href in PLACES.items()
    ]
    return joined(_bar(el("nav", links, class_="places")), el("main", el("h1", title), said, parts, class_="wrap admin"))


def refusal(error: ClickCounterError, *, inside: bool, account: str | None) -> Markup:
    """A page that says why not, and where to go from there."""
    if account:
        way = el("a", t("to_sign_in"), href=account, class_="btn prime", data_testid="sign-in")
    else:
        way = el("a", t("back"), href="/admin/", class_="btn edge")
    said = el("p", both(sentences_of(error)), class_="said", role="alert", data_code=error.code)
    bar = _bar(el("a", "Click Counter", href="/admin/", class_="brand")) if inside else _bar(el("span"))
    return joined(bar, el("main", said, way, class_="wrap admin refusal"))


def _bar(start: Markup) -> Markup:
    switch = [
        el("span", el("span", "EN", aria_hidden="true"), el("span", "English", class_="sr"), lang="ru"),
        el("span", el("span", "RU", aria_hidden="true"), el("span", "Русский", class_="sr"), lang="en"),
    ]
    return el("header", start, el("button", switch, type="button", class_="btn", data_testid="language"), class_="top")


def listing(place: str, found: Page, rows: Sequence[Sequence[Column]], *, first: bool = True, **query: str) -> Markup:
    """A table, and the way to its next page; on small screens each row is a card."""
    if not rows:
        return el("p", t("nothing"), class_="quiet", data_testid="nothing")
    heads = el("thead", el("tr", [el("th", t(name), scope="col") for name, _ in rows[0]]))
    body = el("tbody", [el("tr", [_cell(name, cell) for name, cell in row]) for row in rows])
    asked = {name: value for name, value in query.items() if value}
    newest, older = f"{PLACES[place]}?{urlencode(asked)}", f"{PLACES[place]}?{urlencode(asked | {'after': found.next})}"
    paging = [
        None if first else el("a", t("newest"), href=newest, class_="btn edge"),
        el("a", t("older"), href=older, class_="btn edge", rel="next", data_testid="older") if found.next else None,
    ]
    timed = el("p", t("utc"), class_="quiet small") if "<time" in body else None
    return joined(el("table", heads, body), timed, el("p", paging, class_="row-x"))


def _cell(name: str, cell: Child) -> Markup:
    return el("td", el("span", t(name), class_="of quiet small"), el("div", cell), class_=f"is-{name}")


def searching(place: str, search: str) -> Markup:
    """The form that looks for rows."""
    field = el("input", name="search", value=search, type="search", maxlength=100, autocomplete="off")
    named = el("label", el("span", t("search"), class_="sr"), el("span", field, class_="input"))
    return el("form", named, el("button", t("search"), class_="btn edge"), action=PLACES[place], class_="row-x search")


def facts(*pairs: Column) -> Markup:
    """What is known of something."""
    return el("dl", [el("div", el("dt", t(name), class_="quiet"), el("dd", cell)) for name, cell in pairs])


def form(what: str, action: str, *parts: Child, danger: bool = False, folded: bool = True, submit: str = "") -> Markup:
    """A change, behind a fold that says what it is; its button is the last word."""
    button = el("button", t(submit or what), class_="btn danger" if danger else "btn prime")
    sent = el("form", parts, button, method="post", action=action, data_testid=what)
    return el("details", el("summary", t(what)), sent) if folded else sent


def field(name: str, of: str, value: Any = "", **more: Any) -> Markup:
    """One line to type."""
    typed = el("input", name=name, value=value, autocomplete="off", **({"required": True} | more))
    return el("label", t(of), el("span", typed, class_="input"), class_="field")


def hidden(**values: Any) -> Markup:
    """What the form knows of the page that it stands on."""
    return joined([el("input", type="hidden", name=name, value=value) for name, value in values.items()])


def choice(name: str, chosen: str, values: Sequence[str]) -> Markup:
    """One of a few."""
    options = [
        el("label", el("input", type="radio", name=name, value=v, checked=v == chosen), t(f"{name}_{v}"), class_="check")
        for v in values
    ]
    return el("fieldset", el("legend", t(name)), options, class_="choice")


def said(name: str, /, **values: Child) -> Markup:
    """A sentence that says what will happen."""
    return el("p", t(name, **values), class_="quiet")
