"""The texts of the installed app: getting it, its new versions, sharing."""

from clickcounter.i18n.bilingual import Text

APP: dict[str, Text] = {
    "new_version": Text(en="A new version is ready.", ru="Готова новая версия."),
    "reload": Text(en="Reload", ru="Обновить"),
    "part_missing": Text(
        en="This part did not load. Reload the page: no press is lost.",
        ru="Эта часть не загрузилась. Обновите страницу: нажатия не пропадут.",
    ),
}
MANIFEST: dict[str, Text] = {
    "name": Text(en="Click Counter", ru="Счётчик нажатий"),
    "short_name": Text(en="Counter", ru="Счётчик"),
    "description": Text(
        en="One live number, shared by everyone who counts. Works offline.",
        ru="Одно живое число на всех, кто считает. Работает и без связи.",
    ),
    "last": Text(en="Last counter", ru="Последний счётчик"),
    "previous": Text(en="Previous counter", ru="Предыдущий счётчик"),
    "all": Text(en="All counters", ru="Все счётчики"),
}
INSTALL = Text(en="Install the app", ru="Установить приложение")
FIRST_STEPS: dict[str, Text] = {
    "steps": Text(en="First steps", ru="С чего начать"),
    "step_press": Text(en="Press the sun: the number goes up for everyone", ru="Нажмите на солнце: число вырастет у всех"),
    "step_share": Text(en="Open it on another phone", ru="Откройте на другом телефоне"),
    "step_name": Text(en="Name it", ru="Дайте имя"),
    "step_or_more": Text(en="or make another counter", ru="или создайте ещё один"),
    "step_more": Text(en="Make a counter of your own", ru="Создайте свой счётчик"),
}
SHARING: dict[str, Text] = {"send_link": Text(en="Send the link…", ru="Отправить ссылку…")}
