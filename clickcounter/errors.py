"""Everything that can go wrong, with one code each. i18n/errors.py puts it into words."""


class ClickCounterError(Exception):
    """The base of all our errors. `code` names the kind, on the wire and in the log."""

    code: str = "failed"


class Malformed(ClickCounterError):
    """An event that does not have the shape it must have; the message says where."""

    code = "malformed"


class Refused(ClickCounterError):
    """A valid request that is refused; the code says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class SecondFactorNeeded(Refused):
    """The password was right; a code has to come with it."""

    def __init__(self) -> None:
        super().__init__("second_factor")


class SecondFactorWrong(Refused):
    """The password was right, the code was not, or was used before."""

    def __init__(self, code: str = "second_factor_wrong") -> None:
        super().__init__(code)


class TooMany(ClickCounterError):
    """Not so often; `seconds` says when again."""

    def __init__(self, seconds: int, code: str = "too_many") -> None:
        super().__init__(f"again in {seconds} s")
        self.seconds, self.code = seconds, code


class CounterNotFound(ClickCounterError):
    """No counter has this shared token."""

    code = "no_counter"


class Later(ClickCounterError):
    """Not now: the queue is full, the process is stopping, or the database does not answer. Try again in `seconds`."""

    code = "later"
    seconds = 5


class SettingInvalid(ClickCounterError):
    """A setting from the environment that cannot be used."""

    code = "setting"


class SchemaOutOfDate(ClickCounterError):
    """The database has another schema than this version needs; the message names the command."""

    code = "schema"


class NotDone(ClickCounterError):
    """A command that was refused before it changed anything; the message says why."""

    code = "not_done"
