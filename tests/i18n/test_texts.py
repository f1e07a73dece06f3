"""Every text is in English and in Russian, and every error has a sentence."""

import re
from pathlib import Path

import pytest

from clickcounter import i18n
from clickcounter.errors import ClickCounterError, Later, NotDone, Refused, TooMany
from clickcounter.i18n.account import ACCOUNT
from clickcounter.i18n.account_errors import ACCOUNT_ERRORS
from clickcounter.i18n.admin import ADMIN
from clickcounter.i18n.api_errors import API_ERRORS
from clickcounter.i18n.bilingual import Text
from clickcounter.i18n.counter_page import COUNTER_PAGE
from clickcounter.i18n.days.days import DAYS
from clickcounter.i18n.days.errors import SCHEDULE_ERRORS
from clickcounter.i18n.days.report import REPORT
from clickcounter.i18n.days.schedule import SCHEDULE
from clickcounter.i18n.elsewhere import ELSEWHERE, ELSEWHERE_ERRORS
from clickcounter.i18n.errors import SENTENCES, sentences_of
from clickcounter.i18n.groups.errors import GROUP_ERRORS
from clickcounter.i18n.groups.page import GROUP
from clickcounter.i18n.history import HISTORY
from clickcounter.i18n.import_errors import FILE_PROBLEMS, LINE_PROBLEMS
from clickcounter.i18n.keys import KEYS
from clickcounter.i18n.languages import LANGUAGES
from clickcounter.i18n.languages.texts import FORMATS
from clickcounter.i18n.past.dialog import PAST
from clickcounter.i18n.past.errors import PAST_ERRORS
from clickcounter.i18n.press_errors import PRESS_ERRORS
from clickcounter.i18n.tables.errors import BAD_LINES, ROW_PROBLEMS, UNREADABLE
from clickcounter.i18n.tables.files import BAD_FILES
from clickcounter.i18n.webhooks import WEBHOOK_ERRORS, WEBHOOKS
from clickcounter.i18n.without_looking.announcements import ANNOUNCEMENTS
from clickcounter.i18n.without_looking.app import MANIFEST
from clickcounter.i18n.without_looking.board import BOARD
from clickcounter.i18n.without_looking.counting import COUNTING, FEEDBACK
from clickcounter.i18n.without_looking.hardware import HARDWARE
from clickcounter.transfer.import_errors import BadFile, BadLine

TABLES = [
    *(i18n.TEXTS, ACCOUNT, ADMIN, ANNOUNCEMENTS, BOARD, COUNTER_PAGE, ELSEWHERE, HARDWARE, HISTORY, KEYS, WEBHOOKS),
    *(COUNTING, FEEDBACK, GROUP, DAYS, REPORT, SCHEDULE, PAST, FORMATS, MANIFEST),
    *(SENTENCES, LINE_PROBLEMS, FILE_PROBLEMS),
    *(BAD_FILES, BAD_LINES, ROW_PROBLEMS, UNREADABLE),
]
PARTS = (
    PRESS_ERRORS,
    ACCOUNT_ERRORS,
    API_ERRORS,
    ELSEWHERE_ERRORS,
    GROUP_ERRORS,
    SCHEDULE_ERRORS,
    PAST_ERRORS,
    WEBHOOK_ERRORS,
)
SOURCES = Path(i18n.__file__).parent.parent
CYRILLIC = re.compile("[А-Яа-яЁё]")
PLACE = re.compile(r"\{(\w+)\}")


@pytest.mark.parametrize("table", TABLES, ids=lambda table: next(iter(table)))
def test_both_languages_have_the_same_placeholders_and_their_own_letters(table: dict[str, Text]):
    for name, text in table.items():
        assert sorted(PLACE.findall(text.en)) == sorted(PLACE.findall(text.ru)), name
        assert not CYRILLIC.search(text.en), name
        assert CYRILLIC.search(text.ru) or name in ("person", "quoted", "short_date"), name  # only placeholders


def test_no_error_has_two_sentences():
    assert len({code for part in PARTS for code in part}) == sum(map(len, PARTS))
    source = (SOURCES / "i18n" / "errors.py").read_text()
    own = re.findall(r'^    "(\w+)": Text', source, re.M)
    assert len(SENTENCES) == len(own) + sum(map(len, PARTS))


def test_every_refusal_in_the_code_has_a_sentence():
    found = {code for file in SOURCES.rglob("*.py") for code in re.findall(r'Refused\("(\w+)"\)', file.read_text())}
    assert len(found) > 30
    assert found <= SENTENCES.keys()


@pytest.mark.parametrize(
    ("error", "en", "ru"),
    [
        (Refused("undone"), "This press has already been undone.", "Это нажатие уже отменено."),
        (Refused("unheard of"), SENTENCES["unexpected"].en, SENTENCES["unexpected"].ru),
        (TooMany(61), "Too many attempts. Try again in 2 min.", "Слишком много попыток. Попробуйте снова через 2 мин."),
        (
            BadFile("deleted", slug="x{y}"),
            "never reused. Nothing was changed.",
            "«x{y}» здесь удалён, а адреса не используются повторно. Ничего не изменено.",
        ),
        (
            BadLine(7, "settings", why=sentences_of(Refused("about_colour"))),
            "Line 7: invalid settings. There is no such colour. Nothing was changed.",
            "Строка 7: некорректные настройки. Такого цвета нет. Ничего не изменено.",
        ),
        (Later("the disk is full"), SENTENCES["not_now"].en, SENTENCES["not_now"].ru),
        (NotDone("why not"), SENTENCES["not_done"].en, SENTENCES["not_done"].ru),
    ],
)
def test_an_error_is_put_into_both_languages(error: ClickCounterError, en: str, ru: str):
    words = sentences_of(error)
    assert words.en.endswith(en)
    assert words.ru.endswith(ru)
    assert words.as_dict().keys() == set(LANGUAGES)


def test_a_text_cannot_be_written_without_naming_the_languages():
    with pytest.raises(TypeError):
        Text("Нажми меня!", "Press me!")  # type: ignore[misc]
