"""Every language's file is complete, and one file is all that a language needs."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from clickcounter.components import translations
from clickcounter.errors import TooMany
from clickcounter.i18n.bilingual import Text
from clickcounter.i18n.errors import sentences_of
from clickcounter.i18n.import_errors import FILE_PROBLEMS, LINE_PROBLEMS, UNCHANGED
from clickcounter.i18n.languages import FURTHER, accepted_language, first_weekday, own_name, plural_forms, read
from clickcounter.i18n.languages.messages import messages
from tests.server import ROOT

PLACE = re.compile(r"\{(\w+)\}")
TO_DO = "run python -m clickcounter.i18n.languages, and translate what it names"
# A text of several words that is the same in another language is a name.
NAMES = {"Click Counter", "Click Counter · Administration", "Track & Graph", "Loop Habit Tracker", "Simple Counter"}


@pytest.mark.parametrize("language", FURTHER)
def test_a_language_translates_every_text_and_no_other(language: str):
    tables = {(message.context, message.ids): message.place for message in messages()}
    file = {
        (message.context or "", (message.id,) if isinstance(message.id, str) else tuple(message.id)): message
        for message in read(language)
        if message.id
    }
    missing = {f"{place}: {key[1][0]}" for key, place in tables.items() if key not in file}
    missing |= {key[1][0] for key, message in file.items() if message.fuzzy or not all(message.string or [""])}
    assert missing == set(), f"missing in {language}.po: {TO_DO}"
    assert {key[1][0] for key in file.keys() - tables.keys()} == set(), f"superfluous in {language}.po: {TO_DO}"


@pytest.mark.parametrize("language", FURTHER)
def test_a_translation_has_the_places_of_its_english_text_and_is_none(language: str):
    for message in read(language):
        english = message.id if isinstance(message.id, str) else message.id[0]
        for text in [message.string] if isinstance(message.string, str) else message.string or ():
            assert sorted(PLACE.findall(text)) == sorted(PLACE.findall(english)), english
            words = re.findall(r"[^\W\d_]{2,}", PLACE.sub("", english))
            assert text != english or len(words) < 2 or english in NAMES, english
            assert not message.id or text.strip() == text, english


def test_plural_forms_are_those_of_cldr():
    found = {language: plural_forms(language, read(language).plural_expr) for language in FURTHER}
    assert found["de"] == {"one": 0, "other": 1}
    assert found["es"] == {"one": 0, "many": 1, "other": 2}
    polish = "n == 1 ? 0 : n % 10 >= 2 && n % 10 <= 4 && (n % 100 < 12 || n % 100 > 14) ? 1 : 2"
    assert plural_forms("pl", polish) == {"one": 0, "few": 1, "many": 2}


def test_a_text_is_filled_in_by_language():
    assert sentences_of(TooMany(61)).as_dict()["de"] == "Zu viele Versuche. Bitte in 2 min noch einmal versuchen."
    line = LINE_PROBLEMS["field"].format(name="{name}")
    assert UNCHANGED.format(problem=line).as_dict()["es"] == "«{name}» falta o no es válido. No se cambió nada."
    assert Text.of(line.as_dict()) == line
    assert Text(en="nowhere translated", ru="нигде").as_dict()["es"] == "nowhere translated"
    assert FILE_PROBLEMS["gone"].format(slug="a").as_dict()["de"] == "Der Zähler „a“ wurde gelöscht."


@pytest.mark.parametrize(
    ("header", "language"),
    [
        *(("de-AT,en;q=0.9", "de"), ("fr, es;q=0.5", "es"), ("en;q=0.5, ru", "ru"), ("DE", "de"), ("fr", "en"), ("", "en")),
        *(("*", "en"), ("de;q=0, es;q=0.1", "es"), ("de;q=x, ru;q=0.1", "ru"), (";q=1,,,", "en")),
    ],
)
def test_the_language_a_client_prefers_is_used(header: str, language: str):
    assert accepted_language(header) == language


def test_weeks_start_as_they_do_where_a_language_tag_is_from():
    found = {tag: first_weekday(tag) for tag in ("en-US", "en-GB", "de", "es-MX", "ar-EG", "nonsense", "x-y", "")}
    assert found == {"en-US": 7, "en-GB": 1, "de": 1, "es-MX": 7, "ar-EG": 6, "nonsense": 1, "x-y": 1, "": 1}


def test_each_language_is_named_in_itself():
    assert [own_name(language) for language in ("en", "ru", "de", "es")] == ["English", "Русский", "Deutsch", "Español"]


def test_the_files_of_a_first_visit_hold_no_more_than_it_needs():
    sizes = {file.name: len(source.encode()) for file, source in translations.sources().items()}
    for language in FURTHER:
        assert sizes[f"{language}.js"] < 13_000 < sizes[f"{language}_rest.js"]


def test_one_more_file_is_one_more_language(tmp_path: Path):
    """French, with one text."""
    shutil.copytree(ROOT / "clickcounter", tmp_path / "clickcounter", ignore=shutil.ignore_patterns("__pycache__", "*.jsx"))
    header = (
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: nplurals=2; plural=(n > 1);\\n"\n'
    )
    file = tmp_path / "clickcounter" / "i18n" / "languages" / "fr.po"
    file.write_text(f'{header}\nmsgid "Press me!"\nmsgstr "Appuyez !"\n', encoding="utf-8")
    code = (
        "from clickcounter.components import constants, translations; constants.write();"
        "from clickcounter.components.app.head import FIRST_PAINT;"
        "from clickcounter.i18n import text_of; from clickcounter.i18n.languages import accepted_language;"
        "print(text_of('press').as_dict()['fr'], text_of('saved').as_dict()['fr']);"
        "print(accepted_language('fr'), '\"fr\"' in FIRST_PAINT, constants.OF_LANGUAGE['LANGUAGE_NAMES']['fr']);"
        "print((translations.FOLDER / 'fr.js').read_text(), (translations.APP / 'fr.json').exists())"
    )
    (tmp_path / "assets" / "app").mkdir(parents=True)
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=180)
    assert done.stdout.splitlines() == [
        *("Appuyez ! saved", "fr True Français"),
        *('export default {"Press me!":"Appuyez !"};', " True"),
    ], done.stderr
