"""A report as one HTML document, for the screen and for paper.

Everything is in it, its style too, so that the terminal makes a PDF of the same file that the server sends.
"""

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from clickcounter.domain.direction import isolated
from clickcounter.errors import ClickCounterError
from clickcounter.history.report.facts import Report
from clickcounter.i18n import text_of
from clickcounter.i18n.errors import sentences_of
from clickcounter.paper import sections
from clickcounter.paper.by_door import by_door
from clickcounter.paper.chart import chart
from clickcounter.paper.words import LANGUAGES, Words
from clickcounter.places import ROOT
from clickcounter.web.base_path import here
from clickcounter.web.markup import Child, Markup, el, joined

STYLE = (Path(__file__).parent / "report.css").read_text(encoding="utf-8")
# The theme that this browser chose on the other pages, and the button.
SCRIPT = """
try {
  const theme = localStorage.getItem("theme");
  if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
} catch {}
addEventListener("click", (event) => event.target.closest("[data-print]") && print());
"""
FONT_FACE = re.compile(r"@font-face \{.*?\}", re.S)
PAPERS = ("A4", "Letter")


@dataclass(frozen=True, slots=True)
class Setting:
    """How the document is made: its language, and what its links ask for; for a file the size of its pages."""

    language: str
    asked: Mapping[str, str] = field(default_factory=dict)
    paper: str | None = None
    home: str = ""  # the origin of the other pages, if it is another one

    @property
    def has_files(self) -> bool:
        """Whether the document stands beside the files of the other pages."""
        return not (self.paper or self.home)


def document(report: Report, setting: Setting) -> str:
    """The whole document."""
    words = words_of(report, setting.language)
    name = report.name or str(words.say(text_of("title")))
    kind = words.say("report") if report.round is None else words.say("report_round", n=report.round)
    title = f"{isolated(name)}: {kind}"
    body = [
        None if setting.paper else _bar(report, setting, words),
        el("h1", el("bdi", name)),
        el("p", joined(kind, ", ", _time(report, words)), class_="time", data_testid="time"),
        el("p", _made(report, words), class_="quiet"),
        sections.summary(report, words),
        sections.limits(report, words),
        *_tables(report, words),
        sections.changes(report, words),
        sections.notes(report, words),
    ]
    return _html(title, body, setting)


def words_of(report: Report, language: str) -> Words:
    """The words of a report, whose times name no date where there is only one."""
    words = Words(language, report.zone)
    first, last = words.at(report.since), words.at(report.until - 1)
    return Words(language, report.zone, first.date() == last.date(), first.year == last.year)


def refusal(error: ClickCounterError, counter: str, setting: Setting) -> str:
    """A page that says why there is no report."""
    said = sentences_of(error).as_dict()[setting.language]
    words = Words(setting.language, ZoneInfo("UTC"))
    way = el("a", words.say("back"), href=f"{setting.home}/c/{quote(counter, safe='')}/history")
    body: list[Child] = [el("h1", words.say("report")), el("p", said, role="alert", class_="time", data_code=error.code)]
    return _html(said, [el("nav", el("div", way), class_="bar"), *body], setting)


