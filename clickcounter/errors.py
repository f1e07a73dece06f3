"""Everything that can go wrong, with one code each, put into words once.

A code travels on the wire and stays stable; the sentences are what a person reads, in both languages.
"""

SENTENCES: dict[str, tuple[str, str]] = {  # code: (English, Russian)
    "malformed": (
        "This message cannot be read, so nothing of it was counted.",
        "Сообщение не удалось прочитать, ничего из него не засчитано.",
    ),
    "no_counter": ("There is no such counter.", "Такого счётчика нет."),
    "amount": (
        "A click must be a whole number up to 1,000,000, and not 0; this one was not counted.",
        "Нажатие должно быть целым числом до 1 000 000 и не нулём; это не засчитано.",
    ),
    "limit": (
        "The number would become too large; this click was not counted.",
        "Число стало бы слишком большим; это нажатие не засчитано.",
    ),
    "full": (
        "The upper limit is reached; this click was not counted.",
        "Достигнут верхний предел; это нажатие не засчитано.",
    ),
    "floor": (
        "The lower limit is reached; this click was not counted.",
        "Достигнут нижний предел; это нажатие не засчитано.",
    ),
    "archived": (
        "This counter is archived; this click was not counted.",
        "Счётчик в архиве; это нажатие не засчитано.",
    ),
    "not_allowed": (
        "You may not press here; this click was not counted.",
        "Вам здесь нажимать нельзя; это нажатие не засчитано.",
    ),
    "members_only": (
        "This counter is for its members only.",
        "Этот счётчик только для участников.",
    ),
    "not_owner": (
        "Only the counter's owner may do this; nothing was changed.",
        "Это может сделать только владелец счётчика; ничего не изменено.",
    ),
    "not_yours": (
        "This browser did not make the counter, or somebody has made it theirs already.",
        "Счётчик завели не в этом браузере, или у него уже есть владелец.",
    ),
    "needs_account": (
        "This takes an account: sign in first.",
        "Для этого нужна учётная запись: сначала войдите.",
    ),
    "invitation": (
        "This invitation is not valid any more; ask for a new one.",
        "Это приглашение больше не действует; попросите новое.",
    ),
    "last_owner": (
        "A counter keeps at least one owner.",
        "У счётчика остаётся хотя бы один владелец.",
    ),
    "no_member": (
        "There is no such member.",
        "Такого участника нет.",
    ),
    "about_access": (
        "There is no such choice.",
        "Такого выбора нет.",
    ),
    "undo": (
        "Nothing was taken back: this device has no such click in this round.",
        "Отменять нечего: у этого устройства нет такого нажатия в этом круге.",
    ),
    "undone": (
        "This click was taken back already.",
        "Это нажатие уже отменено.",
    ),
    "about_name": (
        "A name has 1 to 100 characters.",
        "В имени от 1 до 100 знаков.",
    ),
    "about_description": (
        "A description has at most 500 characters.",
        "В описании не больше 500 знаков.",
    ),
    "about_colour": (
        "There is no such colour.",
        "Такого цвета нет.",
    ),
    "about_day": (
        "A day begins at a full hour, 0 to 23.",
        "День начинается в целый час, от 0 до 23.",
    ),
    "about_numbers": (
        "These numbers do not go together: the step is 1 to 1,000,000, the lower limit is below the upper one, "
        "warnings come at 1 to 100 percent, five at most.",
        "Числа не сочетаются: шаг от 1 до 1 000 000, нижний предел меньше верхнего, "
        "предупреждения — от 1 до 100 процентов, не больше пяти.",
    ),
    "delete_name": (
        "That is not the counter's name; nothing was deleted.",
        "Имя счётчика не совпало; ничего не удалено.",
    ),
    "delete_default": (
        "This counter is the one on the first page; it can be archived, not deleted.",
        "Этот счётчик стоит на главной странице; его можно убрать в архив, но не удалить.",
    ),
    "label": (
        "A label has at most 40 characters.",
        "В подписи не больше 40 знаков.",
    ),
    "reason": (
        "Say in up to 200 characters why the number was corrected.",
        "Напишите, почему число исправлено: от 1 до 200 знаков.",
    ),
    "zone": (
        "There is no such time zone.",
        "Такого часового пояса нет.",
    ),
    "stretches": (
        "This cannot be shown: too long a time in too small pieces.",
        "Так показать нельзя: слишком долгое время слишком мелкими частями.",
    ),
    "account_name": (
        "A name has 1 to 40 characters.",
        "В имени от 1 до 40 знаков.",
    ),
    "account_taken": (
        "This name is taken.",
        "Это имя занято.",
    ),
    "account_blocked": (
        "This account is blocked.",
        "Эта учётная запись заблокирована.",
    ),
    "password_length": (
        "A password has 8 to 128 characters.",
        "В пароле от 8 до 128 знаков.",
    ),
    "password_wrong": (
        "The password is not right; nothing was changed.",
        "Пароль не подошёл; ничего не изменено.",
    ),
    "sign_in": (
        "The name or the password is not right.",
        "Имя или пароль не подошли.",
    ),
    "not_now": (
        "The server cannot do this right now; try again in a moment.",
        "Сервер сейчас не может этого сделать; попробуйте чуть позже.",
    ),
    "signed_out": (
        "You are not signed in.",
        "Вы не вошли.",
    ),
    "registration": (
        "New accounts are not made here; ask whoever runs this server.",
        "Новых учётных записей здесь не заводят; спросите того, кто держит этот сервер.",
    ),
    "cross_site": (
        "Signing in cannot work here: this page and its server belong to different sites. Counting works without.",
        "Войти здесь не получится: страница и её сервер принадлежат разным сайтам. Считать можно и так.",
    ),
    "import_busy": (
        "Another file is being brought in; try again when it is done.",
        "Сейчас загружается другой файл; попробуйте, когда он закончится.",
    ),
    "import_large": (
        "The file is larger than 512 MB; python -m clickcounter import takes it.",
        "Файл больше 512 МБ; его возьмёт python -m clickcounter import.",
    ),
    "import_foreign": (
        "A file comes in from the page of this counter alone.",
        "Файл принимается только со страницы этого счётчика.",
    ),
    "import_failed": (
        "The file could not be brought in; the reason is in the server's log. Nothing was changed.",
        "Файл не загрузился, причина записана в журнале сервера. Ничего не изменено.",
    ),
    "superusers_only": (
        "This page is for superusers only. Sign in as one; python -m clickcounter createsuperuser makes one.",
        "Эта страница только для суперпользователей. Войдите под такой учётной записью; заводит её "
        "python -m clickcounter createsuperuser.",
    ),
    "own_account": (
        "This is your own account: another superuser may do this; nothing was changed.",
        "Это ваша собственная учётная запись: так может только другой суперпользователь; ничего не изменено.",
    ),
    "no_account": (
        "There is no such account.",
        "Такой учётной записи нет.",
    ),
    "no_device": (
        "There is no such device.",
        "Такого устройства нет.",
    ),
    "no_page": (
        "There is no such page.",
        "Такой страницы нет.",
    ),
    "delete_person": (
        "That is not the account's name; nothing was deleted.",
        "Имя учётной записи не совпало; ничего не удалено.",
    ),
    "whole_number": (
        "This is not a whole number; nothing was changed.",
        "Это не целое число; ничего не изменено.",
    ),
    "round_over": (
        "Somebody else has reset it meanwhile; nothing was changed.",
        "Его уже обнулил кто-то другой; ничего не изменено.",
    ),
    "origin": (
        "This page belongs to another site, which may not ask for anything here; nothing was done.",
        "Эта страница принадлежит другому сайту, ей здесь ничего нельзя; ничего не сделано.",
    ),
    "too_many": (
        "Too many of these in a short time; try again in {wait}.",
        "Слишком много за короткое время; попробуйте снова через {wait}.",
    ),
    "too_fast": (
        "This page sends faster than the server takes; saving goes on in {wait}. Nothing is lost.",
        "Страница шлёт быстрее, чем берёт сервер; сохранение продолжится через {wait}. Ничего не пропадёт.",
    ),
    "failed": (
        "The server could not save this click; the reason is in its log.",
        "Сервер не смог сохранить это нажатие, причина записана в его журнале.",
    ),
    "later": (
        "Saving waits: the server cannot save right now.",
        "Сохранение ждёт: сервер пока не может сохранить.",
    ),
}


