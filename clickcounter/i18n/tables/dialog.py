"""The texts of the dialog that imports a file."""

from clickcounter.i18n.bilingual import Text
from clickcounter.i18n.errors import SENTENCES

DIALOG: dict[str, Text] = {
    "import_title": Text(en="Import “{name}”", ru="Импорт «{name}»"),
    "import_title_of": Text(en="Import “{name}” ({n} of {of})", ru="Импорт «{name}» ({n} из {of})"),
    "import_sending": Text(en="Uploading…", ru="Отправка…"),
    "import_reading": Text(en="Reading the file…", ru="Чтение файла…"),
    "import_waiting": Text(en="Another file is being imported first…", ru="Сначала импортируется другой файл…"),
    "import_checking": Text(en="Checking the file…", ru="Проверка файла…"),
    "import_writing": Text(en="Saved {done} of {whole}", ru="Сохранено {done} из {whole}"),
    "import_writer": Text(en="Recognised: {name}", ru="Распознано: {name}"),
    "import_sheet": Text(
        en="Only the sheet “{name}” is read, one of {n}. Choose another under “How the file is read”.",
        ru="Читается только лист «{name}», всего листов: {n}. Другой можно выбрать в разделе «Как читается файл».",
    ),
    "import_whole": Text(
        en="This is an export of Click Counter with everything in it.", ru="Это полная выгрузка Click Counter."
    ),
    "import_new": Text(en="new counter", ru="новый счётчик"),
    "import_found": Text(
        en="The file is read. Rows: {n}. Counters: {counters}.", ru="Файл прочитан. Строк: {n}. Счётчиков: {counters}."
    ),
    "import_rows": Text(en="rows: {n}", ru="строк: {n}"),
    "import_first_rows": Text(en="First rows, as they will be counted", ru="Первые строки, как они будут засчитаны"),
    "import_line": Text(en="Line", ru="Строка"),
    "import_counter": Text(en="Counter", ru="Счётчик"),
    "import_time": Text(en="Time", ru="Время"),
    "import_amount": Text(en="Amount", ru="Количество"),
    "import_no_time": Text(en="time unknown", ru="время неизвестно"),
    "import_opening": Text(en="opening amount", ru="начальное число"),
    "import_left_out": Text(en="Lines left out: {n}", ru="Строк пропущено: {n}"),
    "import_reason": Text(en="Line {n}: {why}", ru="Строка {n}: {why}"),
    "import_more": Text(en="and {n} more", ru="и ещё {n}"),
    "import_skip": Text(
        en="Leave out the lines that cannot be read ({n}) and import the rest",
        ru="Пропустить строки, которые не удалось прочитать ({n}), и импортировать остальные",
    ),
    "import_into": Text(en="Counter (its address)", ru="В какой счётчик (адрес)"),
    "import_settings": Text(en="How the file is read", ru="Как читается файл"),
    "import_example": Text(en="{example}", ru="{example}"),
    "import_example_rows": Text(en="{example} · rows that fit: {n}", ru="{example} · подходит строк: {n}"),
    "import_known": Text(
        en="This file was already imported ({at}). Nothing counts twice.",
        ru="Этот файл уже импортирован ({at}). Дважды ничего не засчитается.",
    ),
    "import_known_undone": Text(
        en="This file was imported ({at}), and that was undone.",
        ru="Этот файл уже импортировали ({at}), но импорт отменили.",
    ),
    "import_undo_that": Text(en="Undo that import", ru="Отменить тот импорт"),
    "import_do": Text(en="Import", ru="Импортировать"),
    "import_cancel": Text(en="Cancel", ru="Отмена"),
    "import_hide": Text(en="Continue in the background", ru="Продолжить в фоне"),
    "import_done": Text(en="Presses added: {n}. Already here: {known}.", ru="Добавлено нажатий: {n}. Уже было: {known}."),
    "import_refused": Text(en="Kept out by the counters' limits: {n}.", ru="Не засчитано из-за пределов счётчиков: {n}."),
    "import_undo": Text(en="Undo this import", ru="Отменить этот импорт"),
    "import_undone": Text(en="The import was undone. Presses taken back: {n}.", ru="Импорт отменён. Отменено нажатий: {n}."),
    "import_close": Text(en="Done", ru="Готово"),
    "import_lost": Text(
        en="The connection was lost, so the result is unknown. Try again: nothing counts twice.",
        ru="Связь прервалась, результат неизвестен. Попробуйте ещё раз: дважды ничего не засчитается.",
    ),
    "import_unreadable": Text(
        en="The file cannot be read: it was moved or changed after you chose it, or it is a folder. Choose it again.",
        ru="Файл не читается: его переместили или изменили после выбора, или это папка. Выберите его ещё раз.",
    ),
    "import_large": SENTENCES["import_large"],
}