def policy(page: str) -> str:
    """The document's Content-Security-Policy: its own style and script, this server's font and icon, and nothing else."""
    style, script = (_hash(page.partition(f"<{tag}>")[2].partition(f"</{tag}>")[0]) for tag in ("style", "script"))
    return (
        f"default-src 'none'; style-src {style}; script-src {script}; font-src 'self'; img-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _tables(report: Report, words: Words) -> list[Child]:
    tables: list[Child] = [sections.doors(report, words), sections.people(report, words)]
    if not (report.sums.clicks or len(report.curve) > 1):
        return [el("p", words.say("nothing"), class_="nothing"), *(tables if report.sums.clicks else [])]
    return [_figure(report, words), sections.rows(report, words), tables[0], by_door(report, words), *tables[1:]]


def _figure(report: Report, words: Words) -> Markup:
    keys = [el("li", el("i", class_=f"of-{name}"), words.say(name)) for name in ("number", "added", "subtracted")]
    return el("figure", sections.wide(chart(report, words), words.say("number")), el("ul", keys, aria_hidden="true"))


def _time(report: Report, words: Words) -> Child:
    """Its day, or from when to when, in full; where a line has room for one end only, it breaks between them."""
    named = Words(words.language, words.zone)
    if words.one_date and (report.since, report.until) == words.whole_day(report.since):
        return named.date(report.since, weekday=True)
    *begin, end = named.span(report.since, report.until).split(" – ")
    return joined(" ").join([*(el("span", one, " –", class_="whole") for one in begin), el("span", end, class_="whole")])


def _made(report: Report, words: Words) -> Child:
    offsets = " → ".join(dict.fromkeys(words.offset(moment) for moment in (report.since, report.until - 1)))
    made = Words(words.language, words.zone).moment(report.made_at)
    return joined(words.say("zone", zone=f"{report.zone.key} ({offsets})"), " · ", words.say("made", time=made))


def _bar(report: Report, setting: Setting, words: Words) -> Markup:
    """What is on the screen only: the way back, other times, other forms."""
    asked = {name: value for name, value in setting.asked.items() if value and name != "lang"}
    languages = [
        el(
            "a",
            language.upper(),
            href="?" + urlencode(asked | {"lang": language}),
            lang=language,
            data_testid=f"lang-{language}",
        )
        for language in LANGUAGES
        if language != setting.language
    ]
    here = quote(report.counter, safe="")
    links = [
        el("a", words.say("back"), href=f"{setting.home}/c/{here}/history", data_testid="back"),
        el(
            "a",
            "CSV",
            href=f"/c/{here}/report.csv?{urlencode(asked | {'lang': setting.language})}",
            download=True,
            data_testid="csv",
        ),
        el("button", words.say("print"), type="button", data_print=True, class_="prime", data_testid="print"),
    ]
    return el("nav", el("div", links[0], languages), el("div", links[1:]), _other_time(report, setting, words), class_="bar")


def _other_time(report: Report, setting: Setting, words: Words) -> Markup:
    kept = [el("input", type="hidden", name="lang", value=setting.language)]
    kept.append(el("input", type="hidden", name="zone", value=report.zone.key))
    day = report.day.isoformat() if report.day else f"{words.at(report.since):%Y-%m-%d}"
    times = {"since": report.since, "until": report.until}
    fields = [
        el(
            "label",
            words.say(name),
            el("input", type="datetime-local", name=name, value=f"{words.at(at):%Y-%m-%dT%H:%M}", step=900, required=True),
        )
        for name, at in times.items()
    ]
    of_day = el("label", words.say("day"), el("input", type="date", name="day", value=day, required=True))
    return el(
        "details",
        el("summary", words.say("other_time")),
        el("form", of_day, kept, el("button", words.say("show")), data_testid="of-day"),
        el("form", fields, kept, el("button", words.say("show")), data_testid="between"),
    )


def _html(title: str, body: list[Child], setting: Setting) -> str:
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="robots", content="noindex"),
        el("title", title),
        el("link", rel="icon", href="/favicon.svg", type="image/svg+xml") if setting.has_files else None,
        Markup("<style>{}</style>").format(Markup(_style(title, setting))),
        Markup("<script>{}</script>").format(Markup(SCRIPT)),
    )
    return Markup("<!doctype html>") + el("html", head, el("body", el("main", body)), lang=setting.language)


def _style(title: str, setting: Setting) -> str:
    """With the document's title in the margin of each page, and its fonts."""
    size = f"size: {setting.paper}; " if setting.paper else ""
    margin = f"@page {{ {size}@bottom-left {{ content: {_css_text(title)}; }} }}\n"
    return _fonts(setting) + margin + STYLE


def _css_text(text: str) -> str:
    """A CSS string in which nothing has a meaning of its own."""
    return '"' + "".join(char if char.isalnum() and char.isascii() else f"\\{ord(char):x} " for char in text) + '"'


def _fonts(setting: Setting) -> str:
    """Those of the other pages; a file carries them along."""
    if not (setting.paper or setting.has_files):
        return ""
    faces = "\n".join(FONT_FACE.findall((ROOT / "assets" / "clickcounter.css").read_text(encoding="utf-8"))) + "\n"
    if not setting.paper:
        return faces.replace("url(/", f"url({here('/')}")
    for file in (ROOT / "assets" / "fonts").glob("*.woff2"):
        data = b64encode(file.read_bytes()).decode()
        faces = faces.replace(f"/fonts/{file.name}", f"data:font/woff2;base64,{data}")
    return faces
