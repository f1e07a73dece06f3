"""The building blocks of the pages of `/admin/`, in all languages at once: CSS shows the one that html[lang] names."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from clickcounter.admin import files
from clickcounter.admin.rows import Page
from clickcounter.errors import ClickCounterError
from clickcounter.i18n.admin import ADMIN
from clickcounter.i18n.bilingual import Text
from clickcounter.i18n.errors import sentences_of
from clickcounter.i18n.languages import LANGUAGES, own_name
from clickcounter.web.markup import Child, Markup, el, joined

PLACES = {"counters": "/admin/", "accounts": "/admin/accounts", "devices": "/admin/devices", "sessions": "/admin/sessions"}
PLACES |= {"invitations": "/admin/invitations", "keys": "/admin/keys", "ledger": "/admin/ledger"}

Column = tuple[str, Child]  # a text's name, and a cell


def t(name: str, /, **values: Child) -> Markup:
    """A text; values replace their names in braces."""
    return both(ADMIN[name], **values)


def both(words: Text, /, **values: Child) -> Markup:
    """Our own words in all languages: plain text, in which names in braces are replaced."""
    shown = {name: joined(value) for name, value in values.items()}
    said = {lang: joined(text).format(**shown) if shown else text for lang, text in words.as_dict().items()}
    return joined([el("span", text, lang=lang) for lang, text in said.items()])


def name_of(text: str) -> Markup:
    """What somebody typed, isolated from the direction of the line around it."""
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


def document(body: Markup, lang: str) -> str:
    """The whole document. Its script applies this browser's language and theme before anything is painted."""
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="robots", content="noindex"),
        el("title", ADMIN["title"].as_dict()[lang]),
        el("link", rel="icon", href=files.address("favicon.svg"), type="image/svg+xml"),
        el("link", rel="stylesheet", href=files.address("clickcounter.css")),
        el("link", rel="stylesheet", href=files.address("admin.css")),
        el("script", src=files.address("admin.js")),
    )
    page = el("body", el("div", body, class_="page"))
    return Markup("<!doctype html>") + el("html", head, page, lang=lang, data_sky="clear")


def page(place: str, title: Child, *parts: Child, done: bool = False) -> Markup:
    """A page with links to the others; `done` confirms a change."""
    confirmation = el("p", t("done"), class_="ok", role="status", data_testid="done") if done else None
    links = [
        el("a", t(name), href=href, class_="btn", aria_current="page" if name == place else None)
        for name, href in PLACES.items()
    ]
    return joined(
        _bar(el("nav", links, class_="places")), el("main", el("h1", title), confirmation, parts, class_="wrap admin")
    )


def refusal(error: ClickCounterError, *, inside: bool, way: Markup | None) -> Markup:
    """A page that says why something was refused, and the way on from there."""
    way = way or el("a", t("back"), href="/admin/", class_="btn edge")
    said = el("p", both(sentences_of(error)), class_="said", role="alert", data_code=error.code)
    bar = _bar(el("a", "Click Counter", href="/admin/", class_="brand")) if inside else _bar(el("span"))
    return joined(bar, el("main", el("h1", t("title"), class_="sr"), said, way, class_="wrap admin refusal"))


def _bar(start: Markup) -> Markup:
    names = [el("option", own_name(language), value=language) for language in LANGUAGES]
    choice = el("select", names, class_="btn edge", data_testid="language")
    return el("header", start, el("label", el("span", t("language"), class_="sr"), choice), class_="top")


def table(place: str, found: Page[Any], rows: Sequence[Sequence[Column]], *, first: bool = True, **query: str) -> Markup:
    """A page of rows and links to further ones; on small screens each row is a card."""
    if not rows:
        return el("p", t("nothing"), class_="quiet", data_testid="nothing")
    rows = _without_empty_columns(rows)
    heads = el("thead", el("tr", [el("th", t(name), scope="col") for name, _ in rows[0]]))
    body = el("tbody", [el("tr", [_cell(name, cell) for name, cell in row]) for row in rows])
    parameters = {name: value for name, value in query.items() if value}
    newest, older = (
        f"{PLACES[place]}?{urlencode(parameters)}",
        f"{PLACES[place]}?{urlencode(parameters | {'after': found.next})}",
    )
    paging = [
        None if first else el("a", t("newest"), href=newest, class_="btn edge"),
        el("a", t("older"), href=older, class_="btn edge", rel="next", data_testid="older") if found.next else None,
    ]
    timed = el("p", t("utc"), class_="quiet small") if "<time" in body else None
    return joined(el("table", heads, body), timed, el("p", paging, class_="row-x"))


def _without_empty_columns(rows: Sequence[Sequence[Column]]) -> Sequence[Sequence[Column]]:
    columns = zip(*rows, strict=True)
    return list(zip(*(column for column in columns if any(cell not in (None, "") for _, cell in column)), strict=True))


def _cell(name: str, cell: Child) -> Markup:
    return el("td", el("span", t(name), class_="of quiet small"), el("div", cell), class_=f"is-{name}")


def search_form(place: str, search: str) -> Markup:
    """The form that searches a list."""
    field = el("input", name="search", value=search, type="search", maxlength=100, autocomplete="off")
    named = el("label", el("span", t("search"), class_="sr"), el("span", field, class_="input"))
    return el("form", named, el("button", t("search"), class_="btn edge"), action=PLACES[place], class_="row-x search")


def details(*pairs: Column) -> Markup:
    """What is known of one thing, as pairs of a name and a value."""
    return el("dl", [el("div", el("dt", t(name), class_="quiet"), el("dd", cell)) for name, cell in pairs])


def form(
    name: str,
    action: str,
    *parts: Child,
    danger: bool = False,
    folded: bool = True,
    submit: str = "",
    method: str = "post",
) -> Markup:
    """A form for one change, folded under its name unless not `folded`; `submit` is the button's text."""
    button = el("button", t(submit or name), class_="btn danger" if danger else "btn prime")
    sent = el("form", parts, button, method=method, action=action, data_testid=name)
    return el("details", el("summary", t(name)), sent) if folded else sent


def field(name: str, label: str, value: str | int = "", **more: str | int | bool) -> Markup:
    """One line to type."""
    usual: dict[str, str | int | bool] = {"required": True, "autocomplete": "off"}
    typed = el("input", name=name, value=value, **(usual | more))
    return el("label", t(label), el("span", typed, class_="input"), class_="field")


def hidden(**values: str | int) -> Markup:
    """What the form carries from the page on which it is shown."""
    return joined([el("input", type="hidden", name=name, value=value) for name, value in values.items()])


def choice(name: str, chosen: str, values: Sequence[str]) -> Markup:
    """One of a few."""
    options = [
        el("label", el("input", type="radio", name=name, value=v, checked=v == chosen), t(f"{name}_{v}"), class_="check")
        for v in values
    ]
    return el("fieldset", el("legend", t(name)), options, class_="choice")


def explanation(name: str, /, **values: Child) -> Markup:
    """A sentence that says what will happen."""
    return el("p", t(name, **values), class_="quiet")
