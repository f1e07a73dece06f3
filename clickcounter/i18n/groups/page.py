"""The texts of a group's page and of the dialog for its counters."""

from clickcounter.i18n.bilingual import Text

GROUP: dict[str, Text] = {
    "group_new": Text(en="Make a group", ru="Создать группу"),
    "group_name": Text(en="Group", ru="Группа"),
    "parts": Text(en="Counters of the group", ru="Счётчики группы"),
    "parts_none": Text(
        en="No counters yet: choose them in the menu.",
        ru="Счётчиков пока нет: выберите их в меню.",
    ),
    "parts_hidden": Text(en="counters you cannot see: {n}", ru="скрытых от вас счётчиков: {n}"),
    "part_archived": Text(en="archived", ru="в архиве"),
    "part_minus": Text(en="subtracted", ru="вычитается"),
    "part_add": Text(en="Add a counter: name or link", ru="Добавить счётчик: название или ссылка"),
    "part_sign": Text(en="How it counts", ru="Как учитывать"),
    "part_in": Text(en="+ is added", ru="+ прибавлять"),
    "part_out": Text(en="− is subtracted", ru="− вычитать"),
    "part_remove": Text(en="Take out of the group", ru="Убрать из группы"),
    "parts_said": Text(
        en="The group shows the sum of these counters. Its limits hold for all of them: a press that would pass one is "
        "refused, wherever it is made.",
        ru="Группа показывает сумму этих счётчиков. Её пределы действуют для всех: нажатие, которое вышло бы за предел, "
        "не засчитывается, где бы его ни сделали.",
    ),
    "lets_leave": Text(
        en="Who leaves has come: count − below the lower limit, too",
        ru="Кто вышел, тот и вошёл: засчитывать − и ниже нижнего предела",
    ),
    "below_note": Text(
        en="below {n}: presses of other devices are still to arrive",
        ru="меньше {n}: нажатия с других устройств ещё не пришли",
    ),
    "archived_group_note": Text(
        en="archived: the limits no longer hold",
        ru="в архиве: пределы больше не действуют",
    ),
    "archive_group_said": Text(
        en="It leaves the list and goes on adding up, but its limits no longer hold. You can restore it any time.",
        ru="Группа уйдёт из списка и продолжит складываться, но её пределы действовать перестанут. Её можно вернуть.",
    ),
    "reset_group": Text(
        en="All counters of the group are set to 0.",
        ru="Все счётчики группы обнулятся.",
    ),
}

IN_DIALOGS = frozenset(
    ("archive_group_said", "part_add", "part_in", "part_out", "part_remove", "part_sign", "parts_said", "reset_group")
)
