"""What can be wrong with a table of another app, or with one line of it, and what to do about it."""

from clickcounter.i18n.bilingual import Text

ROW_PROBLEMS: dict[str, Text] = {  # the row is left out
    "zero": Text(en="the amount is 0: nothing to count.", ru="количество — 0, считать нечего."),
    "unavailable": Text(en="“{cell}” is not a number: nothing to count.", ru="«{cell}» — не число, считать нечего."),
    "unchanged": Text(en="the total did not change.", ru="итог не изменился."),
    "duration": Text(en="“{cell}” is a length of time, not an amount.", ru="«{cell}» — это длительность, а не количество."),
    "fraction": Text(
        en="“{cell}” is not a whole number, and only whole numbers can be counted.",
        ru="«{cell}» — не целое число, а считать можно только целые.",
    ),
    "automatic": Text(
        en="“{cell}”: nobody ticked it, the app filled the day in itself.",
        ru="«{cell}»: отметку поставило само приложение, а не человек.",
    ),
    "reset": Text(
        en="a reset that does not say by how much the number fell.",
        ru="сброс, но не сказано, на сколько уменьшилось число.",
    ),
    "not_counting": Text(en="“{cell}” does not change the number.", ru="«{cell}» не меняет число."),
}

UNREADABLE: dict[str, Text] = {  # the row was probably meant to count
    "short": Text(en="the line ends too early. Export the file again.", ru="строка обрывается. Выгрузите файл ещё раз."),
    "no_time": Text(
        en="the date is missing. Fill it in, or delete the line.", ru="нет даты. Впишите её или удалите строку."
    ),
    "time": Text(
        en="“{cell}” is not a date that can be read here. Write it like {example}, or choose another date form.",
        ru="«{cell}» не читается как дата. Запишите её так: {example} — или выберите другой вид даты.",
    ),
    "past": Text(
        en="“{cell}” is before 1970. Correct the date, or choose another date form.",
        ru="«{cell}» — раньше 1970 года. Исправьте дату или выберите другой вид даты.",
    ),
    "future": Text(
        en="“{cell}” is in the future. Correct the date, or choose another date form.",
        ru="«{cell}» ещё не наступило. Исправьте дату или выберите другой вид даты.",
    ),
    "no_amount": Text(
        en="the amount is missing. Fill it in, or delete the line.",
        ru="нет количества. Впишите его или удалите строку.",
    ),
    "amount": Text(
        en="“{cell}” is not an amount. A whole number is needed, such as 1 or −3.",
        ru="«{cell}» — не количество. Нужно целое число, например 1 или −3.",
    ),
    "large": Text(
        en="“{cell}” is too large: one press adds at most 1,000,000. Split it into several lines.",
        ru="«{cell}» — слишком много: одно нажатие добавляет не больше 1\u00a0000\u00a0000. Разбейте на несколько строк.",
    ),
    "action": Text(
        en="“{cell}” says neither plus nor minus. Write + or −, or choose another column.",
        ru="«{cell}» — непонятно, плюс это или минус. Напишите + или − либо выберите другой столбец.",
    ),
    "name": Text(
        en="the counter's name has more than {most} characters. Shorten it, or choose another column.",
        ru="название счётчика длиннее {most} символов. Сократите его или выберите другой столбец.",
    ),
}

BAD_LINES: dict[str, Text] = {  # nothing after them can be read
    "table_encoding": Text(
        en="the text is not {encoding}. Choose another encoding, or save the file as UTF-8.",
        ru="текст не в кодировке {encoding}. Выберите другую кодировку или сохраните файл в UTF-8.",
    ),
    "table_nul": Text(
        en="there is a NUL byte here, so this is no text. Save the table again as CSV.",
        ru="здесь нулевой байт, значит, это не текст. Сохраните таблицу как CSV ещё раз.",
    ),
    "table_long": Text(
        en="the line is longer than {n} KiB. Check that each row ends with a line break and each quotation mark is closed.",
        ru="строка длиннее {n} КиБ. Проверьте, что каждая строка кончается переводом строки и все кавычки закрыты.",
    ),
    "table_quotes": Text(
        en="a quotation mark is missing or superfluous here. Correct it, or save the table again as CSV.",
        ru="здесь лишняя или незакрытая кавычка. Исправьте её или сохраните таблицу как CSV ещё раз.",
    ),
    "table_cut": Text(
        en="a quotation mark that opens here is never closed. Close it, or export the file again: it may be cut off.",
        ru="открытая здесь кавычка нигде не закрыта. Закройте её или выгрузите файл ещё раз: он мог оборваться.",
    ),
}
