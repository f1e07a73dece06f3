"""The texts of counting mode, and of its sounds, vibration and flashes."""

from clickcounter.i18n.bilingual import Text

COUNTING: dict[str, Text] = {
    "mode": Text(en="Counting mode", ru="Режим счёта"),
    "leave": Text(en="Leave counting mode", ru="Выйти из режима счёта"),
    "plus": Text(en="Add {n}", ru="Прибавить {n}"),
    "lock": Text(en="Lock against accidental taps", ru="Заблокировать от случайных касаний"),
    "hold": Text(en="Hold one second to unlock", ru="Удерживайте секунду, чтобы разблокировать"),
    "holding": Text(en="Keep holding…", ru="Не отпускайте…"),
    "hold_hint": Text(
        en="With a keyboard or a screen reader, press it once.",
        ru="С клавиатуры или через программу экранного доступа достаточно нажать один раз.",
    ),
    "locked": Text(en="Locked: taps do nothing", ru="Заблокировано: касания не считаются"),
    "full_screen": Text(en="Full screen", ru="На весь экран"),
    "feedback": Text(en="Sounds and vibration", ru="Звуки и вибрация"),
    "may_sleep": Text(
        en="This browser cannot keep the screen on here; the phone’s own settings can.",
        ru="Здесь браузер не может удержать экран включённым; это можно сделать в настройках телефона.",
    ),
}

FEEDBACK: dict[str, Text] = {
    "ways": Text(en="How to tell me", ru="Как сообщать"),
    "vibration": Text(en="Vibration", ru="Вибрация"),
    "no_vibration": Text(en="this browser cannot vibrate", ru="этот браузер не умеет вибрировать"),
    "sound": Text(en="Sounds", ru="Звуки"),
    "flash": Text(en="Flash on the screen", ru="Вспышка на экране"),
    "speech": Text(en="Say the number", ru="Называть число"),
    "speech_never": Text(en="never", ru="никогда"),
    "speech_each": Text(en="after every press", ru="после каждого нажатия"),
    "speech_every": Text(en="every {n} presses", ru="раз в {n} нажатий"),
    "kinds": Text(en="When", ru="Когда"),
    "kind_plus": Text(en="a press adds", ru="нажатие прибавило"),
    "kind_minus": Text(en="a press subtracts", ru="нажатие вычло"),
    "kind_refused": Text(en="a press does not count", ru="нажатие не засчитано"),
    "kind_unsaved": Text(en="a press is not saved within 30 s", ru="нажатие не сохранилось за 30 с"),
    "kind_near": Text(en="the limit or the goal is near", ru="предел или цель близко"),
    "kind_reached": Text(en="the limit or the goal is reached", ru="предел или цель достигнуты"),
    "on_this_device": Text(en="Kept on this device.", ru="Хранится на этом устройстве."),
}
