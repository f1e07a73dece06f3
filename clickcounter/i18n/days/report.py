"""The report of a day or an event, as it is read on paper."""

from clickcounter.i18n.bilingual import Text
from clickcounter.i18n.days.days import DAYS
from clickcounter.i18n.groups.page import GROUP
from clickcounter.i18n.history import HISTORY

REPORT: dict[str, Text] = {
    "report": Text(en="Report", ru="Отчёт"),
    "report_round": Text(en="Report, round {n}", ru="Отчёт, круг {n}"),
    "back": Text(en="History", ru="История"),
    "print": Text(en="Print", ru="Печать"),
    "other_time": Text(en="Another day or period", ru="Другой день или период"),
    "day": Text(en="Day", ru="День"),
    "week": DAYS["week"],
    "since": Text(en="From", ru="Начало"),
    "until": Text(en="To", ru="Конец"),
    "show": Text(en="Show", ru="Показать"),
    "made": Text(en="Made: {time}", ru="Составлен: {time}"),
    "zone": Text(en="Time zone: {zone}", ru="Часовой пояс: {zone}"),
    "highest": Text(en="Highest number", ru="Наибольшее число"),
    "added": Text(en="Added", ru="Прибавлено"),
    "subtracted": Text(en="Subtracted", ru="Вычтено"),
    "corrected": Text(en="Corrected", ru="Исправлено"),
    "change": Text(en="Change", ru="Изменение"),
    "presses": Text(en="Presses", ru="Нажатия"),
    "at_start": Text(en="At the start", ru="В начале"),
    "at_end": Text(en="At the end", ru="В конце"),
    "now": Text(en="Now", ru="Сейчас"),
    "limit": Text(en="Upper limit", ru="Верхний предел"),
    "goal": Text(en="Goal", ru="Цель"),
    "number": Text(en="Number", ru="Число"),
    "limits": Text(en="Limits and warnings", ru="Пределы и предупреждения"),
    "limit_reached": Text(en="Limit of {n} reached", ru="Предел {n} достигнут"),
    "limit_kept": Text(en="The limit of {n} was not reached.", ru="Предел {n} не был достигнут."),
    "goal_reached": Text(en="Goal of {n} reached", ru="Цель {n} достигнута"),
    "warning_reached": Text(en="Warning at {percent} %, {n}", ru="Предупреждение при {percent} %, {n}"),
    "to_the_end": Text(en="to the end", ru="до конца"),
    "many_times": Text(
        en="{n} times between {since} and {until}, {minutes} min in all",
        ru="{n} раз между {since} и {until}, всего {minutes} мин",
    ),
    "first_at": Text(en="first at {time}", ru="впервые в {time}"),
    "chart": Text(
        en="The number over time, and what was added and subtracted; the tables have the same numbers.",
        ru="Число по времени, сколько прибавлено и вычтено; те же числа — в таблицах.",
    ),
    "per_hour": Text(en="Per hour", ru="По часам"),
    "per_day": Text(en="Per day", ru="По дням"),
    "per_week": Text(en="Per week", ru="По неделям"),
    "per_hour_door": Text(en="Per hour and counter", ru="По часам и счётчикам"),
    "per_day_door": Text(en="Per day and counter", ru="По дням и счётчикам"),
    "per_week_door": Text(en="Per week and counter", ru="По неделям и счётчикам"),
    "by_door_said": Text(
        en="How much each counter changed the group, corrections included.",
        ru="На сколько каждый счётчик изменил группу, с исправлениями.",
    ),
    "time": Text(en="Time", ru="Время"),
    "total": Text(en="Total", ru="Всего"),
    "doors": Text(en="Per counter", ru="По счётчикам"),
    "door": Text(en="Counter", ru="Счётчик"),
    "hidden": GROUP["parts_hidden"],
    "minus": GROUP["part_minus"],
    "archived": GROUP["part_archived"],
    "who": HISTORY["who_pressed"],
    "name": Text(en="Name", ru="Кто"),
    "unnamed": HISTORY["unnamed"],
    "more_people": Text(
        en="Others pressed, too; these pressed most.", ru="Нажимали и другие; здесь те, кто нажимал больше всех."
    ),
    "people_later": Text(
        en="Who pressed is still being added up. Reload the page in a moment.",
        ru="Кто нажимал, ещё подсчитывается. Обновите страницу через минуту.",
    ),
    "people_signs": Text(
        en="As pressed at each counter, also at those that the group subtracts.",
        ru="Как нажимали на каждом счётчике, и на тех, которые группа вычитает.",
    ),
    "changes": Text(en="Corrections and notes", ru="Исправления и заметки"),
    "changes_none": Text(
        en="Nothing was corrected, taken back or noted.", ru="Ничего не исправляли, не отменяли и не отмечали."
    ),
    "changes_more": Text(en="{n} more are not listed.", ru="Не показано ещё: {n}."),
    "changes_some": Text(
        en="There are too many presses to look through all of them: some corrections may be missing here. "
        "The sums include them.",
        ru="Нажатий слишком много, чтобы просмотреть все: здесь могут быть не все исправления. В суммах они учтены.",
    ),
    "kind": Text(en="What", ru="Что"),
    "reason": Text(en="Reason or note", ru="Причина или заметка"),
    "kind_undo": Text(en="undone", ru="отменено"),
    "taken_back_by": HISTORY["taken_back_by"],
    "nothing": Text(en="Nothing was pressed in this time.", ru="За это время никто не нажимал."),
    "note_steps": Text(
        en="There are many presses: the highest number is known only as it stood every {step}.",
        ru="Нажатий много: наибольшее число известно лишь с шагом {step}.",
    ),
    "step_minute": Text(en="minute", ru="в минуту"),
    "step_quarter": Text(en="15 minutes", ru="в 15 минут"),
    "step_hours": Text(en="4 hours", ru="в 4 часа"),
    "rows_left_out": Text(
        en="What lies before the first press and after the last is not listed.",
        ru="Время до первого нажатия и после последнего не показано.",
    ),
    "note_presses": Text(
        en="Presses include undos and corrections.",
        ru="Отмены и исправления тоже считаются нажатиями.",
    ),
    "note_late": Text(
        en="Presses count at the moment at which they were made. What a phone without a connection has not sent yet "
        "is missing.",
        ru="Нажатия учтены по моменту, когда их сделали. Того, что телефон без связи ещё не отправил, здесь нет.",
    ),
    "note_limits": Text(
        en="Limits, goal and warnings are those of the moment when the report was made.",
        ru="Пределы, цель и предупреждения — те, что были заданы, когда составлен отчёт.",
    ),
    "date": Text(en="{day} {month} {year}", ru="{day} {month} {year}\u00a0г."),
    "short_date": Text(en="{day} {month}", ru="{day} {month}"),
    "months": Text(
        en="January February March April May June July August September October November December",
        ru="января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    ),
    "weekdays": Text(
        en="Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
        ru="понедельник вторник среда четверг пятница суббота воскресенье",
    ),
}
