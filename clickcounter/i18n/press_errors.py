"""Why a press was not counted, or not yet."""

from clickcounter.i18n.bilingual import Text

PRESS_ERRORS: dict[str, Text] = {
    "malformed": Text(
        en="This message could not be read. Nothing was counted.",
        ru="Сообщение не удалось прочитать. Ничего не засчитано.",
    ),
    "no_counter": Text(
        en="There is no such counter.",
        ru="Такого счётчика нет.",
    ),
    "amount": Text(
        en="A press adds a whole number from −1,000,000 to 1,000,000, but not 0. This one was not counted.",
        ru="Нажатие прибавляет целое число от −1\u00a0000\u00a0000 до 1\u00a0000\u00a0000, кроме нуля. "
        "Такое нажатие не засчитано.",
    ),
    "limit": Text(
        en="The number would get too large. This press was not counted.",
        ru="Число стало бы слишком большим. Нажатие не засчитано.",
    ),
    "full": Text(
        en="The upper limit is reached. This press was not counted.",
        ru="Достигнут верхний предел. Нажатие не засчитано.",
    ),
    "floor": Text(
        en="The lower limit is reached. This press was not counted.",
        ru="Достигнут нижний предел. Нажатие не засчитано.",
    ),
    "group_full": Text(
        en="The upper limit of a group is reached. This press was not counted.",
        ru="Достигнут верхний предел группы. Нажатие не засчитано.",
    ),
    "group_floor": Text(
        en="The lower limit of a group is reached. This press was not counted.",
        ru="Достигнут нижний предел группы. Нажатие не засчитано.",
    ),
    "group": Text(
        en="A group cannot be pressed: it is the sum of its counters. Press one of those.",
        ru="Группу нажать нельзя: она складывается из своих счётчиков. Нажимайте на них.",
    ),
    "archived": Text(
        en="This counter is archived. The press was not counted.",
        ru="Счётчик в архиве. Нажатие не засчитано.",
    ),
    "not_allowed": Text(
        en="You do not have permission to press here. The press was not counted.",
        ru="У вас нет права нажимать здесь. Нажатие не засчитано.",
    ),
    "undo": Text(
        en="Nothing to undo: this device made no such press in this round.",
        ru="Отменять нечего: такого нажатия с этого устройства в этом круге не было.",
    ),
    "undone": Text(
        en="This press has already been undone.",
        ru="Это нажатие уже отменено.",
    ),
    "too_fast": Text(
        en="Too many presses at once. Saving continues in {wait}. Nothing is lost.",
        ru="Слишком много нажатий сразу. Сохранение продолжится через {wait}. Ничего не пропадёт.",
    ),
    "new_devices": Text(
        en="Too many new devices in this network. Saving continues in {wait}. Nothing is lost.",
        ru="Слишком много новых устройств в этой сети. Сохранение продолжится через {wait}. Ничего не пропадёт.",
    ),
    "failed": Text(
        en="This could not be saved. The reason is in the server's log.",
        ru="Сохранить это не удалось. Причина записана в логе сервера.",
    ),
    "later": Text(
        en="The server cannot save right now. Please wait a moment.",
        ru="Сервер сейчас не может сохранять. Подождите немного.",
    ),
}
