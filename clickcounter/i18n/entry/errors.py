"""What can go wrong with getting in."""

from clickcounter.i18n.bilingual import Text

ENTRY_ERRORS: dict[str, Text] = {
    "registration_invited": Text(
        en="You need an invitation to register. Ask the server's administrator for a link.",
        ru="Для регистрации нужно приглашение. Попросите ссылку у администратора сервера.",
    ),
    "password_common": Text(
        en="Many people use this password, or one like it, so it is guessed first. Choose a few words of your own.",
        ru="Такой или почти такой пароль у многих, его угадывают первым. Выберите несколько своих слов.",
    ),
    "password_named": Text(
        en="The password is little more than your name or the name of this app. Choose a few other words.",
        ru="В пароле почти ничего нет, кроме вашего имени или названия приложения. Выберите несколько других слов.",
    ),
    "no_invitation": Text(
        en="There is no such invitation.",
        ru="Такого приглашения нет.",
    ),
    "invitation_numbers": Text(
        en="An invitation is for 1 to 1,000 people and is valid for 1 to 365 days.",
        ru="Приглашение рассчитано на 1–1000 человек и действует от 1 до 365 дней.",
    ),
}
