"""Why something that somebody wanted to add afterwards was refused."""

from clickcounter.i18n.bilingual import Text

PAST_ERRORS: dict[str, Text] = {
    "past_future": Text(
        en="This time has not come yet.",
        ru="Это время ещё не наступило.",
    ),
    "past_old": Text(
        en="Only the last 90 days can be added to.",
        ru="Дополнять можно только последние 90 дней.",
    ),
    "past_order": Text(
        en="The end is before the beginning.",
        ru="Конец раньше начала.",
    ),
    "past_long": Text(
        en="An entry covers a day at most. Add each day on its own.",
        ru="Одна запись — не больше суток. Добавьте каждый день отдельно.",
    ),
    "past_rounds": Text(
        en="The counter was reset within this time. Add what was counted before and after that on their own.",
        ru="В это время счётчик обнуляли. Добавьте отдельно то, что было до и после.",
    ),
    "past_unknown": Text(
        en="There is no such entry, or it was deleted.",
        ru="Такой записи нет, или её удалили.",
    ),
    "opening_amount": Text(
        en="Enter a whole number other than 0.",
        ru="Введите целое число, кроме 0.",
    ),
    "note": Text(
        en="Write the note.",
        ru="Напишите заметку.",
    ),
    "note_long": Text(
        en="A note can be up to 200 characters long.",
        ru="Длина заметки — до 200 знаков.",
    ),
    "past_many": Text(
        en="A counter holds 10,000 past entries. Import more of them as a table.",
        ru="В счётчике может быть 10 000 записей задним числом. Остальное импортируйте таблицей.",
    ),
    "notes_many": Text(
        en="A counter holds 1,000 notes. Delete some that are not needed any more.",
        ru="В счётчике может быть 1000 заметок. Удалите ненужные.",
    ),
}
