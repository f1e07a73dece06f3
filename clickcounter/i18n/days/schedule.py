"""The dialog in which a counter's reset is scheduled."""

from clickcounter.i18n.bilingual import Text

SCHEDULE: dict[str, Text] = {
    "when": Text(en="Reset", ru="Сбрасывать"),
    "when_never": Text(en="Never", ru="Никогда"),
    "when_day": Text(en="Every day", ru="Каждый день"),
    "when_monday": Text(en="Every Monday", ru="Каждый понедельник"),
    "when_tuesday": Text(en="Every Tuesday", ru="Каждый вторник"),
    "when_wednesday": Text(en="Every Wednesday", ru="Каждую среду"),
    "when_thursday": Text(en="Every Thursday", ru="Каждый четверг"),
    "when_friday": Text(en="Every Friday", ru="Каждую пятницу"),
    "when_saturday": Text(en="Every Saturday", ru="Каждую субботу"),
    "when_sunday": Text(en="Every Sunday", ru="Каждое воскресенье"),
    "when_once": Text(en="Once", ru="Один раз"),
    "date": Text(en="Date", ru="Дата"),
    "at": Text(en="Time", ru="Время"),
    "zone": Text(en="Time zone", ru="Часовой пояс"),
    "schedule_said": Text(
        en="At this time the round ends by itself: the number goes back to 0, and the total is kept in the history. "
        "Presses made offline count for the day on which they were made.",
        ru="В это время круг закончится сам: число вернётся к 0, а итог сохранится в истории. "
        "Нажатия, сделанные без связи, попадут в тот день, когда были сделаны.",
    ),
    "schedule_group": Text(
        en="All counters of the group are reset with it.",
        ru="Вместе с группой обнулятся все её счётчики.",
    ),
    "schedule_clocks": Text(
        en="When the clocks change: if this time is skipped, the round ends at the change; if it comes twice, it ends the "
        "first time.",
        ru="При переводе часов: если это время пропускается, круг закончится в момент перевода; если оно наступает "
        "дважды, — в первый раз.",
    ),
}
