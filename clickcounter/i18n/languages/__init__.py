"""The languages: English and Russian, whose texts stand in the tables of i18n/, and one gettext file for each further one.

A text is found by its English one, and by its context where one English text needs two translations. What a file lacks is
shown in English. `python -m clickcounter.i18n.languages` brings the files up to date with the tables.

Babel is imported where it is used: most commands of the terminal need none of this.
"""

from collections.abc import Mapping
from functools import cache
from gettext import c2py
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel.messages import Catalog

FOLDER = Path(__file__).parent
SOURCES = ("en", "ru")
FURTHER = tuple(sorted(file.stem for file in FOLDER.glob("*.po")))
LANGUAGES = (*SOURCES, *FURTHER)
SAMPLES = (*range(200), 1_000_000)  # numbers that take every plural form; in some languages millions have their own
# Style for pages that hold their texts in all languages. Other pages hold two of them, see assets/clickcounter.css.
ONE_OF_ALL = "".join(f"html:not([lang={one}]) body [lang={one}] {{ display: none; }}\n" for one in LANGUAGES)

Key = tuple[str, str]  # context, or "", and English text
Translation = str | dict[str, str]  # or a text for each plural form, by CLDR's name


def read(language: str) -> "Catalog":
    """A language's file."""
    from babel.messages.pofile import read_po

    with (FOLDER / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


@cache
def translations(language: str) -> Mapping[Key, Translation]:
    """What a language's file translates."""
    catalog = read(language)
    forms = plural_forms(language, catalog.plural_expr)
    found: dict[Key, Translation] = {}
    for message in catalog:
        context, texts = message.context or "", message.string or ""
        if not message.id or message.fuzzy or not all(texts):
            continue
        if isinstance(texts, str):
            found[context, str(message.id)] = texts
        else:
            found[context, message.id[0]] = {form: texts[place] for form, place in forms.items()}
    return found


def plural_forms(language: str, expression: str) -> dict[str, int]:
    """The plural forms of a language's whole numbers, by CLDR, each with its place in a file with this expression."""
    from babel import Locale

    form_of, place_of = Locale.parse(language).plural_form, c2py(expression)
    return {form_of(number): place_of(number) for number in SAMPLES}


def own_name(language: str) -> str:
    """What a language is called in itself."""
    from babel import Locale

    name = Locale.parse(language).get_display_name(language) or language
    return name[:1].upper() + name[1:]


def first_weekday(tag: str) -> int:
    """The day on which weeks start where a language tag such as en-US comes from; Monday is 1, and that of unknown tags."""
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(tag, sep="-").first_week_day + 1
    except (UnknownLocaleError, ValueError, TypeError):
        return 1


def preferred(accepted: str) -> list[str]:
    """The language tags of an Accept-Language header, the most wanted first."""
    wanted = [part.partition(";q=") for part in accepted.split(",")]
    ranked = sorted(wanted, key=lambda part: -_quality(part[2]))  # stable: the first one of those that are wanted alike
    return [tag.strip() for tag, _, quality in ranked if tag.strip() and _quality(quality) > 0]


def accepted_language(accepted: str) -> str:
    """The first language of an Accept-Language header that there is; English if there is none."""
    tags = (tag.lower().partition("-")[0] for tag in preferred(accepted))
    return next((tag for tag in tags if tag in LANGUAGES), "en")


def _quality(text: str) -> float:
    try:
        return float(text or 1)
    except ValueError:
        return 0.0
