"""The texts of the dialog for learnt keys and devices."""

from clickcounter.i18n.bilingual import Text

HARDWARE: dict[str, Text] = {
    "buttons_title": Text(en="Buttons and sounds", ru="Кнопки и звуки"),
    "devices": Text(en="Keys and devices", ru="Клавиши и устройства"),
    "devices_said": Text(
        en="Count with any key, remote, foot switch, headset, gamepad or MIDI controller. "
        "Learnt keys are kept in this browser.",
        ru="Считайте любой клавишей, пультом, педалью, гарнитурой, геймпадом или MIDI-контроллером. "
        "Назначения хранятся в этом браузере.",
    ),
    "none_learnt": Text(
        en="Without learning, Space and Enter add, − subtracts and U undoes.",
        ru="Без назначения пробел и Enter прибавляют, − вычитает, U отменяет.",
    ),
    "learn": Text(en="Learn a key…", ru="Назначить клавишу…"),
    "learn_title": Text(en="Press a key or a button", ru="Нажмите клавишу или кнопку"),
    "learn_said": Text(
        en="On a keyboard, remote, presenter, foot switch or gamepad. "
        "Headsets and MIDI controllers have to be switched on first. Esc cancels.",
        ru="На клавиатуре, пульте, презентере, педали или геймпаде. "
        "Гарнитуру и MIDI-контроллер сначала нужно включить. Esc — отмена.",
    ),
    "learn_waiting": Text(en="Waiting for a press…", ru="Ждём нажатия…"),
    "key_combined": Text(
        en="Keys together with Ctrl, Alt, ⌘ or Win are left to the browser. Press one key alone.",
        ru="Сочетания с Ctrl, Alt, ⌘ и Win остаются браузеру. Нажмите одну клавишу.",
    ),
    "key_unnamed": Text(
        en="The browser does not say which key this is, so it cannot be learnt.",
        ru="Браузер не сообщает, что это за клавиша, поэтому назначить её нельзя.",
    ),
    "choose_title": Text(en="What does “{name}” do?", ru="Что делает «{name}»?"),
    "built_in_press": Text(
        en="This key adds without being learnt. Once learnt, it does only what you choose here.",
        ru="Эта клавиша и так прибавляет. После назначения она будет делать только то, что выбрано здесь.",
    ),
    "built_in_minus": Text(
        en="This key subtracts without being learnt. Once learnt, it does only what you choose here.",
        ru="Эта клавиша и так вычитает. После назначения она будет делать только то, что выбрано здесь.",
    ),
    "built_in_undo": Text(
        en="This key undoes without being learnt. Once learnt, it does only what you choose here.",
        ru="Эта клавиша и так отменяет. После назначения она будет делать только то, что выбрано здесь.",
    ),
    "built_in_place": Text(
        en="On a board, this key presses the counter in that place. Once learnt, it does only what you choose here.",
        ru="На табло эта клавиша нажимает счётчик с таким номером. После назначения она будет делать только то, "
        "что выбрано здесь.",
    ),
    "learnt_before": Text(en="Until now it {what}.", ru="До сих пор: {what}."),
    "does": Text(en="On each press", ru="При каждом нажатии"),
    "does_plus": Text(en="adds", ru="прибавляет"),
    "does_minus": Text(en="subtracts", ru="вычитает"),
    "does_undo": Text(en="undoes your last press", ru="отменяет ваше последнее нажатие"),
    "where": Text(en="Where", ru="Где"),
    "where_open": Text(en="on every counter’s page", ru="на странице любого счётчика"),
    "where_one": Text(en="only on “{name}”", ru="только на «{name}»"),
    "learnt_now": Text(en="Learnt: {name} {what}.", ru="Назначено: {name} {what}."),
    "forgotten": Text(en="Removed: {name}.", ru="Удалено: {name}."),
    "all_forgotten": Text(en="All learnt keys are removed.", ru="Все назначения удалены."),
    "forget": Text(en="Remove {name}", ru="Удалить {name}"),
    "forget_all": Text(en="Remove all…", ru="Удалить все…"),
    "forget_all_title": Text(en="Remove all learnt keys?", ru="Удалить все назначения?"),
    "forget_all_said": Text(
        en="Space, Enter, − and U keep working, as they do without learning.",
        ru="Пробел, Enter, − и U продолжат работать: их назначать не нужно.",
    ),
    "forget_all_do": Text(en="Remove all", ru="Удалить все"),
    "not_stored": Text(
        en="This browser cannot store learnt keys: they work until the page is closed.",
        ru="Браузер не может сохранить назначения: они действуют, пока страница открыта.",
    ),
    "others": Text(en="Other devices", ru="Другие устройства"),
    "headset": Text(en="Headset buttons", ru="Кнопки гарнитуры"),
    "headset_said": Text(
        en="This page then plays silence: browsers send the buttons to the page that plays. "
        "It stops other music and uses some battery.",
        ru="Страница будет воспроизводить тишину: браузер передаёт нажатия той странице, которая что-то играет. "
        "Другая музыка остановится, батарея сядет чуть быстрее.",
    ),
    "headset_waiting": Text(
        en="They work again after your next press on the page.", ru="Заработают после следующего нажатия на странице."
    ),
    "headset_missing": Text(
        en="This browser does not hand on headset buttons.", ru="Этот браузер не передаёт нажатия гарнитуры."
    ),
    "midi_open": Text(en="Use MIDI…", ru="Включить MIDI…"),
    "midi_on": Text(en="MIDI: {names}", ru="MIDI-устройства: {names}"),
    "midi_none": Text(en="MIDI is on; no device is connected.", ru="MIDI включён, но устройств нет."),
    "midi_refused": Text(
        en="The browser does not allow MIDI here. Allow it in its settings for this site, then try again.",
        ru="Браузер не разрешает здесь MIDI. Разрешите его в настройках этого сайта и попробуйте ещё раз.",
    ),
    "midi_failed": Text(en="This computer’s MIDI could not be opened.", ru="Не удалось открыть MIDI на этом компьютере."),
    "midi_missing": Text(
        en="No MIDI: this browser does not have it, or not on an address without https.",
        ru="MIDI недоступен: этого не умеет браузер, или адрес не https.",
    ),
    "gamepad_on": Text(en="Gamepads: {names}", ru="Геймпады: {names}"),
    "gamepad_none": Text(
        en="A gamepad is found when you press one of its buttons.",
        ru="Геймпад появится, когда вы нажмёте на нём кнопку.",
    ),
    "key_space": Text(en="Space", ru="Пробел"),
    "key_up": Text(en="Arrow Up", ru="Стрелка вверх"),
    "key_down": Text(en="Arrow Down", ru="Стрелка вниз"),
    "key_left": Text(en="Arrow Left", ru="Стрелка влево"),
    "key_right": Text(en="Arrow Right", ru="Стрелка вправо"),
    "key_numpad": Text(en="Numpad {name}", ru="Цифровой блок {name}"),
    "headset_playpause": Text(en="Headset: play or pause", ru="Гарнитура: пуск или пауза"),
    "headset_nexttrack": Text(en="Headset: next", ru="Гарнитура: вперёд"),
    "headset_previoustrack": Text(en="Headset: previous", ru="Гарнитура: назад"),
    "gamepad_b": Text(en="Gamepad button {n}", ru="Кнопка геймпада {n}"),
    "gamepad_a": Text(en="Gamepad axis {n} {sign}", ru="Ось геймпада {n} {sign}"),
    "midi_note": Text(en="MIDI note {n}, channel {channel}", ru="MIDI-нота {n}, канал {channel}"),
    "midi_cc": Text(en="MIDI controller {n}, channel {channel}", ru="MIDI-контроллер {n}, канал {channel}"),
    "midi_pc": Text(en="MIDI program {n}, channel {channel}", ru="MIDI-программа {n}, канал {channel}"),
}
