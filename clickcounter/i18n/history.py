"""The texts of a counter's history."""

from clickcounter.i18n.bilingual import Text
from clickcounter.i18n.counter_page import COUNTER_PAGE
from clickcounter.i18n.groups.page import GROUP

HISTORY: dict[str, Text] = {
    "history": Text(en="History", ru="История"),
    "to_counter": Text(en="Counter", ru="К счётчику"),
    "fetching_history": Text(en="Loading…", ru="Загрузка…"),
    "span_day": Text(en="Day", ru="День"),
    "span_week": Text(en="Week", ru="Неделя"),
    "span_round": Text(en="Round", ru="Круг"),
    "span_all": Text(en="All", ru="Всё время"),
    "span_between": Text(en="Period", ru="Период"),
    "since": Text(en="From", ru="Начало"),
    "until": Text(en="To", ru="Конец"),
    "by_device": Text(en="Split by person", ru="Разбить по людям"),
    "others": Text(en="others", ru="остальные"),
    "in_day": Text(en="today", ru="сегодня"),
    "in_week": Text(en="this week", ru="за эту неделю"),
    "in_round": Text(en="in this round", ru="за круг"),
    "in_all": Text(en="in total", ru="за всё время"),
    "in_between": Text(en="in this period", ru="за период"),
    "pace": Text(en="{now} per minute now, max {peak}", ru="сейчас {now} в минуту, максимум {peak}"),
    "bar": Text(en="{n}, total {total}", ru="{n}, итог {total}"),
    "chart": Text(en="Show as a table", ru="Показать таблицу"),
    "in_that_round": Text(en="in round {n}", ru="за круг {n}"),
    "nothing_yet": Text(en="Nothing here yet", ru="Здесь пока пусто"),
    "everybody": Text(en="Show everyone", ru="Показать всех"),
    "time": Text(en="Time", ru="Время"),
    "who": Text(en="Who", ru="Кто"),
    "how_many": Text(en="Change", ru="Изменение"),
    "became": Text(en="Total", ru="Итог"),
    "then": Text(en="Total", ru="Итог"),
    "totals_note": Text(
        en="Totals follow the order in which entries were saved here. Imported entries keep their original times, "
        "so totals can jump.",
        ru="Итоги идут в том порядке, в котором записи сохранялись здесь. У импортированных записей прежнее время, "
        "поэтому итоги могут скакать.",
    ),
    "who_pressed": Text(en="Who pressed", ru="Кто нажимал"),
    "leaders_later": Text(en="Adding up… this takes a moment.", ru="Идёт подсчёт… это займёт немного времени."),
    "leaders_at": Text(en="As of {time}", ru="По состоянию на {time}"),
    "unnamed": Text(en="Device {n}", ru="Устройство {n}"),
    "rounds": Text(en="Rounds", ru="Круги"),
    "more_rounds": Text(en="Show earlier rounds", ru="Показать более ранние круги"),
    "round_now": Text(en="Round {n}, current", ru="Круг {n}, текущий"),
    "round_then": Text(en="Round {n}", ru="Круг {n}"),
    "parts_hidden": GROUP["parts_hidden"],
    "part_minus": GROUP["part_minus"],
    "journal": Text(en="All presses", ru="Все нажатия"),
    "kind_undo": Text(en="undo", ru="отмена"),
    "kind_correction": Text(en="correction", ru="исправление"),
    "kind_take_back": Text(en="taken back", ru="отменено"),
    "kind_entry": Text(en="added later", ru="добавлено позже"),
    "kind_opening": Text(en="carried over from elsewhere", ru="перенесено из другого места"),
    "kind_note": Text(en="note", ru="заметка"),
    "note_on": Text(en="note on {n} by {who}", ru="заметка к {n} ({who})"),
    "add_past": Text(en="Entry or note…", ru="Запись или заметка…"),
    "note_here": Text(en="Add a note to this entry", ru="Добавить заметку к этой записи"),
    "remove_this": Text(en="Remove", ru="Убрать"),
    "taken_back_by": Text(en="taken back by {who}", ru="кто отменил: {who}"),
    "take_back": Text(en="Take back all these presses…", ru="Отменить все эти нажатия…"),
    "take_back_title": Text(en="Take back presses", ru="Отмена нажатий"),
    "take_back_whose": Text(en="All presses by {who}.", ru="Все нажатия: {who}."),
    "take_back_anyones": Text(en="Everyone’s presses.", ru="Нажатия всех."),
    "take_back_always": Text(en="From all time, in every round.", ru="За всё время, во всех кругах."),
    "take_back_when": Text(
        en="Saved from {since} to {until}, in every round.", ru="Сохранённые с {since} по {until}, во всех кругах."
    ),
    "counting": Text(en="Counting…", ru="Считаем…"),
    "take_back_count": Text(
        en="Presses to take back: {n}, {amount} in all.", ru="Будет отменено нажатий: {n}, в сумме {amount}."
    ),
    "take_back_more": Text(en="This takes back more than {n} presses.", ru="Будет отменено больше {n} нажатий."),
    "take_back_kept": Text(
        en="The number, the charts and “Who pressed” change for everyone. The presses stay in the list, which also shows "
        "who took them back. This cannot be undone.",
        ru="Число, графики и «Кто нажимал» изменятся у всех. Сами нажатия останутся в списке, там же будет видно, "
        "кто их отменил. Вернуть их будет нельзя.",
    ),
    "take_back_do": Text(en="Take back", ru="Отменить нажатия"),
    "take_back_not": Text(en="Cancel", ru="Не отменять"),
    "taken_back": Text(en="Presses taken back: {n}.", ru="Отменено нажатий: {n}."),
    "offline": COUNTER_PAGE["offline"],
    "why": COUNTER_PAGE["why"],
    "more_rows": Text(en="Show earlier presses", ru="Показать более ранние"),
}
