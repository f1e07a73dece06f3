"""What can be wrong with a file that is imported."""

from clickcounter.i18n.bilingual import Text

LINE = Text(en="Line {number}: {problem}", ru="Строка {number}: {problem}")
UNCHANGED = Text(en="{problem} Nothing was changed.", ru="{problem} Ничего не изменено.")
CUT_OFF = Text(
    en="{problem} Until then {n} presses were imported. Import the file again to go on: nothing counts twice.",
    ru="{problem} До этого импортировано нажатий: {n}. Чтобы продолжить, импортируйте файл снова: "
    "дважды ничего не засчитается.",
)

LINE_PROBLEMS: dict[str, Text] = {  # with one line of it
    "long": Text(en="the line is longer than {n} KiB.", ru="длиннее {n} КиБ."),
    "encoding": Text(en="the line is not UTF-8 (byte {n}).", ru="кодировка не UTF-8 (байт {n})."),
    "after_end": Text(en="there must be nothing after the end record.", ru="после записи «end» ничего быть не должно."),
    "not_first": Text(
        en="this is not the beginning of a Click Counter export.",
        ru="это не начало выгрузки Click Counter.",
    ),
    "first_again": Text(en="a second export begins here.", ru="здесь начинается вторая выгрузка."),
    "cut": Text(en="the file ends too early.", ru="файл обрывается здесь."),
    "amount": Text(
        en="“amount” must be a whole number from −1,000,000 to 1,000,000, but not 0.",
        ru="в столбце «amount» нужно целое число от −1\u00a0000\u00a0000 до 1\u00a0000\u00a0000, кроме нуля.",
    ),
    "json": Text(en="invalid JSON.", ru="некорректный JSON."),
    "unknown": Text(en="unknown record type.", ru="неизвестный тип записи."),
    "future_row": Text(en="its time is in the future.", ru="её время ещё не наступило."),
    "ancient": Text(en="its time is before 1970.", ru="её время раньше 1970 года."),
    "future": Text(en="“{name}” is in the future.", ru="время в поле «{name}» ещё не наступило."),
    "field": Text(en="“{name}” is missing or invalid.", ru="поле «{name}» отсутствует или заполнено неверно."),
    "undo": Text(
        en="“kind” and “takes_back” contradict each other.",
        ru="поля «kind» и «takes_back» противоречат друг другу.",
    ),
    "promise": Text(
        en="{n} presses expected, {m} found.",
        ru="ожидалось нажатий: {n}, найдено: {m}.",
    ),
    "click_of": Text(
        en="this press belongs to a round or device that is not listed above it.",
        ru="круг или устройство этого нажатия выше не указаны.",
    ),
    "others": Text(
        en="this takes back somebody else’s press, and only an owner of the counter can import that.",
        ru="эта запись отменяет чужое нажатие, а импортировать такое может только владелец счётчика.",
    ),
    "twice_undo": Text(en="this press was already undone above.", ru="это нажатие уже отменено выше."),
    "twice_counter": Text(en="this counter is already listed above.", ru="такой счётчик уже есть выше."),
    "twice_device": Text(en="this device is already listed above.", ru="такое устройство уже есть выше."),
    "twice_round": Text(en="this round is already listed above.", ru="такой круг уже есть выше."),
    "round_of": Text(
        en="this round belongs to a counter that is not listed above it.",
        ru="счётчик этого круга выше не указан.",
    ),
    "settings": Text(en="invalid settings. {why}", ru="некорректные настройки. {why}"),
    "large": Text(en="the number would get too large.", ru="число стало бы слишком большим."),
}

