"""One text, in English and Russian; the other languages have a file each, see languages/."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from clickcounter.i18n.languages import FURTHER, translations


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What a person reads. Always written with the languages' names, so that no table can swap them.

    A `context` tells two texts apart that are the same in English, but not in other languages.
    """

    en: str
    ru: str
    context: str = ""
    others: Mapping[str, str] | None = field(default=None, compare=False)  # of a text that was filled in, by language

    def format(self, **values: object) -> Text:
        """All languages with the placeholders filled in; a value that is a Text itself is filled in by language."""
        by_language = {name: value.as_dict() for name, value in values.items() if isinstance(value, Text)}

        def filled(language: str, template: str) -> str:
            return template.format(**(values | {name: texts[language] for name, texts in by_language.items()}))

        return Text.of({language: filled(language, template) for language, template in self.as_dict().items()})

    @classmethod
    def of(cls, texts: Mapping[str, str]) -> Text:
        """The text that `as_dict` gave."""
        return cls(en=texts["en"], ru=texts["ru"], others=texts)

    def as_dict(self) -> dict[str, str]:
        """The text by language: the form in which the server's answers have it."""
        others = {language: self._in(language) for language in FURTHER}
        return {"en": self.en, "ru": self.ru, **others}

    def as_source(self) -> dict[str, str]:
        """The form in which pages have it: the browser translates it into the other languages."""
        return {"en": self.en, "ru": self.ru} | ({"context": self.context} if self.context else {})

    def _in(self, language: str) -> str:
        if self.others is not None:
            return self.others.get(language, self.en)
        found = translations(language).get((self.context, self.en), self.en)
        return found if isinstance(found, str) else found["other"]
