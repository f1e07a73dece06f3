"""Every text of the pages in both languages. CSS shows the one that html[lang] names, so the first paint is right."""

import reflex as rx

from clickcounter.errors import SENTENCES
from clickcounter.i18n import lists

TEXTS: dict[str, tuple[str, str]] = {  # name: (Russian, English)
    "title": ("Счётчик нажатий", "Click Counter"),
    "press": ("Нажми меня!", "Press me!"),
    "nothing": ("Нечего нажимать", "Nothing to press"),
    "space": ("пробел", "space"),
    "connected": ("Подключено", "Connected"),
    "connecting": ("Подключаемся…", "Connecting…"),
    "reconnecting": ("Ищем связь…", "Reconnecting…"),
    "fetching": ("узнаём число…", "fetching the number…"),
    "stale": ("последнее известное число", "last known number"),
    "unsaved": ("ещё не сохранено: {n}", "{n} not saved yet"),
    "forgetful": ("браузер не хранит нажатий, не закрывайте вкладку", "this browser stores nothing, keep this tab open"),
    "dismiss": ("Понятно", "Got it"),
    "saved": ("сохранено", "saved"),
    "number": ("Сейчас {n}", "Now {n}"),
    "alone": ("смотрите только вы", "only you are looking on"),
    "lookers_one": ("{n} смотрит", "{n} looking on"),
    "lookers_other": ("{n} смотрят", "{n} looking on"),
    "theme": ("Светлая или тёмная тема", "Light or dark theme"),
    "noscript": ("Чтобы считать, включите в браузере JavaScript.", "To count here, let your browser run JavaScript."),
    "not_found": ("Такой страницы нет", "There is no such page"),
    "home": ("К счётчику", "To the counter"),
    **lists.TEXTS,
}


def texts(*names: str) -> dict[str, dict[str, str]]:
    """Texts for a browser component: {name: {ru, en}}. An error's code is a name too."""
    return {name: _both(name) for name in names}


def all_of(table: dict[str, tuple[str, str]]) -> dict[str, dict[str, str]]:
    """Another table's texts for a browser component."""
    return {name: {"ru": ru, "en": en} for name, (ru, en) in table.items()}


def text(name: str) -> rx.Component:
    """A text on a page, in both languages."""
    both = _both(name)
    return rx.fragment(rx.el.span(both["ru"], lang="ru"), rx.el.span(both["en"], lang="en"))


def _both(name: str) -> dict[str, str]:
    if name in TEXTS:
        ru, en = TEXTS[name]
    else:
        en, ru = SENTENCES[name]
    return {"ru": ru, "en": en}
