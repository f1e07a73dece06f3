"""What can go wrong with getting in."""

from clickcounter.i18n.bilingual import Text

ENTRY_ERRORS: dict[str, Text] = {
    "registration_invited": Text(
        en="You need an invitation to register. Ask the server's administrator for a link.",
        ru="Для регистрации нужно приглашение. Попросите ссылку у администратора сервера.",
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
