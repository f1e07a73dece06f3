"""The texts of the page of one's own account."""

ACCOUNT: dict[str, tuple[str, str]] = {  # name: (Russian, English)
    "account": ("Учётная запись", "Account"),
    "to_counter": ("К счётчику", "The counter"),
    "asking": ("узнаём, кто вы…", "asking who you are…"),
    "account_said": (
        "С учётной записью у вас своё число на всех ваших устройствах, а рядом с нажатиями стоит ваше имя. "
        "Считать можно и без неё.",
        "With an account you have a number of your own on all your devices, and your name stands beside your presses. "
        "Counting works without.",
    ),
    "sign_in_title": ("Войти", "Sign in"),
    "sign_in_do": ("Войти", "Sign in"),
    "register": ("Завести учётную запись", "Make an account"),
    "register_short": ("Завести новую", "New here"),
    "register_do": ("Завести", "Make it"),
    "name": ("Имя", "Name"),
    "name_hint": ("его видят все, кто смотрит; до 40 знаков", "everybody who looks on sees it; up to 40 characters"),
    "password": ("Пароль", "Password"),
    "password_hint": (
        "от 8 до 128 знаков; забытый может заменить только тот, кто держит сервер",
        "8 to 128 characters; only whoever runs the server can replace a forgotten one",
    ),
    "old_password": ("Нынешний пароль", "Present password"),
    "new_password": ("Новый пароль", "New password"),
    "sign_out": ("Выйти", "Sign out"),
    "sign_out_everywhere": ("Выйти на всех устройствах", "Sign out on all devices"),
    "administration": ("Управление сервером", "Administration"),
    "change_name": ("Сменить имя", "Change the name"),
    "change_password": ("Сменить пароль", "Change the password"),
    "password_changed": (
        "Пароль сменён; на других устройствах нужно войти заново.",
        "The password was changed; other devices have to sign in again.",
    ),
    "save": ("Сохранить", "Save"),
    "delete_account": ("Удалить учётную запись", "Delete the account"),
    "delete_said": (
        "Имя исчезнет отовсюду, нажатия останутся без имени. Вернуть её будет нельзя.",
        "The name disappears everywhere; the presses stay, without a name. It cannot be brought back.",
    ),
    "delete_do": ("Удалить", "Delete"),
}
