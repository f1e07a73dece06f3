"""The texts of the account page."""

from clickcounter.i18n.bilingual import Text

ACCOUNT: dict[str, Text] = {
    "account": Text(en="Account", ru="Учётная запись"),
    "to_counter": Text(en="Back", ru="Назад"),
    "asking": Text(en="Loading…", ru="Загрузка…"),
    "account_said": Text(
        en="With an account, your presses add up across all your devices and carry your name. You can count without one.",
        ru="С учётной записью нажатия со всех ваших устройств складываются и подписываются вашим именем. "
        "Считать можно и без неё.",
    ),
    "invited_to_register": Text(
        en="You are invited to create an account here. Your presses then carry your name and add up across your devices.",
        ru="Вас пригласили создать здесь учётную запись. Тогда ваши нажатия будут подписаны вашим именем "
        "и сложатся со всех ваших устройств.",
    ),
    "sign_in_title": Text(en="Sign in", ru="Вход"),
    "sign_in_do": Text(en="Sign in", ru="Войти"),
    "register": Text(en="New account", ru="Новая учётная запись"),
    "register_short": Text(en="Register", ru="Регистрация"),
    "register_do": Text(en="Create account", ru="Создать учётную запись"),
    "name": Text(en="Name", ru="Имя"),
    "name_hint": Text(en="everyone watching sees it; up to 40 characters", ru="видно всем, кто смотрит; до 40 знаков"),
    "password": Text(en="Password", ru="Пароль"),
    "password_hint": Text(
        en="15 characters or more, for example a few words; only the server's administrator can replace a forgotten one",
        ru="от 15 знаков, например несколько слов; забытый пароль может заменить только администратор сервера",
    ),
    "old_password": Text(en="Current password", ru="Текущий пароль"),
    "new_password": Text(en="New password", ru="Новый пароль"),
    "sign_out": Text(en="Sign out", ru="Выйти"),
    "sign_out_everywhere": Text(en="Sign out on all devices", ru="Выйти на всех устройствах"),
    "administration": Text(en="Administration", ru="Администрирование"),
    "keys": Text(en="Keys for programs", ru="Ключи для программ"),
    "change_name": Text(en="Change name", ru="Сменить имя"),
    "change_password": Text(en="Change password", ru="Сменить пароль"),
    "password_changed": Text(
        en="Password changed. Your other devices need to sign in again.",
        ru="Пароль изменён. На других устройствах нужно войти заново.",
    ),
    "save": Text(en="Save", ru="Сохранить"),
    "delete_account": Text(en="Delete account", ru="Удалить учётную запись"),
    "delete_said": Text(
        en="Your name disappears everywhere; your presses stay, without a name. This cannot be undone.",
        ru="Ваше имя исчезнет отовсюду, нажатия останутся без имени. Отменить это нельзя.",
    ),
    "delete_do": Text(en="Delete", ru="Удалить"),
}