class ClickCounterError(Exception):
    """The base of all our errors. `code` names the kind, on the wire and in the log."""

    code: str = "failed"


class Malformed(ClickCounterError):
    """An event that does not have the shape it must have; the message says where."""

    code = "malformed"


class Refused(ClickCounterError):
    """A wish that was understood and is not granted; the code says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class TooMany(ClickCounterError):
    """Not so often; `seconds` says when again."""

    def __init__(self, seconds: int, code: str = "too_many") -> None:
        super().__init__(f"again in {seconds} s")
        self.seconds, self.code = seconds, code


class CounterNotFound(ClickCounterError):
    """No counter has this shared token."""

    code = "no_counter"


class Later(ClickCounterError):
    """Not now: the line is full, the process is stopping, or the database does not answer."""

    code = "later"


class SettingInvalid(ClickCounterError):
    """A setting from the environment that cannot be used."""

    code = "setting"


class SchemaOutOfDate(ClickCounterError):
    """The database has another schema than this version needs; the message names the command."""

    code = "schema"


class NotDone(ClickCounterError):
    """A command that was refused before it changed anything; the message says why."""

    code = "not_done"


def in_words(error: ClickCounterError) -> dict[str, str]:
    """An error's sentence in both languages."""
    en, ru = SENTENCES.get(error.code, SENTENCES["failed"])
    if not isinstance(error, TooMany):
        return {"en": en, "ru": ru}
    return {
        "en": en.format(wait=lasting(error.seconds, "s", "min")),
        "ru": ru.format(wait=lasting(error.seconds, "с", "мин")),
    }


def lasting(seconds: int, one: str, sixty: str) -> str:
    """A time in words, up to a minute exactly; longer ones are rounded up."""
    return f"{seconds} {one}" if seconds <= 60 else f"{-(-seconds // 60)} {sixty}"
