"""What can go wrong with accounts, and in `/admin/`."""

from clickcounter.i18n.bilingual import Text
from clickcounter.i18n.entry.errors import ENTRY_ERRORS
from clickcounter.i18n.sign_in.oidc import OIDC_ERRORS

ACCOUNT_ERRORS: dict[str, Text] = {
    **ENTRY_ERRORS,
    **OIDC_ERRORS,
    "account_name": Text(
        en="The name must be 1 to 40 characters long.",
        ru="Длина имени — от 1 до 40 знаков.",
    ),
    "account_name_letters": Text(
        en="A name cannot contain invisible characters or mix two alphabets in one word.",
        ru="В имени не может быть ни невидимых знаков, ни букв разных алфавитов в одном слове.",
    ),
    "account_similar": Text(
        en="Another account's name looks the same.",
        ru="Есть другая учётная запись, имя которой выглядит так же.",
    ),
    "account_taken": Text(
        en="This name is already taken.",
        ru="Это имя уже занято.",
    ),
    "account_blocked": Text(
        en="This account is blocked.",
        ru="Эта учётная запись заблокирована.",
    ),
    "password_length": Text(
        en="The password must be 15 to 128 characters long: a few words do, spaces count too.",
        ru="Длина пароля — от 15 до 128 знаков: хватит нескольких слов, пробелы тоже считаются.",
    ),
    "password_wrong": Text(
        en="Wrong password. Nothing was changed.",
        ru="Неверный пароль. Ничего не изменено.",
    ),
    "sign_in": Text(
        en="Wrong name or password.",
        ru="Неверное имя или пароль.",
    ),
    "not_now": Text(
        en="The server cannot do this right now. Try again in a moment.",
        ru="Сервер сейчас не может этого сделать. Попробуйте чуть позже.",
    ),
    "signed_out": Text(
        en="You are not signed in.",
        ru="Вы не вошли в учётную запись.",
    ),
    "registration": Text(
        en="Registration is closed. Ask the server's administrator.",
        ru="Регистрация закрыта. Обратитесь к администратору сервера.",
    ),
    "cross_site": Text(
        en="You cannot sign in here: this page and its server are on different sites. You can count without an account.",
        ru="Войти здесь нельзя: страница и сервер находятся на разных сайтах. Считать можно и без учётной записи.",
    ),
    "superusers_only": Text(
        en="This page is for superusers only. Sign in as one, or create one: python -m clickcounter createsuperuser.",
        ru="Эта страница только для суперпользователей. Войдите как суперпользователь или создайте его: "
        "python -m clickcounter createsuperuser.",
    ),
    "own_account": Text(
        en="You cannot do this to your own account. Ask another superuser. Nothing was changed.",
        ru="Это нельзя сделать со своей учётной записью. Попросите другого суперпользователя. Ничего не изменено.",
    ),
    "no_account": Text(
        en="There is no such account.",
        ru="Такой учётной записи нет.",
    ),
    "no_device": Text(
        en="There is no such device.",
        ru="Такого устройства нет.",
    ),
    "no_page": Text(
        en="Page not found.",
        ru="Страница не найдена.",
    ),
    "delete_person": Text(
        en="That is not the account's name. Nothing was deleted.",
        ru="Имя введено неверно. Ничего не удалено.",
    ),
}
