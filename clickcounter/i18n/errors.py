"""Every error as a sentence. A code travels on the wire and stays stable; the sentence is what a person reads."""

from typing import Protocol, runtime_checkable

from clickcounter.errors import ClickCounterError, Later, TooMany
from clickcounter.i18n.account_errors import ACCOUNT_ERRORS
from clickcounter.i18n.api_errors import API_ERRORS
from clickcounter.i18n.bilingual import Text
from clickcounter.i18n.days.errors import SCHEDULE_ERRORS
from clickcounter.i18n.elsewhere import ELSEWHERE_ERRORS
from clickcounter.i18n.groups.errors import GROUP_ERRORS
from clickcounter.i18n.past.errors import PAST_ERRORS
from clickcounter.i18n.press_errors import PRESS_ERRORS
from clickcounter.i18n.webhooks import WEBHOOK_ERRORS

SECONDS, MINUTES = Text(en="{n} s", ru="{n} с"), Text(en="{n} min", ru="{n} мин")
SENTENCES: dict[str, Text] = {  # by an error's code
    **PRESS_ERRORS,
    **SCHEDULE_ERRORS,
    **ACCOUNT_ERRORS,
    **API_ERRORS,
    **ELSEWHERE_ERRORS,
    **WEBHOOK_ERRORS,
    **GROUP_ERRORS,
    **PAST_ERRORS,
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
        en="Enter an hour: a whole number from 0 to 23.",
        ru="Введите час: целое число от 0 до 23.",
    ),
    "about_numbers": Text(
        en="Please check the numbers: the step is from 1 to 1,000,000, the lower limit is below the upper one, "
        "and there are at most five warnings, from 1 to 100 percent.",
        ru="Проверьте числа: шаг — от 1 до 1\u00a0000\u00a0000, нижний предел меньше верхнего, "
        "предупреждений не больше пяти, от 1 до 100 процентов.",
    ),
    "delete_name": Text(
        en="That is not the counter's name. Nothing was deleted.",
        ru="Название введено неверно. Ничего не удалено.",
    ),
    "delete_default": Text(
        en="This counter is the home page. You can archive it, but not delete it.",
        ru="Этот счётчик открывается на главной странице. Его можно архивировать, но не удалить.",
    ),
    "key_invalid": Text(
        en="This key is not valid: it is unknown, has expired or was revoked.",
        ru="Этот ключ не действует: он неизвестен, истёк или отозван.",
    ),
    "key_scope": Text(
        en="This key does not allow that. Nothing was changed.",
        ru="Этот ключ не даёт на это права. Ничего не изменено.",
    ),
    "key_address": Text(
        en="This key may not be used in an address.",
        ru="Этот ключ нельзя использовать в адресе.",
    ),
    "keys_many": Text(
        en="There are too many keys. Revoke one that is no longer used.",
        ru="Ключей слишком много. Отзовите тот, который больше не нужен.",
    ),
    "key_name": Text(
        en="The key's name must be 1 to 40 characters long.",
        ru="Длина названия ключа — от 1 до 40 знаков.",
    ),
    "key_scope_unknown": Text(
        en="A key can be for reading, pressing or managing. Only a key for pressing can be used in an address.",
        ru="Ключ может быть для чтения, нажатий или управления. В адресе можно использовать только ключ для нажатий.",
    ),
    "key_end": Text(
        en="A key can be valid for 1 to 3,650 days.",
        ru="Ключ может действовать от 1 до 3650 дней.",
    ),
    "no_key": Text(
        en="There is no such key.",
        ru="Такого ключа нет.",
    ),
    "label": Text(
        en="The label can be up to 40 characters long.",
        ru="Длина подписи — не больше 40 знаков.",
    ),
    "reason": Text(
        en="Enter a reason, up to 200 characters long.",
        ru="Укажите причину, не больше 200 знаков.",
    ),
    "take_back_nothing": Text(
        en="Choose a device, a person or a period. All presses of a counter cannot be taken back at once.",
        ru="Выберите устройство, человека или период. Все нажатия счётчика разом отменить нельзя.",
    ),
    "take_back_unfinished": Text(
        en="There were too many presses for one go. Some are taken back. Repeat to take back the rest.",
        ru="За один раз всё отменить не удалось: нажатий очень много. Часть отменена, повторите для остальных.",
    ),
    "no_moment": Text(
        en="This is not a date and time. Nothing was changed.",
        ru="Это не дата и время. Ничего не изменено.",
    ),
    "take_back_archived": Text(
        en="This counter is archived. Restore it first. Nothing was changed.",
        ru="Счётчик в архиве. Сначала верните его из архива. Ничего не изменено.",
    ),
    "zone": Text(
        en="There is no such time zone.",
        ru="Такого часового пояса нет.",
    ),
    "period": Text(
        en="A period needs a start and an end, and it must end after it starts.",
        ru="У периода должны быть начало и конец, и конец должен быть позже начала.",
    ),
    "stretches": Text(
        en="This period is too long. Choose a shorter one.",
        ru="Слишком длинный период. Выберите покороче.",
    ),
    "import_busy": Text(
        en="Too many files are being imported at the moment. Try again in a few minutes.",
        ru="Сейчас импортируется слишком много файлов. Попробуйте через несколько минут.",
    ),
    "import_slow": Text(
        en="The file arrived too slowly. Nothing was changed. Try again with a better connection.",
        ru="Файл передавался слишком медленно. Ничего не изменено. Попробуйте ещё раз, когда связь станет лучше.",
    ),
    "import_who": Text(
        en="To import, sign in, or send a device's secret: 32 hexadecimal digits in the header X-Click-Counter.",
        ru="Чтобы импортировать, войдите в учётную запись или пришлите секрет устройства: 32 шестнадцатеричные цифры "
        "в заголовке X-Click-Counter.",
    ),
    "import_account": Text(
        en="Without an account, a file may have up to 100 MB. Sign in to import this one.",
        ru="Без учётной записи можно импортировать файлы до 100 МБ. Чтобы импортировать этот, войдите.",
    ),
    "import_much": Text(
        en="Without an account, 200 MB can be sent in an hour, looks at a file included. Sign in, or try again in {wait}.",
        ru="За час без учётной записи можно отправить 200 МБ, включая просмотры. Войдите или попробуйте снова через {wait}.",
    ),
    "import_large": Text(
        en="The file is larger than 512 MB. Use the terminal instead: python -m clickcounter import.",
        ru="Файл больше 512 МБ. Импортируйте его из терминала: python -m clickcounter import.",
    ),
    "import_foreign": Text(
        en="Files can only be imported from Click Counter's own pages.",
        ru="Импортировать файлы можно только со страниц самого Click Counter.",
    ),
    "import_unknown": Text(
        en="There is no such import. Nothing was changed.",
        ru="Такого импорта нет. Ничего не изменено.",
    ),
    "import_undone": Text(
        en="Somebody has undone this import meanwhile.",
        ru="Этот импорт тем временем отменили.",
    ),
    "preview_long": Text(
        en="It took too long to look at this file. You can still import it.",
        ru="Просмотр этого файла занял слишком много времени. Импортировать его всё равно можно.",
    ),
    "import_failed": Text(
        en="The file could not be imported. The reason is in the server's log. Nothing counts twice if you try again.",
        ru="Файл не удалось импортировать. Причина записана в логе сервера. При повторе дважды ничего не засчитается.",
    ),
    "whole_number": Text(
        en="This is not a whole number. Nothing was changed.",
        ru="Это не целое число. Ничего не изменено.",
    ),
    "round_over": Text(
        en="Someone else has already reset this counter. Nothing was changed.",
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
    "not_done": Text(
        en="This could not be done. Nothing was changed.",
        ru="Выполнить это не удалось. Ничего не изменено.",
    ),
    "page_failed": Text(en="Something went wrong. Try again.", ru="Что-то пошло не так. Попробуйте ещё раз."),
    "unexpected": Text(
        en="This could not be done. The reason is in the server's log.",
        ru="Выполнить это не удалось. Причина записана в логе сервера.",
    ),
}


@runtime_checkable
class Worded(Protocol):
    """An error that brings its own text."""

    text: Text


def sentences_of(error: ClickCounterError) -> Text:
    """An error in words. Only a press is saved later; anything else has to be tried again."""
    if isinstance(error, Worded):
        return error.text
    if isinstance(error, Later):
        return SENTENCES["not_now"]
    text = SENTENCES.get(error.code, SENTENCES["unexpected"])
    return text.format(wait=_duration(error.seconds)) if isinstance(error, TooMany) else text


def _duration(seconds: int) -> Text:
    """Exact up to a minute; longer ones are rounded up to whole minutes."""
    return SECONDS.format(n=seconds) if seconds <= 60 else MINUTES.format(n=-(-seconds // 60))
