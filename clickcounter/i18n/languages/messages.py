"""The texts that a language's file translates: all of i18n/, found by importing its modules."""

import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module

from clickcounter import i18n
from clickcounter.i18n.bilingual import Text
from clickcounter.i18n.languages import Key


@dataclass(frozen=True, slots=True)
class Message:
    """A text, or the two English forms of one with a number; where it stands first, and its Russian."""

    context: str
    ids: tuple[str, ...]
    place: str
    russian: str

    @property
    def key(self) -> Key:
        """What it is found by."""
        return self.context, self.ids[0]


def messages() -> list[Message]:
    """All texts, in the order of the tables."""
    found: dict[Key, Message] = {}
    for place, text, plural in _texts():
        message = Message(text.context, (text.en, plural.en) if plural else (text.en,), place, text.ru)
        found.setdefault(message.key, message)
    return list(found.values())


def _texts() -> Iterator[tuple[str, Text, Text | None]]:
    names = sorted(module.name for module in pkgutil.walk_packages(i18n.__path__, f"{i18n.__name__}."))
    for name in (*names, i18n.__name__):
        if name.rpartition(".")[2] not in ("__main__", "messages"):
            tables = {key: value for key, value in vars(import_module(name)).items() if not key.startswith("__")}
            yield from _in_table(name.removeprefix("clickcounter.").replace(".", "/"), tables)


def _in_table(place: str, table: dict[str, object]) -> Iterator[tuple[str, Text, Text | None]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _in_table(place, value)
        elif isinstance(value, Text):
            stem, _, form = name.rpartition("_")
            other = table.get(f"{stem}_other")
            if form == "one" and isinstance(other, Text):
                yield f"{place}:{name}", value, other
            elif not isinstance(table.get(f"{stem}_one"), Text) or form not in ("two", "few", "many", "other", "zero"):
                yield f"{place}:{name}", value, None
