"""Every error as a sentence. A code travels on the wire and stays stable; the sentence is what a person reads."""

from typing import Protocol, runtime_checkable

from clickcounter.errors import ClickCounterError, TooMany
from clickcounter.i18n.text import Text

SENTENCES: dict[str, Text] = {  # by an error's code
    "malformed": Text(
        en="This message could not be read. Nothing was counted.",
        ru="Сообщение не удалось прочитать. Ничего не засчитано.",
    ),
    "no_counter": Text(
        en="There is no such counter.",
        ru="Такого счётчика нет.",
    ),
    "amount": Text(
        en="A press adds a whole number from −1,000,000 to 1,000,000, but not 0. This one was not counted.",
        ru="Нажатие прибавляет целое число от −1\u00a0000\u00a0000 до 1\u00a0000\u00a0000, кроме нуля. Это не засчитано.",
    ),
    "limit": Text(
        en="The number would get too large. This press was not counted.",
        ru="Число стало бы слишком большим. Нажатие не засчитано.",
    ),
    "full": Text(
        en="The upper limit is reached. This press was not counted.",
        ru="Достигнут верхний предел. Нажатие не засчитано.",
    ),
    "floor": Text(
        en="The lower limit is reached. This press was not counted.",
        ru="Достигнут нижний предел. Нажатие не засчитано.",
    ),
    "archived": Text(
        en="This counter is archived. The press was not counted.",
        ru="Счётчик в архиве. Нажатие не засчитано.",
    ),
    "not_allowed": Text(
        en="You do not have permission to press here. The press was not counted.",
        ru="У вас нет права нажимать здесь. Нажатие не засчитано.",
    ),
    "members_only": Text(
        en="This counter is for members only.",
        ru="Этот счётчик только для участников.",
    ),
    "not_owner": Text(
        en="Only an owner of the counter can do this. Nothing was changed.",
        ru="Это может сделать только владелец счётчика. Ничего не изменено.",
    ),
    "not_yours": Text(
        en="This counter was not created in this browser, or someone has already claimed it.",
        ru="Счётчик создан не в этом браузере или уже закреплён за кем-то.",
    ),
    "needs_account": Text(
        en="Sign in to do this.",
        ru="Чтобы сделать это, войдите в учётную запись.",
    ),
    "invitation": Text(
        en="This invitation is no longer valid. Ask for a new one.",
        ru="Это приглашение больше не действует. Попросите новое.",
    ),
    "last_owner": Text(
        en="A counter needs at least one owner.",
        ru="У счётчика должен остаться хотя бы один владелец.",
    ),
    "no_member": Text(
        en="There is no such member.",
        ru="Такого участника нет.",
    ),
    "about_access": Text(
        en="There is no such option.",
        ru="Такого варианта нет.",
    ),
    "undo": Text(
        en="Nothing to undo: this device made no such press in this round.",
        ru="Отменять нечего: с этого устройства в этом круге так не нажимали.",
    ),
    "undone": Text(
        en="This press has already been undone.",
        ru="Это нажатие уже отменено.",
    ),
    "about_name": Text(
        en="The name must be 1 to 100 characters long.",
        ru="Длина названия — от 1 до 100 знаков.",
    ),
    "about_description": Text(
        en="The description can be up to 500 characters long.",
        ru="Длина описания — не больше 500 знаков.",
    ),
    "about_colour": Text(
        en="There is no such colour.",
        ru="Такого цвета нет.",
    ),
    "about_day": Text(
        en="A day starts on the hour, from 0 to 23.",
        ru="День начинается в целый час, от 0 до 23.",
    ),
    "about_numbers": Text(
        en="Please check the numbers: the step is from 1 to 1,000,000, the lower limit is below the upper one, "
        "and there are at most five warnings, from 1 to 100 percent.",
        ru="Проверьте числа: шаг — от 1 до 1\u00a0000\u00a0000, нижний предел меньше верхнего, "
        "предупреждений не больше пяти, от 1 до 100 процентов.",
    ),
    "delete_name": Text(
        en="The counter has a different name. Nothing was deleted.",
        ru="Название счётчика не совпало. Ничего не удалено.",
    ),
    "delete_default": Text(
        en="This counter is the home page. You can archive it, but not delete it.",
        ru="Этот счётчик — главная страница. Его можно архивировать, но не удалить.",
    ),
    "label": Text(
        en="The label can be up to 40 characters long.",
        ru="Длина подписи — не больше 40 знаков.",
    ),
    "reason": Text(
        en="Enter a reason for the correction, up to 200 characters long.",
        ru="Укажите причину исправления, не больше 200 знаков.",
    ),
    "zone": Text(
        en="There is no such time zone.",
        ru="Такого часового пояса нет.",
    ),
    "stretches": Text(
        en="This period is too long to show in such small steps.",
        ru="Слишком длинный период для таких мелких делений.",
    ),
    "account_name": Text(
        en="The name must be 1 to 40 characters long.",
        ru="Длина имени — от 1 до 40 знаков.",
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
        en="The password must be 8 to 128 characters long.",
        ru="Длина пароля — от 8 до 128 знаков.",
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
    "import_busy": Text(
        en="Another file is being imported. Try again when it is done.",
        ru="Сейчас загружается другой файл. Попробуйте, когда он загрузится.",
    ),
    "import_large": Text(
        en="The file is larger than 512 MB. Use the terminal instead: python -m clickcounter import.",
        ru="Файл больше 512 МБ. Загрузите его из терминала: python -m clickcounter import.",
    ),
    "import_foreign": Text(
        en="Files can only be imported from Click Counter's own pages.",
        ru="Загружать файлы можно только со страниц самого Click Counter.",
    ),
    "import_failed": Text(
        en="The file could not be imported. The reason is in the server's log. Nothing was changed.",
        ru="Файл не удалось загрузить. Причина записана в журнале сервера. Ничего не изменено.",
    ),
    "superusers_only": Text(
        en="This page is for superusers only. Sign in as one, or create one: python -m clickcounter createsuperuser.",
        ru="Эта страница только для суперпользователей. Войдите как суперпользователь или создайте его: "
        "python -m clickcounter createsuperuser.",
    ),
    "own_account": Text(
        en="You cannot do this to your own account; another superuser can. Nothing was changed.",
        ru="Со своей учётной записью так нельзя; это может другой суперпользователь. Ничего не изменено.",
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
        en="The account has a different name. Nothing was deleted.",
        ru="Имя учётной записи не совпало. Ничего не удалено.",
    ),
    "whole_number": Text(
        en="This is not a whole number. Nothing was changed.",
        ru="Это не целое число. Ничего не изменено.",
    ),
    "round_over": Text(
        en="Someone else has already reset it. Nothing was changed.",
        ru="Счётчик уже обнулил кто-то другой. Ничего не изменено.",
    ),
    "origin": Text(
        en="This page belongs to another site, which has no access here. Nothing was done.",
        ru="Эта страница принадлежит другому сайту, у него нет доступа. Ничего не сделано.",
    ),
    "too_many": Text(
        en="Too many attempts. Try again in {wait}.",
        ru="Слишком много попыток. Попробуйте снова через {wait}.",
    ),
    "too_fast": Text(
        en="Too many presses at once. Saving continues in {wait}. Nothing is lost.",
        ru="Слишком много нажатий сразу. Сохранение продолжится через {wait}. Ничего не пропадёт.",
    ),
    "failed": Text(
        en="The server could not save this press. The reason is in its log.",
        ru="Сервер не смог сохранить это нажатие. Причина записана в его журнале.",
    ),
    "later": Text(
        en="The server cannot save right now. Please wait a moment.",
        ru="Сервер сейчас не может сохранять. Подождите немного.",
    ),
    "not_done": Text(
        en="This could not be done. Nothing was changed.",
        ru="Выполнить это не удалось. Ничего не изменено.",
    ),
}


@runtime_checkable
class Worded(Protocol):
    """An error that brings its own text."""

    text: Text


def sentences_of(error: ClickCounterError) -> Text:
    """An error in words."""
    if isinstance(error, Worded):
        return error.text
    text = SENTENCES.get(error.code, SENTENCES["failed"])
    return text.format(wait=_duration(error.seconds)) if isinstance(error, TooMany) else text


def _duration(seconds: int) -> Text:
    """Exact up to a minute; longer ones are rounded up to whole minutes."""
    if seconds <= 60:
        return Text(en=f"{seconds} s", ru=f"{seconds} с")
    minutes = -(-seconds // 60)
    return Text(en=f"{minutes} min", ru=f"{minutes} мин")
