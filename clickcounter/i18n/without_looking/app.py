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
INSTALL = Text(en="Install the app", ru="Установить приложение")
SHARING: dict[str, Text] = {"send_link": Text(en="Send the link…", ru="Отправить ссылку…")}
