"""Why a schedule was refused."""

from clickcounter.i18n.bilingual import Text

SCHEDULE_ERRORS: dict[str, Text] = {
    "schedule_wrong": Text(
        en="Choose a day, a time from 00:00 to 23:59 and a time zone.",
        ru="Выберите день, время от 00:00 до 23:59 и часовой пояс.",
    ),
    "schedule_past": Text(
        en="This moment has passed. Choose a later one.",
        ru="Этот момент уже прошёл. Выберите более поздний.",
    ),
}
