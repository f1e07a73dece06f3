"""Why a group stays as it is."""

from clickcounter.i18n.bilingual import Text

GROUP_ERRORS: dict[str, Text] = {
    "group_none": Text(
        en="This counter is not a group.",
        ru="Этот счётчик — не группа.",
    ),
    "group_in_group": Text(
        en="A group cannot be a part of a group.",
        ru="Группа не может входить в группу.",
    ),
    "group_many": Text(
        en="The group is full: it holds 12 counters.",
        ru="Группа заполнена: в ней помещается 12 счётчиков.",
    ),
    "group_for_ever": Text(
        en="A counter cannot become a group, nor a group a counter. Nothing was changed.",
        ru="Счётчик не может стать группой, а группа — счётчиком. Ничего не изменено.",
    ),
}
