"""The texts of the board of several counters."""

from clickcounter.i18n.bilingual import Text

BOARD: dict[str, Text] = {
    "board_title": Text(en="Board", ru="Доска"),
    "board_empty": Text(
        en="Put up to {n} counters on one screen and press them side by side.",
        ru="Соберите на одном экране до {n} счётчиков и нажимайте их рядом.",
    ),
    "board_add": Text(en="Add counters", ru="Добавить счётчики"),
    "board_add_short": Text(en="Add", ru="Добавить"),
    "board_add_what": Text(en="Name or link", ru="Название или ссылка"),
    "board_on_it": Text(
        en="{n} of {of} on the board. A name that is new creates a counter.",
        ru="На доске {n} из {of}. Новое название создаёт счётчик.",
    ),
    "board_full": Text(en="The board is full: it holds 12 counters.", ru="Доска заполнена: на ней помещается 12 счётчиков."),
    "board_cut": Text(
        en="The link has more than {n} counters: the others were left out.",
        ru="В ссылке больше {n} счётчиков: остальные пропущены.",
    ),
    "board_edit": Text(en="Change", ru="Изменить", context="button"),
    "board_edited": Text(en="Done", ru="Готово"),
    "board_earlier": Text(en="Move forward", ru="Переместить к началу"),
    "board_later": Text(en="Move back", ru="Переместить к концу"),
    "board_take_off": Text(en="Take off the board", ru="Убрать с доски"),
    "board_save": Text(en="Save and share", ru="Сохранить и поделиться"),
    "board_save_short": Text(en="Save and share", ru="Сохранить", context="short"),
    "board_save_this": Text(en="Save this board", ru="Сохранить эту доску"),
    "board_keep": Text(en="Save", ru="Сохранить"),
    "board_saved": Text(en="Saved boards", ru="Сохранённые доски"),
    "board_none_saved": Text(
        en="No boards are saved on this device yet.", ru="На этом устройстве пока нет сохранённых досок."
    ),
    "board_counters": Text(en="counters: {n}", ru="счётчиков: {n}"),
    "board_name": Text(en="Name of the board", ru="Название доски"),
    "board_kept_said": Text(
        en="The board is saved in this browser only, and appears under “Saved boards”.",
        ru="Доска сохраняется только в этом браузере и появится в «Сохранённых досках».",
    ),
    "board_link": Text(en="Link to the board", ru="Ссылка на доску"),
    "board_link_said": Text(
        en="Whoever opens the link sees these counters, as far as they may see each of them.",
        ru="По ссылке откроются эти же счётчики — те из них, которые человеку разрешено видеть.",
    ),
    "board_taken": Text(en="A board of this name is saved already.", ru="Доска с таким названием уже сохранена."),
    "board_not_stored": Text(
        en="This browser stores nothing: keep the link.", ru="Браузер ничего не хранит: сохраните ссылку."
    ),
    "board_rename": Text(en="Rename", ru="Переименовать"),
    "board_delete": Text(en="Delete", ru="Удалить"),
    "board_delete_sure": Text(
        en="Delete the board “{name}”? Its counters stay.", ru="Удалить доску «{name}»? Счётчики останутся."
    ),
    "board_open": Text(en="Open as a board", ru="Открыть как доску"),
    "board_choose": Text(en="Choose several", ru="Выбрать несколько"),
    "board_choose_end": Text(en="Cancel", ru="Отмена"),
    "board_chosen": Text(en="Chosen: {n} of {of}", ru="Выбрано: {n} из {of}"),
    "board_link_to": Text(en="Boards", ru="Доски"),
    "cell_add": Text(en="Add {n}", ru="Прибавить {n}"),
    "cell_unsaved": Text(en="not saved: {n}", ru="не сохранено: {n}"),
    "cell_open": Text(en="Open the counter", ru="Открыть счётчик"),
}
