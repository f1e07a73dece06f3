"""Everything that can go wrong, with one code each, put into words once.

A code travels on the wire and stays stable; the sentences are what a person reads, in both languages.
"""

from typing import ClassVar

SENTENCES: dict[str, tuple[str, str]] = {  # code: (English, Russian)
    "malformed": (
        "This message cannot be read, so nothing of it was counted.",
        "Сообщение не удалось прочитать, ничего из него не засчитано.",
    ),
    "no_counter": ("There is no such counter.", "Такого счётчика нет."),
    "amount": (
        "A click must be a whole number that this counter allows; this one was not counted.",
        "Нажатие должно быть допустимым целым числом; это не засчитано.",
    ),
    "limit": (
        "The number would become too large; this click was not counted.",
        "Число стало бы слишком большим; это нажатие не засчитано.",
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

    code: ClassVar[str] = "failed"


class Malformed(ClickCounterError):
    """An event that does not have the shape it must have; the message says where."""

    code = "malformed"


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
