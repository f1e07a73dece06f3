"""What can be wrong with a whole file, and what to do about it."""

from clickcounter.i18n.bilingual import Text

BAD_FILES: dict[str, Text] = {
    "table_empty": Text(en="The file is empty.", ru="Файл пуст."),
    "table_no_rows": Text(
        en="The file holds a line of column names and nothing below it.",
        ru="В файле только строка с названиями столбцов, под ней ничего нет.",
    ),
    "table_no_numbers": Text(
        en="No column with dates or numbers was found. Choose the columns yourself, or check that this is the right file.",
        ru="Не нашлось столбца с датами или числами. Выберите столбцы сами или проверьте, тот ли это файл.",
    ),
    "table_no_time": Text(
        en="No column with dates was found among {names}. Say which one it is, for example --map time=1.",
        ru="Среди столбцов {names} не нашлось столбца с датами. Укажите его, например --map time=1.",
    ),
    "table_no_amount": Text(
        en="No column with numbers was found among {names}. Say which one it is, for example --map amount=2.",
        ru="Среди столбцов {names} не нашлось столбца с числами. Укажите его, например --map amount=2.",
    ),
    "table_measurements": Text(
        en="These are measurements (mean, min, max), and they cannot be counted. Export a counter instead.",
        ru="Это измерения (среднее, минимум, максимум), их нельзя сосчитать. Выгрузите счётчик.",
    ),
    "table_energy": Text(
        en="This is the file of Home Assistant's energy page: kilowatt-hours, which cannot be counted. "
        "Download the history of a counter instead.",
        ru="Это файл страницы энергии Home Assistant: киловатт-часы сосчитать нельзя. Скачайте историю счётчика.",
    ),
    "table_counters": Text(
        en="The column of counters holds more than {most} names. Choose another column, or none.",
        ru="В столбце со счётчиками больше {most} названий. Выберите другой столбец или никакой.",
    ),
    "table_setting": Text(
        en="“{name}” cannot be “{value}”. Possible: {choices}.", ru="«{name}» не может быть «{value}». Можно: {choices}."
    ),
    "table_unknown_setting": Text(
        en="There is no setting “{name}”. There are: {choices}.", ru="Настройки «{name}» нет. Есть: {choices}."
    ),
    "table_xls": Text(
        en="This is an old Excel file, or one with a password. Save it as .xlsx without a password.",
        ru="Это старый файл Excel или файл с паролем. Сохраните его как .xlsx без пароля.",
    ),
    "table_numbers": Text(
        en="This is a file of Apple Numbers. Export it as CSV or Excel.",
        ru="Это файл Apple Numbers. Экспортируйте его в CSV или Excel.",
    ),
    "table_pdf": Text(
        en="This is a PDF, and its numbers cannot be read. Export the table as CSV or Excel.",
        ru="Это PDF, числа из него не прочитать. Выгрузите таблицу в CSV или Excel.",
    ),
    "table_picture": Text(
        en="This is a picture. Export the table as CSV or Excel.", ru="Это картинка. Выгрузите таблицу в CSV или Excel."
    ),
    "table_html": Text(
        en="This is a web page, not the file itself. Download the file, then import that.",
        ru="Это веб-страница, а не сам файл. Скачайте файл и импортируйте его.",
    ),
    "table_database": Text(
        en="This is an app's backup (an SQLite database). Export CSV in that app instead.",
        ru="Это резервная копия приложения (база SQLite). Выгрузите из приложения CSV.",
    ),
    "table_compressed": Text(
        en="The file is compressed. Unpack it, and import what is inside.",
        ru="Файл сжат. Распакуйте его и импортируйте то, что внутри.",
    ),
    "table_zip": Text(
        en="This ZIP holds no table that is known here. Unpack it, and import a file from it.",
        ru="В этом ZIP нет знакомой таблицы. Распакуйте его и импортируйте файл оттуда.",
    ),
    "table_zip_broken": Text(
        en="The file is damaged or was not downloaded completely. Download or save it again.",
        ru="Файл повреждён или скачан не до конца. Скачайте или сохраните его ещё раз.",
    ),
    "table_unpacked": Text(
        en="Unpacked, the file would be larger than {n} MB. Save the table as CSV.",
        ru="В распакованном виде файл больше {n} МБ. Сохраните таблицу как CSV.",
    ),
    "table_sheet": Text(
        en="The workbook cannot be read: it is damaged, has a password, or is too large. Save the table as CSV.",
        ru="Книгу не удалось прочитать: она повреждена, с паролем или слишком велика. Сохраните таблицу как CSV.",
    ),
    "table_no_sheet": Text(
        en="There is no sheet “{name}”. There are: {choices}.", ru="Листа «{name}» нет. Есть: {choices}."
    ),
    "table_json": Text(
        en="The JSON ends too early or is damaged (line {n}). Export it again.",
        ru="JSON обрывается или повреждён (строка {n}). Выгрузите его ещё раз.",
    ),
    "table_json_unknown": Text(
        en="This JSON comes from no app that is known here. Export CSV, or a table of dates and amounts.",
        ru="Этот JSON не из знакомых приложений. Выгрузите CSV или таблицу с датами и количествами.",
    ),
    "table_json_large": Text(
        en="The JSON is larger than {n} MB. Split it into several files.",
        ru="JSON больше {n} МБ. Разбейте его на несколько файлов.",
    ),
}