# Names of settings, in the order in which they are shown; with "_asked" the question about it.
SETTINGS: dict[str, Text] = {
    "time": Text(en="Column of dates with times", ru="Столбец с датой и временем"),
    "date": Text(en="Column of dates alone", ru="Столбец только с датой"),
    "clock": Text(en="Column of times alone", ru="Столбец только со временем"),
    "dates": Text(en="Dates are written as", ru="Как записаны даты"),
    "dates_asked": Text(en="How are the dates written?", ru="Как записаны даты?"),
    "amount": Text(en="Column of amounts", ru="Столбец с количеством"),
    "total": Text(en="Column of totals", ru="Столбец с итогом"),
    "decimal": Text(en="Decimals are written with", ru="Дробная часть отделена"),
    "decimal_asked": Text(en="What separates the decimals?", ru="Чем отделена дробная часть?"),
    "meaning": Text(en="The numbers are", ru="Что означают числа"),
    "meaning_asked": Text(en="What do the numbers mean?", ru="Что означают числа?"),
    "action": Text(en="Column of plus and minus", ru="Столбец с плюсом и минусом"),
    "counter": Text(en="Column of counters", ru="Столбец со счётчиком"),
    "counter_asked": Text(en="What are the numbers beside the amounts?", ru="Что за числа стоят рядом с количеством?"),
    "label": Text(en="Column of labels", ru="Столбец с метками"),
    "note": Text(en="Column of notes", ru="Столбец с заметками"),
    "sheet": Text(en="Sheet", ru="Лист"),
    "header": Text(en="Line of the column names", ru="Строка с названиями столбцов"),
    "separator": Text(en="Columns are separated by", ru="Разделитель столбцов"),
    "encoding": Text(en="Encoding", ru="Кодировка"),
    "zone": Text(en="Time zone", ru="Часовой пояс"),
}

# Values of settings; any other is shown as the file writes it. With "_asked" they answer the question; "*" is any column.
CHOICES: dict[str, dict[str, Text]] = {
    "separator": {
        ",": Text(en="comma", ru="запятая"),
        ";": Text(en="semicolon", ru="точка с запятой"),
        "\t": Text(en="tab", ru="табуляция"),
        "|": Text(en="vertical bar", ru="вертикальная черта"),
    },
    "decimal": {".": Text(en="a point", ru="точкой"), ",": Text(en="a comma", ru="запятой")},
    "dates": {
        "iso": Text(en="year-month-day", ru="год-месяц-день"),
        "ymd": Text(en="year, month, day", ru="год, месяц, день"),
        "dmy": Text(en="day, month, year", ru="день, месяц, год"),
        "mdy": Text(en="month, day, year", ru="месяц, день, год"),
        "epoch_s": Text(en="seconds since 1970", ru="секунды с 1970 года"),
        "epoch_ms": Text(en="milliseconds since 1970", ru="миллисекунды с 1970 года"),
        "serial": Text(en="days, as spreadsheets count them", ru="дни, как в электронных таблицах"),
    },
    "meaning": {
        "amounts": Text(en="what each row adds", ru="сколько добавляет каждая строка"),
        "totals": Text(en="the total so far", ru="сколько стало всего"),
        "presses": Text(en="nothing: each row is one press", ru="ничего: каждая строка — одно нажатие"),
        "columns": Text(en="amounts, in a column for each counter", ru="количества, у каждого счётчика свой столбец"),
        "opening": Text(en="what each counter shows now", ru="сколько сейчас на каждом счётчике"),
    },
    "counter_asked": {
        "*": Text(en="names: each number is a counter of its own", ru="названия: каждое число — отдельный счётчик"),
        "": Text(en="what one counter showed after each row", ru="сколько показывал один счётчик после каждой строки"),
    },
    "header": {"0": Text(en="none", ru="нет")},
    **{
        role: {"": Text(en="none", ru="нет"), "0": Text(en="none", ru="нет")}
        for role in ("time", "date", "clock", "amount", "action", "counter", "label", "note", "total")
    },
}

# Who writes such files, by the names of Plan.writer.
WRITERS: dict[str, Text] = {
    "own": Text(en="Click Counter", ru="Click Counter", context="the app"),
    "gentlecat_counter": Text(en="Counter by gentlecat", ru="Counter (gentlecat)"),
    "bettercounter": Text(en="BetterCounter", ru="BetterCounter"),
    "track_and_graph": Text(en="Track & Graph", ru="Track & Graph"),
    "loop": Text(en="Loop Habit Tracker", ru="Loop Habit Tracker"),
    "home_assistant": Text(en="Home Assistant, history", ru="Home Assistant, история"),
    "home_assistant_statistics": Text(en="Home Assistant, statistics", ru="Home Assistant, статистика"),
    "people_counter": Text(en="PeopleCounter", ru="PeopleCounter"),
    "countapp": Text(en="countapp", ru="countapp"),
    "simplecounter": Text(en="Simple Counter", ru="Simple Counter"),
    "flutter_tally": Text(en="a tally app with a log of actions", ru="приложение-счётчик с журналом действий"),
    "react_tally": Text(en="a tally app with marks", ru="приложение-счётчик с отметками"),
    "esp32": Text(en="a logger that writes running totals", ru="регистратор нарастающих итогов"),
}