CUT_OFF_BY: dict[str, Text] = {  # codes of errors in the middle of an import
    "later": Text(
        en="The server is being stopped, or its database cannot be written.",
        ru="Сервер останавливается, или в его базу данных сейчас нельзя записывать.",
    ),
    "not_owner": Text(en="You can no longer change this counter.", ru="Вы больше не можете менять этот счётчик."),
    "members_only": Text(en="You can no longer see this counter.", ru="У вас больше нет доступа к этому счётчику."),
    "import_undone": Text(en="Somebody has undone this import meanwhile.", ru="Этот импорт тем временем отменили."),
    "import_failed": Text(en="The reason is in the server's log.", ru="Причина записана в логе сервера."),
}

FILE_PROBLEMS: dict[str, Text] = {  # with the file as a whole
    "no_round": Text(
        en="Counter “{slug}” must have exactly one current round in this file.",
        ru="У счётчика «{slug}» в этом файле должен быть ровно один текущий круг.",
    ),
    "deleted": Text(
        en="Counter “{slug}” was deleted here, and addresses are never reused.",
        ru="Счётчик «{slug}» здесь удалён, а адреса не используются повторно.",
    ),
    "address": Text(
        en="“{slug}” cannot be a counter's address: use lowercase letters, digits and hyphens.",
        ru="«{slug}» не может быть адресом счётчика: используйте строчные латинские буквы, цифры и дефисы.",
    ),
    "reserved": Text(
        en="“{slug}” cannot be a counter's address: it is reserved.",
        ru="«{slug}» не может быть адресом счётчика: это слово зарезервировано.",
    ),
    "many_counters": Text(
        en="The file holds too many new counters: {most} may be created in an hour. In the terminal there is no limit: "
        "python -m clickcounter import.",
        ru="В файле слишком много новых счётчиков: за час можно создать {most}. В терминале ограничения нет: "
        "python -m clickcounter import.",
    ),
    "many_rounds": Text(
        en="Counter “{slug}” would have more than {most} rounds, and so many cannot be renumbered.",
        ru="У счётчика «{slug}» получилось бы больше {most} кругов. Столько перенумеровать нельзя.",
    ),
    "no_rows": Text(
        en="There is no row to import in this file.",
        ru="В этом файле нет ни одной строки, которую можно импортировать.",
    ),
    "large": Text(en="The numbers in this file add up to too much.", ru="Сумма чисел в этом файле слишком большая."),
    "many_names": Text(
        en="The table names more than {most} counters. Probably another column holds the counter's name.",
        ru="В таблице названо больше {most} счётчиков. Вероятно, название счётчика в другом столбце.",
    ),
    "no_address": Text(
        en="There is no free address for a counter called “{name}”. Rename it in the file.",
        ru="Для счётчика «{name}» нет свободного адреса. Переименуйте его в файле.",
    ),
    "several_ways": Text(
        en="The table can be read in several ways. Choose one with --map, or over HTTP with map: {asked}.",
        ru="Таблицу можно прочитать по-разному. Выберите способ через --map, а по HTTP через map: {asked}.",
    ),
    "being_undone": Text(
        en="An import that brought some of these rows is being undone. Wait until that is done, or undo it again; "
        "then import the file.",
        ru="Импорт, из которого взяты некоторые из этих строк, сейчас отменяется. Дождитесь конца или повторите отмену, "
        "затем импортируйте файл.",
    ),
    "undone_often": Text(
        en="Some of these rows were imported and undone too often.",
        ru="Некоторые из этих строк слишком часто импортировали и отменяли.",
    ),
    "kind": Text(
        en="“{slug}” is a group, the sum of other counters, either here or in the file, but not in both.",
        ru="«{slug}» — группа, то есть сумма других счётчиков, либо здесь, либо в файле, но не там и там.",
    ),
    "gone": Text(en="Counter “{slug}” has been deleted.", ru="Счётчик «{slug}» удалён."),
    "plan": Text(
        en="The setting “{name}” of this import is invalid.",
        ru="Неверное значение настройки «{name}».",
    ),
    "apart": Text(
        en="The file does not fit the data here: for example, one of its rounds belongs to another counter.",
        ru="Файл не подходит к здешним данным: например, круг из него принадлежит другому счётчику.",
    ),
}
