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
    "password_short_alone": Text(
        en="Without a second factor, the password must be 15 characters long. Change it first. Nothing was changed.",
        ru="Без второго фактора в пароле должно быть от 15 знаков. Сначала смените пароль. Ничего не изменено.",
    ),
    "second_factor": Text(
        en="Enter the code from your authenticator app, or one of your recovery codes.",
        ru="Введите код из приложения-аутентификатора или один из резервных кодов.",
    ),
    "second_factor_wrong": Text(
        en="This code is not right. Enter the one that the app shows now; the phone's clock must be right.",
        ru="Код не подходит. Введите тот, который приложение показывает сейчас; часы телефона должны идти верно.",
    ),
    "second_factor_used": Text(
        en="This code was used already. Wait until the app shows the next one.",
        ru="Этот код уже использован. Дождитесь, пока приложение покажет следующий.",
    ),
    "second_factor_set": Text(
        en="The account has a second factor already. Turn it off first.",
        ru="У учётной записи уже есть второй фактор. Сначала отключите его.",
    ),
    "second_factor_off": Text(
        en="The account has no second factor.",
        ru="У учётной записи нет второго фактора.",
    ),
    "second_factor_due": Text(
        en="These pages ask for your second factor every 12 hours. Enter the code from your app, or a recovery code.",
        ru="Эти страницы спрашивают второй фактор каждые 12 часов. Введите код из приложения или резервный код.",
    ),
    "second_factor_missing": Text(
        en="On this server, superusers need a second factor here. Set it up on the account page, or sign in with a passkey.",
        ru="На этом сервере суперпользователям нужен здесь второй фактор. Настройте его на странице учётной записи "
        "или войдите с ключом доступа.",
    ),
    "passkey_host": Text(
        en="Passkeys need a host name, and this page's address is a number.",
        ru="Ключам доступа нужно имя сайта, а у этой страницы адрес из чисел.",
    ),
    "passkey_late": Text(
        en="That took too long, or was done already. Try again.",
        ru="Прошло слишком много времени, или это уже сделано. Попробуйте ещё раз.",
    ),
    "passkey_wrong": Text(
        en="The device's answer is not right. Nothing was changed.",
        ru="Ответ устройства неверен. Ничего не изменено.",
    ),
    "passkey_unknown": Text(
        en="This passkey is not known here, or was removed. Sign in in another way.",
        ru="Этот ключ доступа здесь неизвестен или удалён. Войдите другим способом.",
    ),
    "passkey_known": Text(
        en="This device has a passkey for this account already.",
        ru="На этом устройстве уже есть ключ доступа к этой учётной записи.",
    ),
    "passkey_many": Text(
        en="An account has at most 20 passkeys. Remove one first.",
        ru="У учётной записи не больше 20 ключей доступа. Сначала удалите какой-нибудь.",
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
