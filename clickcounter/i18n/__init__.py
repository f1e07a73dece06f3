"""Every text that a person reads, in English and Russian; other languages have a file each in languages/.

Each page or dialog has a table in the file of its name; what several pages share is here. errors.py collects the sentences
of all errors. Pages show the language that FIRST_PAINT in components/app/head.py chose; the API answers in that of
Accept-Language (api/v1/answers.py).
"""

from collections.abc import Mapping

from clickcounter.i18n import lists
from clickcounter.i18n.bilingual import Text
from clickcounter.i18n.errors import SENTENCES

TEXTS: dict[str, Text] = {
    "title": Text(en="Click Counter", ru="Счётчик нажатий"),
    "press": Text(en="Press me!", ru="Нажми меня!"),
    "nothing": Text(en="Nothing to press", ru="Нечего нажимать"),
    "space": Text(en="space", ru="пробел"),
    "connected": Text(en="Connected", ru="Подключено"),
    "connecting": Text(en="Connecting…", ru="Подключаемся…"),
    "reconnecting": Text(en="Reconnecting…", ru="Ищем связь…"),
    "fetching": Text(en="Loading…", ru="Загрузка…"),
    "stale": Text(en="last known number", ru="последнее известное число"),
    "unsaved": Text(en="{n} not saved yet", ru="ещё не сохранено: {n}"),
    "forgetful": Text(
        en="this browser cannot store presses: keep this tab open",
        ru="браузер не может хранить нажатия: не закрывайте вкладку",
    ),
    "dismiss": Text(en="Got it", ru="Понятно"),
    "saved": Text(en="saved", ru="сохранено"),
    "alone": Text(en="only you are here", ru="здесь только вы"),
    "lookers_one": Text(en="{n} watching", ru="{n} смотрит"),
    "lookers_other": Text(en="{n} watching", ru="{n} смотрят"),
    "theme": Text(en="Light or dark theme", ru="Светлая или тёмная тема"),
    "noscript": Text(
        en="To count here, turn on JavaScript in your browser.",
        ru="Чтобы считать, включите в браузере JavaScript.",
    ),
    "not_found": Text(en="Page not found", ru="Страница не найдена"),
    "home": Text(en="Go to the counter", ru="Перейти к счётчику"),
    **lists.TEXTS,
}


def text_of(name: str) -> Text:
    """A text by its name; the code of an error is a name too."""
    return TEXTS[name] if name in TEXTS else SENTENCES[name]


def texts(*names: str) -> dict[str, dict[str, str]]:
    """Texts for a browser component: {name: {en, ru}}."""
    return {name: text_of(name).as_source() for name in names}


def all_of(table: Mapping[str, Text]) -> dict[str, dict[str, str]]:
    """A whole table for a browser component."""
    return {name: text.as_source() for name, text in table.items()}
