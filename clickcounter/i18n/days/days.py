"""The days of a counter on its history page."""

from clickcounter.i18n.bilingual import Text

DAYS: dict[str, Text] = {
    "days": Text(en="Days", ru="Дни"),
    "weeks": Text(en="Weeks", ru="Недели"),
    "day": Text(en="Day", ru="День"),
    "week": Text(en="Week", ru="Неделя"),
    "of_day": Text(en="Total", ru="Итог"),
    "to_week_before": Text(en="Week on week", ru="К прошлой неделе"),
    "so_far_day": Text(en="Today so far", ru="Сегодня на сейчас"),
    "so_far_week": Text(en="This week so far", ru="Эта неделя на сейчас"),
    "before_day": Text(en="A week ago by this time", ru="Неделю назад к этому времени"),
    "before_week": Text(en="Last week by this time", ru="Прошлая неделя к этому времени"),
    "typical_day": Text(en="Typical day by this time", ru="Обычный день к этому времени"),
    "typical_week": Text(en="Typical week by this time", ru="Обычная неделя к этому времени"),
    "in_the_end": Text(en="{n} in the end", ru="{n} в итоге"),
    "more_days": Text(en="Show earlier days", ru="Показать более ранние дни"),
    "more_weeks": Text(en="Show earlier weeks", ru="Показать более ранние недели"),
    "current": Text(en="current", ru="идёт сейчас"),
}
