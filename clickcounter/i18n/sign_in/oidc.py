"""The texts about accounts elsewhere."""

from clickcounter.i18n.bilingual import Text

OIDC: dict[str, Text] = {
    "oidc_sign_in": Text(en="Sign in with {name}", ru="Войти через {name}"),
    "oidc_again_sign_in": Text(en="Sign in with {name} again", ru="Войти через {name} ещё раз"),
    "oidc_links": Text(en="Sign-in with other services", ru="Вход через другие сервисы"),
    "oidc_links_said": Text(
        en="These accounts also sign you in here.", ru="С этими учётными записями сюда тоже можно войти."
    ),
    "oidc_none": Text(en="No other account is linked yet.", ru="Другие учётные записи пока не привязаны."),
    "oidc_link": Text(en="Link with {name}", ru="Привязать {name}"),
    "oidc_unlink": Text(en="Unlink", ru="Отвязать"),
    "oidc_password_said": Text(
        en="This account has no password. With one, you can also sign in by name.",
        ru="У этой учётной записи нет пароля. С паролем можно будет входить и по имени.",
    ),
}

OIDC_ERRORS: dict[str, Text] = {
    "oidc_away": Text(
        en="The other service is not answering properly right now. Try again later, or sign in with a password.",
        ru="Другой сервис сейчас не отвечает как следует. Попробуйте позже или войдите с паролем.",
    ),
    "oidc_failed": Text(
        en="The other service refused this sign-in. Start again; if that does not help, tell the server's administrator.",
        ru="Другой сервис отклонил этот вход. Начните заново; если не поможет, сообщите администратору сервера.",
    ),
    "oidc_declined": Text(
        en="The sign-in was cancelled at the other service. Nothing was changed.",
        ru="Вход отменён в другом сервисе. Ничего не изменено.",
    ),
    "oidc_again": Text(
        en="This sign-in has expired, or it began in another browser. Start again.",
        ru="Этот вход устарел или начат в другом браузере. Начните заново.",
    ),
    "oidc_unknown": Text(
        en="No account here is linked with that one, and registration is closed. If you have an account here, sign in with "
        "its password and link the two.",
        ru="Та учётная запись ни к одной здешней не привязана, а регистрация закрыта. Если у вас здесь есть учётная запись, "
        "войдите в неё с паролем и привяжите ту.",
    ),
    "oidc_taken": Text(
        en="That account is already linked with another account here. Nothing was changed.",
        ru="Та учётная запись уже привязана здесь к другой. Ничего не изменено.",
    ),
    "oidc_many": Text(
        en="At most 10 other accounts can be linked. Nothing was changed.",
        ru="Привязать можно не больше 10 других учётных записей. Ничего не изменено.",
    ),
    "oidc_last": Text(
        en="This is the only way into your account. Set a password first.",
        ru="Это единственный вход в вашу учётную запись. Сначала задайте пароль.",
    ),
    "oidc_link": Text(
        en="There is no such linked account.",
        ru="Такой привязанной учётной записи нет.",
    ),
    "oidc_off": Text(
        en="This server offers no sign-in by another service.",
        ru="На этом сервере нет входа через другой сервис.",
    ),
    "sign_in_again": Text(
        en="Please sign in again first: for this, you must have signed in within the last ten minutes.",
        ru="Сначала войдите заново: для этого нужно было войти не раньше десяти минут назад.",
    ),
}
