"""What can be wrong with a file that is to be imported, put into words once, in both languages."""

from clickcounter.errors import NotDone

WORDS: dict[str, tuple[str, str]] = {  # what: (English, Russian); the place of the first is after "Line 7 "
    "long": ("is longer than {n} KiB", "длиннее {n} КиБ"),
    "encoding": ("is not UTF-8 (byte {n})", "не в кодировке UTF-8 (байт {n})"),
    "after_end": ("comes after the end", "стоит после конца"),
    "not_first": ("is not the first line of an export", "не похожа на первую строку выгрузки"),
    "first_again": ("begins another export", "начинает ещё одну выгрузку"),
    "cut": ("is missing: the file was cut off before its end", "отсутствует: файл обрезан"),
    "columns": (
        'does not name the columns "when" and "amount", with a comma between them',
        "не называет через запятую столбцов «when» и «amount»",
    ),
    "csv": ("is not CSV ({why})", "не читается как CSV ({why})"),
    "when": (
        'has no date and time in "when", such as 2026-11-25 17:05',
        "без даты и времени в «when», например 2026-11-25 17:05",
    ),
    "amount": (
        'has no whole number up to 1,000,000 and other than 0 in "amount"',
        "без целого числа в «amount»: до 1 000 000 и не ноль",
    ),
    "json": ("is not whole: it cannot be read as JSON", "не целая: не читается как JSON"),
    "unknown": ("is nothing that an export holds", "не из тех, что бывают в выгрузке"),
    "field": ('has no "{name}" that can be used', "без пригодного «{name}»"),
    "undo": (
        "takes something back and is no undo, or the other way round",
        "отменяет нажатие, не будучи отменой, или наоборот",
    ),
    "promise": ("promises {n} clicks, and {m} are there", "обещает нажатий: {n}, а их {m}"),
    "click_of": (
        "is a click of a round or a device that no line before it tells of",
        "с нажатием круга или устройства, о которых выше не сказано",
    ),
    "twice": ("tells of a {kind} that was told of before", "повторяет то, о чём уже сказано ({kind})"),
    "round_of": (
        "is a round of a counter that no line before it tells of",
        "с кругом счётчика, о котором выше не сказано",
    ),
    "settings": ("has settings that cannot be: {why}", "с невозможными настройками: {why}"),
    "large": ("makes the number too large", "делает число слишком большим"),
}
WHOLE: dict[str, tuple[str, str]] = {  # of the file as a whole: sentences
    "no_round": (
        "The counter '{slug}' of this file has no current round, or several. Nothing was changed.",
        "У счётчика «{slug}» в этом файле нет текущего круга, или их несколько. Ничего не изменено.",
    ),
    "deleted": (
        "The counter '{slug}' was deleted here, and its name is not used again. Nothing was changed.",
        "Счётчик «{slug}» здесь удалён, его имя больше не даётся. Ничего не изменено.",
    ),
    "address": (
        "'{slug}' cannot be a counter's address: small letters, digits and hyphens.",
        "«{slug}» не годится в адрес счётчика: нужны маленькие латинские буквы, цифры и дефисы.",
    ),
    "apart": (
        "The file does not go together with what is here ({why}). Nothing was changed.",
        "Файл не сочетается с тем, что здесь уже есть ({why}). Ничего не изменено.",
    ),
}


class BadFile(NotDone):
    """A file that cannot be imported. `sentences` says why in each language; a value may be a pair of texts, too."""

    def __init__(self, what: str, **values: object) -> None:
        self.sentences = {"en": _filled(WHOLE[what], 0, values), "ru": _filled(WHOLE[what], 1, values)}
        super().__init__(self.sentences["en"])


class BadLine(BadFile):
    """A line that cannot be imported."""

    def __init__(self, number: int, what: str, **values: object) -> None:
        self.sentences = {
            "en": f"Line {number} {_filled(WORDS[what], 0, values)}. Nothing was changed.",
            "ru": f"Строка {number} {_filled(WORDS[what], 1, values)}. Ничего не изменено.",
        }
        NotDone.__init__(self, self.sentences["en"])


def _filled(texts: tuple[str, str], language: int, values: dict[str, object]) -> str:
    return texts[language].format(**{n: v[language] if isinstance(v, tuple) else v for n, v in values.items()})
