"""The texts of the dialog for the language and the formats."""

from clickcounter.i18n.bilingual import Text

FORMATS: dict[str, Text] = {
    "language": Text(en="Language and formats", ru="Язык и форматы"),
    "language_field": Text(en="Language", ru="Язык"),
    "language_failed": Text(
        en="This language could not be loaded. Try again when there is a connection.",
        ru="Этот язык не удалось загрузить. Попробуйте ещё раз, когда появится связь.",
    ),
    "week": Text(en="Weeks start on", ru="Неделя начинается"),
    "clock": Text(en="Time of day", ru="Время суток"),
    "clock_12": Text(en="12 hours: {time}", ru="12 часов: {time}"),
    "clock_24": Text(en="24 hours: {time}", ru="24 часа: {time}"),
    "usual": Text(en="as usual here: {what}", ru="как здесь принято: {what}"),
    "on_this_device": Text(en="Kept on this device.", ru="Хранится на этом устройстве."),
    "close": Text(en="Close", ru="Закрыть"),
}
