"""The dialog in which somebody adds what was counted earlier, a note or an opening amount, and the one that removes it."""

from clickcounter.i18n.bilingual import Text

PAST: dict[str, Text] = {
    "past": Text(en="Past entry or note", ru="Запись или заметка"),
    "past_note": Text(en="Note", ru="Заметка"),
    "past_do": Text(en="Add", ru="Добавить"),
    "past_entry": Text(en="Counted earlier", ru="Посчитано раньше"),
    "past_opening": Text(en="Carried over from elsewhere", ru="Перенесено из другого места"),
    "past_entry_said": Text(
        en="It counts in the round that this time belongs to, and charts show it at this time. "
        "In the history it is marked as added later.",
        ru="Число войдёт в тот круг, на который приходится это время, и на графиках будет стоять на этом времени. "
        "В истории оно отмечено как добавленное позже.",
    ),
    "past_opening_said": Text(
        en="What was counted before, somewhere else. It is in the number, but not in charts, the pace or “Who pressed”.",
        ru="То, что посчитали раньше и не здесь. Войдёт в число, но не в графики, темп и «Кто нажимал».",
    ),
    "past_note_said": Text(
        en="It stands in the history at this time, for everyone who can see the counter.",
        ru="Она появится в истории на этом времени, её увидят все, кто видит счётчик.",
    ),
    "past_amount": Text(en="How many", ru="Сколько"),
    "past_since": Text(en="From", ru="С"),
    "past_until": Text(en="To", ru="До"),
    "past_time": Text(en="Choose a time.", ru="Укажите время."),
    "note_field": Text(en="Note", ru="Заметка"),
    "note_optional": Text(en="Note, if any", ru="Заметка, если нужна"),
    "note_at": Text(en="When", ru="Когда"),
    "remove_entry": Text(en="Take back this entry", ru="Отменить эту запись"),
    "remove_entry_said": Text(
        en="The number and the charts change for everyone. The entry stays in the history, marked as taken back.",
        ru="Число и графики изменятся у всех. Запись останется в истории с отметкой об отмене.",
    ),
    "remove_entry_do": Text(en="Take back", ru="Отменить запись"),
    "remove_note": Text(en="Delete this note", ru="Удалить эту заметку"),
    "remove_note_said": Text(en="It is deleted for everyone.", ru="Она исчезнет у всех."),
    "remove_note_do": Text(en="Delete", ru="Удалить"),
    "lets_add": Text(
        en="Whoever can press can also add past entries and notes",
        ru="Все, кто может нажимать, могут и добавлять записи и заметки",
    ),
    "cancel": Text(en="Cancel", ru="Отмена"),
}
